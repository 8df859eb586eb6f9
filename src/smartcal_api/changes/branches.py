"""`anyOf` and `oneOf` of two schemas: a branch is covered by any branch, whatever their order and number."""

from collections.abc import Iterator
from itertools import combinations
from typing import TYPE_CHECKING, Any, TypeVar

from smartcal_api.changes.containment import YES, apart_by_a_member, covers, excludes
from smartcal_api.changes.delta import Delta
from smartcal_api.changes.flat import Flat, Placed
from smartcal_api.changes.side import Schema

if TYPE_CHECKING:
    from smartcal_api.changes.schemas import Schemas

T = TypeVar("T")


class Branches:
    """`deltas`: of two schemas that both branch, or both don't; `of_wholes`: where one alone does."""

    def __init__(self, schemas: "Schemas", old: Placed, new: Placed, flats: tuple[Flat, Flat], *, sent: bool) -> None:
        self._schemas = schemas
        self._old, self._new = old, new
        self._flats = flats
        self._sent = sent

    def deltas(self) -> Iterator[Delta]:
        if self._flats[0].branches and self._flats[1].branches:
            (kind, before), (_, after) = self._flats[0].branches, self._flats[1].branches
            yield from self._compared(before, after, exclusive=kind == "oneOf")

    def of_wholes(self) -> Iterator[Delta]:
        """A schema that doesn't branch is one branch. The kinds may differ: then only the engine can tell."""
        wide, _ = self._ordered(self._flats[0], self._flats[1])
        if self._equal(self._old.schema, self._new.schema):
            return
        sides = [
            flat.branches[1] if flat.branches and _bare(flat) else [placed]
            for flat, placed in zip(self._flats, (self._old, self._new), strict=True)
        ]
        if sides == [[self._old], [self._new]]:
            yield from self._schemas.leaf(
                self._old, self._new, self._flats, (self._old.schema, self._new.schema), sent=self._sent
            )
            return
        exclusive = wide.branches is not None and wide.branches[0] == "oneOf"
        yield from self._compared(sides[0], sides[1], exclusive=exclusive)

    def _compared(self, before: list[Placed], after: list[Placed], *, exclusive: bool) -> Iterator[Delta]:
        """Each branch of the narrow side needs one that covers it."""
        left_before, left_after = _without_alike(self._schemas, before, after, sent=self._sent)
        if not left_before and not left_after:
            return
        pairs = _paired(left_before, left_after)
        found = [delta for one, other in pairs or () for delta in self._schemas.compare(one, other, sent=self._sent)]
        wide, _ = self._ordered(before, after)
        overlapping = exclusive and not self._disjoint(wide)
        if pairs and (any(delta.breaks for delta in found) or not overlapping):
            yield from self._checked(found)
            return
        left = self._ordered(left_before, left_after)[1]
        uncovered = [each for each in left if not any(self._covers(other, each) for other in wide)]
        if uncovered or overlapping:
            parts: tuple[Schema, Schema] = (self._old.schema, self._new.schema)
            told = False
            for delta in self._schemas.leaf(self._old, self._new, self._flats, parts, sent=self._sent):
                told = True
                yield self._worded(delta, uncovered)
            if told or not uncovered:
                return
        text = f"{len(before)} → {len(after)} alternatives"
        rule = "sends-less" if self._sent else "accepts-more"
        yield Delta(rule, (), text, self._old.at, self._new.at, breaks=False)

    def _disjoint(self, branches: list[Placed]) -> bool:
        """Whether no value is one of two of them, so that to satisfy one is to satisfy exactly one."""
        end, _ = self._schemas.ends(sent=self._sent)
        return all(
            apart_by_a_member(end, one, other) or excludes(end, one.schema, other.schema)
            for one, other in combinations(branches, 2)
        )

    def _checked(self, found: list[Delta]) -> Iterator[Delta]:
        """A branch's witness may be one that another branch takes: then only the wholes can tell."""
        doubtful = [delta for delta in found if delta.witness and not self._shows(delta.witness.whole)]
        sound = [delta for delta in found if delta not in doubtful]
        yield from sound
        if doubtful and not any(delta.breaks for delta in sound):
            parts: tuple[Schema, Schema] = (self._old.schema, self._new.schema)
            yield from self._schemas.leaf(self._old, self._new, self._flats, parts, sent=self._sent)

    def _shows(self, value: Any) -> bool:
        """Whether the whole of the narrow side admits it, and that of the wide one doesn't."""
        admitting, admitted = self._schemas.ends(sent=self._sent)
        wide, narrow = self._ordered(self._old, self._new)
        return admitted.accepts(narrow.schema, value) and not admitting.accepts(wide.schema, value)

    def _worded(self, delta: Delta, uncovered: list[Placed]) -> Delta:
        if not delta.breaks or not uncovered:
            return delta
        names = ", ".join(sorted({_name(each) for each in uncovered}))
        text = f"may be {names}, too" if self._sent else f"{names} is no longer accepted as before"
        at = (self._old.at, uncovered[0].at) if self._sent else (uncovered[0].at, self._new.at)
        return Delta(delta.rule, delta.path, text, *at, breaks=True, witness=delta.witness)

    def _covers(self, wide: Placed, narrow: Placed) -> bool:
        old, new = (wide, narrow) if self._sent else (narrow, wide)
        return not any(d.breaks or not d.proven for d in self._schemas.compare(old, new, sent=self._sent))

    def _equal(self, old: Schema, new: Schema) -> bool:
        """Whether the engine says that the two are equal."""
        ends = self._schemas.old, self._schemas.new
        return covers(ends[0], old, ends[1], new) is YES and covers(ends[1], new, ends[0], old) is YES

    def _ordered(self, old: T, new: T) -> tuple[T, T]:
        """(the wide, the narrow)."""
        return (old, new) if self._sent else (new, old)


def _without_alike(
    schemas: "Schemas", before: list[Placed], after: list[Placed], *, sent: bool
) -> tuple[list[Placed], list[Placed]]:
    left, rest = [], list(after)
    for each in before:
        twin = next((other for other in rest if schemas.same(each, other, sent=sent)), None)
        if twin is None:
            left.append(each)
        else:
            rest.remove(twin)
    return left, rest


def _paired(before: list[Placed], after: list[Placed]) -> list[tuple[Placed, Placed]] | None:
    """Each with the one of its name on the other side; None where that isn't plain."""
    if len(before) == len(after) == 1:
        return [(before[0], after[0])]
    names = [_name(each) for each in before], [_name(each) for each in after]
    if sorted(names[0]) != sorted(names[1]) or len(set(names[0])) < len(before):
        return None
    return [(each, after[names[1].index(name)]) for name, each in zip(names[0], before, strict=True)]


def _bare(flat: Flat) -> bool:
    return not (flat.properties or flat.required or flat.rest or flat.items or flat.additional)


def _name(placed: Placed) -> str:
    schema = placed.schema
    if isinstance(schema, dict):
        if "$ref" in schema:
            return str(schema["$ref"]).rpartition("/")[2]
        if "const" in schema:
            return str(schema["const"])
        return str(schema.get("title") or schema.get("type") or "another value")
    return "any value"
