"""The members of two object schemas: named, required, and those that neither names."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from smartcal_api.changes.delta import Delta, Witness
from smartcal_api.changes.flat import Flat, Placed

if TYPE_CHECKING:
    from smartcal_api.changes.schemas import Schemas


class Members:
    """`sent`: the values come from the server, so the old schema has to admit those of the new one."""

    def __init__(self, schemas: "Schemas", old: Placed, new: Placed, flats: tuple[Flat, Flat], *, sent: bool) -> None:
        self._schemas = schemas
        self._old, self._new = old, new
        self._before, self._after = flats
        self._sent = sent

    def deltas(self) -> Iterator[Delta]:
        for name in dict.fromkeys([*self._before.properties, *self._after.properties]):
            before, after = self._before.properties.get(name), self._after.properties.get(name)
            if before and after:
                found = self._schemas.compare(before, after, sent=self._sent)
                yield from self._schemas.lifted(found, name, self._old, self._new, sent=self._sent)
            elif before:
                yield from self._removed(name, before)
            elif after:
                yield from self._added(name, after)
        yield from self._required()
        yield from self._unnamed()

    def _removed(self, name: str, before: Placed) -> Iterator[Delta]:
        unnamed = self._after.additional
        gone = (before.at, self._new.at)
        if self._sent:
            if name not in self._before.required or name in self._after.required:
                yield Delta("optional-property-removed", (name,), "no longer described", *gone, breaks=False)
        elif self._after.closed:
            text = "is refused now: the object is closed and no longer has it"
            yield self._shown("property-refused", name, text, gone)
        elif unnamed is not None and not self._after.open:
            found = self._schemas.compare(before, unnamed, sent=False)
            yield from self._schemas.lifted(found, name, self._old, self._new, sent=False)
        else:
            yield Delta("property-ignored", (name,), "no longer described, so perhaps ignored", *gone, breaks=False)

    def _added(self, name: str, after: Placed) -> Iterator[Delta]:
        unnamed = self._before.additional
        come = (self._old.at, after.at)
        if self._sent and self._before.closed:
            text = "is sent now, in an object that was closed"
            yield self._shown("property-unforeseen", name, text, come)
        elif unnamed is not None and not self._before.open and not self._before.closed:
            found = self._schemas.compare(unnamed, after, sent=self._sent)
            yield from self._schemas.lifted(found, name, self._old, self._new, sent=self._sent)
        elif self._sent or name not in self._after.required:
            yield Delta("property-added", (name,), "new", *come, breaks=False)

    def _required(self) -> Iterator[Delta]:
        flag = "readOnly" if not self._sent else "writeOnly"
        for name in dict.fromkeys([*self._before.required, *self._after.required]):
            before, after = name in self._before.required, name in self._after.required
            named = [flat.properties.get(name) for flat in (self._before, self._after)]
            if before == after or any(_marked(each, flag) for each in named if each):
                continue
            at = (self._before.required.get(name, self._old.at), self._after.required.get(name, self._new.at))
            if after and self._sent:
                yield Delta("always-sent", (name,), "is always sent now", *at, breaks=False)
            elif before and not self._sent:
                yield Delta("property-optional", (name,), "may be left out now", *at, breaks=False)
            elif self._sent:
                text = "may be missing now" if named[1] else "no longer sent"
                gone = at if named[1] or not named[0] else (named[0].at, self._new.at)
                yield self._shown("property-not-sent", name, text, gone, present=False)
            else:
                default = named[1] is not None and _has_default(named[1])
                rule = "property-required-default" if default else "property-required"
                yield self._shown(rule, name, "is required now", at, present=False)

    def _unnamed(self) -> Iterator[Delta]:
        before, after = self._before, self._after
        if (before.open and after.open) or (before.closed and after.closed):
            return
        wide, narrow = (before, after) if self._sent else (after, before)
        at = tuple(
            flat.additional.at if flat.additional else placed.at
            for flat, placed in ((before, self._old), (after, self._new))
        )
        if wide.open or narrow.closed:
            text = "other members may come no longer" if self._sent else "other members are accepted now"
            yield Delta("sends-less" if self._sent else "accepts-more", (), text, at[0], at[1], breaks=False)
        elif wide.closed:
            text = "other members may be sent now" if self._sent else "other members are refused now"
            rule = "object-opened" if self._sent else "object-closed"
            yield self._shown(rule, "unforeseen", text, (at[0], at[1]), path=())
        else:
            unnamed = [flat.additional or Placed(True, p.at) for flat, p in ((before, self._old), (after, self._new))]
            found = self._schemas.compare(unnamed[0], unnamed[1], sent=self._sent)
            yield from self._schemas.lifted(found, "*", self._old, self._new, sent=self._sent)

    def _shown(
        self,
        rule: str,
        name: str,
        text: str,
        at: tuple[str | None, str | None],
        *,
        present: bool = True,
        path: tuple[str, ...] | None = None,
    ) -> Delta:
        """A difference that breaks, with an object that has the member, or hasn't."""
        admitting, admitted = self._schemas.ends(sent=self._sent)
        wide, narrow = (self._old, self._new) if self._sent else (self._new, self._old)
        flat = self._after if self._sent else self._before
        witness = None
        for base in admitted.values.smallest(narrow):
            if not isinstance(base, dict):
                continue
            for value in self._values(name, flat) if present else (None,):
                whole: dict[str, Any] = (
                    {**base, name: value} if present else {k: v for k, v in base.items() if k != name}
                )
                if admitted.accepts(narrow.schema, whole) and not admitting.accepts(wide.schema, whole):
                    witness = Witness({name: value} if present else whole, whole)
                    break
            if witness:
                break
        return Delta(rule, (name,) if path is None else path, text, *at, breaks=True, witness=witness)

    def _values(self, name: str, flat: Flat) -> Iterator[Any]:
        placed = flat.properties.get(name) or flat.additional or Placed(True, "")
        _, admitted = self._schemas.ends(sent=self._sent)
        yield from admitted.values.several(placed.schema)
        yield 1


def _marked(placed: Placed, flag: str) -> bool:
    return isinstance(placed.schema, dict) and placed.schema.get(flag) is True


def _has_default(placed: Placed) -> bool:
    return isinstance(placed.schema, dict) and "default" in placed.schema
