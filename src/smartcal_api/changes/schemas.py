"""Two schemas compared by the direction of the data: member by member, so that the answer is at the member.

What is received has to be taken as before: new covers old. What is sent has to be what was promised: old covers new. A
name that neither schema of an open object mentions is nobody's promise.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from smartcal_api.changes.annotations import EITHER, RECEIVED, SENT, annotated
from smartcal_api.changes.branches import Branches
from smartcal_api.changes.containment import NO, YES, End, apart, covers
from smartcal_api.changes.delta import Delta, Witness
from smartcal_api.changes.flat import ANNOTATIONS, Flat, Placed, flatten
from smartcal_api.changes.members import Members
from smartcal_api.changes.side import Schema
from smartcal_api.changes.wording import edits, listed

_UNORDERED = frozenset({"required", "enum", "type"})


class Schemas:
    """Compares schemas of two documents, each pair once."""

    def __init__(self, old: End, new: End) -> None:
        self.old = old
        self.new = new
        self._known: dict[tuple[str, str, bool, int, int], tuple[Placed, Placed, list[Delta]]] = {}
        self._same: dict[tuple[str, str, bool], bool] = {}

    def ends(self, *, sent: bool) -> tuple[End, End]:
        """(the one that has to admit, the one whose values have to be admitted)."""
        return (self.old, self.new) if sent else (self.new, self.old)

    def compare(self, old: Placed, new: Placed, *, sent: bool) -> list[Delta]:
        """The differences; of those that break nothing, too. Recursive schemas are compared once round."""
        stated = old, new
        old, new = self._followed(self.old, old), self._followed(self.new, new)
        key = (old.at, new.at, sent, id(old.schema), id(new.schema))
        if key not in self._known:
            self._known[key] = (old, new, [])  # while it is being compared, nothing differs at the same pair again
            if not self.same(old, new, sent=sent):
                self._known[key] = (old, new, self._compared(old, new, sent=sent))
        return [*self._known[key][2], *annotated((stated[0], old), (stated[1], new), sent=sent)]

    def lifted(self, found: list[Delta], step: str, old: Placed, new: Placed, *, sent: bool) -> list[Delta]:
        """What differs in a member (`[]`: in the items) as differences of the whole, each witness put into one."""
        admitting, admitted = self.ends(sent=sent)
        wide, narrow = (old, new) if sent else (new, old)
        lifted = []
        for delta in found:
            witness = None
            for whole in self._around(admitted, narrow, step, delta.witness) if delta.witness else ():
                if admitted.accepts(narrow.schema, whole) and not admitting.accepts(wide.schema, whole):
                    witness = Witness(delta.witness.part if delta.witness else None, whole)
                    break
            lifted.append(replace(delta, path=(step, *delta.path), witness=witness))
        return lifted

    def same(self, old: Placed, new: Placed, *, sent: bool) -> bool:
        """Whether two schemas say the same word by word, but for order, annotations and the names of schemas."""
        return self._alike(old.schema, new.schema, sent)

    def leaf(
        self, old: Placed, new: Placed, flats: tuple[Flat, Flat], parts: tuple[Schema, Schema], *, sent: bool
    ) -> Iterator[Delta]:
        """One component of two schemas as a whole: the engine's answer, and a value that shows it."""
        admitting, admitted = self.ends(sent=sent)
        wider, narrower = parts if sent else (parts[1], parts[0])
        flat, placed = (flats[1], new) if sent else (flats[0], old)
        verdict = covers(admitting, wider, admitted, narrower)
        stated = flats[0].keywords(), flats[1].keywords()
        at = _clauses(stated, old, new)
        text = edits(*stated)
        if verdict is YES and covers(admitted, narrower, admitting, wider) is YES:
            return
        if verdict is YES:
            yield Delta("sends-less" if sent else "accepts-more", (), text, *at, breaks=False)
            return
        others = admitted.values.several(narrower)
        value = next(apart(admitting, wider, admitted, placed, flat, others), None)
        found = (
            [value]
            if value is not None or (not admitting.accepts(wider, None) and admitted.accepts(placed.schema, None))
            else []
        )
        witness = Witness(found[0], found[0]) if found else None
        rule, text = _named(stated, text, sent=sent)
        if witness is not None or verdict is NO:
            yield Delta(rule, (), text, *at, breaks=True, witness=witness)
        else:
            yield Delta("not-proven", (), text, *at, breaks=False, proven=False)

    def _compared(self, old: Placed, new: Placed, *, sent: bool) -> list[Delta]:
        flats = flatten(self.old.side, old), flatten(self.new.side, new)
        found = list(self._defaults(flats, old, new)) if not sent else []
        if _comparable(*flats):
            found += Members(self, old, new, flats, sent=sent).deltas()
            found += self._items(old, new, flats, sent=sent)
            found += Branches(self, old, new, flats, sent=sent).deltas()
            if not self._alike(flats[0].rest_schema(), flats[1].rest_schema(), sent):
                parts = flats[0].rest_schema(), flats[1].rest_schema()
                found += self.leaf(old, new, flats, parts, sent=sent)
        elif flats[0].branches or flats[1].branches:
            found += Branches(self, old, new, flats, sent=sent).of_wholes()
        else:
            found += self.leaf(old, new, flats, (old.schema, new.schema), sent=sent)
        return list(self._weighed(found, old, new, sent=sent))

    def _weighed(self, found: list[Delta], old: Placed, new: Placed, *, sent: bool) -> Iterator[Delta]:
        """A part that breaks alone may break nothing of the whole, such as a bound that another part implies."""
        doubtful = [delta for delta in found if (delta.breaks and delta.witness is None) or not delta.proven]
        admitting, admitted = self.ends(sent=sent)
        wide, narrow = (old, new) if sent else (new, old)
        if not doubtful or covers(admitting, wide.schema, admitted, narrow.schema) is not YES:
            yield from found
            return
        equal = covers(admitted, narrow.schema, admitting, wide.schema) is YES
        for delta in found:
            if delta not in doubtful:
                yield delta
            elif not equal:
                yield replace(delta, breaks=False, proven=True, rule="sends-less" if sent else "accepts-more")

    def _items(self, old: Placed, new: Placed, flats: tuple[Flat, Flat], *, sent: bool) -> list[Delta]:
        items = [flat.items or Placed(True, placed.at) for flat, placed in zip(flats, (old, new), strict=True)]
        return self.lifted(self.compare(items[0], items[1], sent=sent), "[]", old, new, sent=sent)

    @staticmethod
    def _defaults(flats: tuple[Flat, Flat], old: Placed, new: Placed) -> Iterator[Delta]:
        before, after = flats
        if (before.has_default, before.default) != (after.has_default, after.default):
            said = edits(
                {"default": (before.default, old.at)} if before.has_default else {},
                {"default": (after.default, new.at)} if after.has_default else {},
            )
            at = [f"{p.at}/default" if f.has_default else p.at for f, p in zip(flats, (old, new), strict=True)]
            yield Delta("default-changed", (), said, at[0], at[1], breaks=False)

    def _around(self, end: End, placed: Placed, step: str, witness: Witness | None) -> Iterator[Any]:
        inner = witness.whole if witness else None
        for base in end.values.smallest(placed):
            if step == "[]":
                yield [inner]
                if isinstance(base, list):
                    yield [inner, *base[1:]]
            elif isinstance(base, dict):
                yield {**base, step: inner}

    @staticmethod
    def _followed(end: End, placed: Placed) -> Placed:
        schema = placed.schema
        if (
            isinstance(schema, dict)
            and "$ref" in schema
            and not (schema.keys() - ANNOTATIONS - {"$ref"})
            and "default" not in schema
        ):
            target, at = end.side.follow(schema, placed.at)
            if not (isinstance(target, dict) and "$ref" in target):
                return Placed(target, at)
        return placed

    def _alike(self, old: Any, new: Any, sent: bool) -> bool:
        if isinstance(old, dict) and isinstance(new, dict):
            references = old.get("$ref"), new.get("$ref")
            if isinstance(references[0], str) and isinstance(references[1], str):
                key = (references[0], references[1], sent)
                if key not in self._same:
                    self._same[key] = True  # a circle says nothing new
                    targets = self.old.side.follow(old, "")[0], self.new.side.follow(new, "")[0]
                    self._same[key] = self._alike(*targets, sent)
                if not self._same[key]:
                    return False
            elif references != (None, None):
                return False
            one, other = (self._saying(each, sent) for each in (old, new))
            return one.keys() == other.keys() and all(
                self._members_alike(key, one[key], other[key], sent) for key in one
            )
        if isinstance(old, list) and isinstance(new, list):
            return len(old) == len(new) and all(map(self._alike, old, new, [sent] * len(old)))
        return type(old) is type(new) and bool(old == new)

    def _members_alike(self, key: str, old: Any, new: Any, sent: bool) -> bool:
        if (
            key in ("properties", "dependentSchemas", "patternProperties")
            and isinstance(old, dict)
            and isinstance(new, dict)
        ):
            return old.keys() == new.keys() and all(self._alike(old[name], new[name], sent) for name in old)
        if key in _UNORDERED and isinstance(old, list) and isinstance(new, list):
            return sorted(map(repr, old)) == sorted(map(repr, new))
        if key in ("const", "default", "enum"):
            return type(old) is type(new) and bool(old == new)
        return self._alike(old, new, sent)

    @staticmethod
    def _saying(schema: dict[str, Any], sent: bool) -> dict[str, Any]:
        kept = EITHER | SENT if sent else EITHER | RECEIVED | {"default"}
        return {
            k: v for k, v in schema.items() if k != "$ref" and (k in kept or k not in ANNOTATIONS) and k[:2] != "x-"
        }


def _comparable(old: Flat, new: Flat) -> bool:
    """Whether the pieces of the one stand where those of the other do: not where one alone has branches."""
    return (old.branches and old.branches[0]) == (new.branches and new.branches[0])


def _clauses(stated: Any, old: Placed, new: Placed) -> tuple[str, str]:
    """The place of the first keyword that differs, on both sides."""
    before, after = stated
    for key in {**before, **after}:
        if before.get(key, (None,))[0] != after.get(key, (None,))[0]:
            return (before.get(key, ("", old.at))[1], after.get(key, ("", new.at))[1])
    return old.at, new.at


def _named(stated: Any, text: str, *, sent: bool) -> tuple[str, str]:
    """The rule of a difference that breaks, and its words where there are better ones than the keywords."""
    before, after = ({key: value for key, (value, _) in side.items()} for side in stated)
    sets = [side.get("enum", [side["const"]] if "const" in side else None) for side in (before, after)]
    others = [{k: v for k, v in side.items() if k not in ("enum", "const")} for side in (before, after)]
    if sets[0] and sets[1] and others[0] == others[1]:
        more = [value for value in sets[1] if value not in sets[0]]
        fewer = [value for value in sets[0] if value not in sets[1]]
        if sent and more:
            return "enum-grown", f"may be {listed(more)}, too"
        if not sent and fewer:
            return "values-narrowed", f"{listed(fewer)} {'is' if len(fewer) == 1 else 'are'} no longer accepted"
    if (
        not sent
        and {k for k in {**before, **after} if before.get(k) != after.get(k)} == {"format"}
        and "format" not in before
    ):
        return "format-added", text
    return ("values-widened" if sent else "values-narrowed"), text
