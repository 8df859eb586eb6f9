"""The work behind `repair`: down to the smallest place that is wrong, and no further up than needed (SRC 5)."""

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, NamedTuple

from smartcal_api.mock.arrays import identity, item_schema
from smartcal_api.mock.generator import ValueGenerator
from smartcal_api.mock.merging import Flat, Schema, both
from smartcal_api.mock.names import singular
from smartcal_api.mock.objects import member_schema, needed
from smartcal_api.mock.place import escape
from smartcal_api.mock.schemas import Choices
from smartcal_api.mock.unsatisfiable import Unsatisfiable

Accepts = Callable[[Any], bool]
_MOST_BRANCHES = 64
_TRIES = 6


class Mended(NamedTuple):
    """A value after repair, and the pointers (`*` for an index) of what was filled in and what was made anew."""

    value: Any
    filled: tuple[str, ...] = ()
    remade: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in the document: its exact pointer (to derive randomness), and the one that is reported."""

    pointer: str = ""
    reported: str = ""
    name: str = ""

    def member(self, name: str) -> "Spot":
        return Spot(f"{self.pointer}/{escape(name)}", f"{self.reported}/{escape(name)}", name)

    def item(self, index: int) -> "Spot":
        return Spot(f"{self.pointer}/{index}", f"{self.reported}/*", singular(self.name))


class Mender:
    """Repairs one document."""

    def __init__(self, generator: ValueGenerator, *, salt: str, keep: frozenset[str]) -> None:
        self._generator = generator
        self._schemas = generator.schemas
        self._salt = salt
        self._keep = keep

    def mend(self, value: Any, schema: Schema, spot: Spot = Spot(), *, accepts: Accepts | None = None) -> Mended:
        """`value` as it is where it fits, else repaired inside, else changed in one member, else made anew.

        Where the schema forks, the branch that leaves most of the value standing wins.
        """
        if accepts is None:
            accepts = self._accepts(schema)
        if accepts(value):
            return Mended(value)
        fitting: list[Mended] = []
        almost: list[tuple[Mended, Flat]] = []
        turn, forks = 0, 1
        while turn < min(forks, _MOST_BRANCHES):
            choices = Choices(turn)
            try:
                flat, _ = self._schemas.expand(schema, choices)
                for mended in self._inside(value, flat, spot):
                    fitting += [mended] if accepts(mended.value) else []
                    almost += [(mended, flat)]
            except Unsatisfiable:
                pass  # this branch can't be repaired; another one may, and if none can the value is made anew
            turn, forks = turn + 1, max(forks, choices.total)
        if len(fitting) == 1:
            return fitting[0]
        if fitting:
            return max(fitting, key=lambda mended: self._worth(value, mended, spot))
        steps = (step for mended, flat in almost for step in self._one_member(mended, flat, spot))
        return next((step for step in steps if accepts(step.value)), None) or self._anew(value, schema, spot, accepts)

    def _inside(self, value: Any, flat: Flat, spot: Spot) -> Iterator[Mended]:
        """The value with its parts repaired, if it is of a kind that has parts and that `flat` still allows."""
        kinds = flat.get("type", ["object", "array"])
        if isinstance(value, dict) and "object" in kinds:
            yield self._object(value, flat, spot)
        elif isinstance(value, list) and "array" in kinds:
            yield self._array(value, flat, spot)

    def _object(self, value: Mapping[str, Any], flat: Flat, spot: Spot) -> Mended:
        members: dict[str, Any] = {}
        filled: list[str] = []
        remade: list[str] = []
        required = needed(flat, list(value))
        for name, member in value.items():
            inner = spot.member(name)
            try:
                if not self._schemas.accepts(flat.get("propertyNames", True), name):
                    raise Unsatisfiable(inner.pointer, "the name itself isn't allowed any more")
                mended = self.mend(member, member_schema(flat, name, self._schemas), inner)
            except Unsatisfiable:
                if name in required:
                    raise
                remade.append(inner.reported)  # may no longer be there, whatever its value
                continue
            members[name] = mended.value
            filled += mended.filled
            remade += mended.remade
        for name in needed(flat, list(members)):
            if name not in members:
                members[name] = self._missing(member_schema(flat, name, self._schemas), spot.member(name))
                filled.append(spot.member(name).reported)
        for name in [name for name in reversed(members) if name not in required and not self._kept(name, spot)]:
            if len(members) > flat.get("maxProperties", len(members)):
                del members[name]
                remade.append(spot.member(name).reported)
        return Mended(members, tuple(filled), tuple(remade))

    def _array(self, value: list[Any], flat: Flat, spot: Spot) -> Mended:
        items: list[Any] = []
        filled: list[str] = []
        remade: list[str] = []
        unique, most = flat.get("uniqueItems", False), flat.get("maxItems", len(value))
        seen: set[str] = set()
        for index, item in enumerate(value):
            inner = spot.item(index)
            schema = item_schema(flat, len(items))
            try:
                if len(items) >= most:
                    raise Unsatisfiable(inner.pointer, "the list is full")
                mended = self.mend(item, schema, inner)
                if unique and identity(mended.value) in seen:
                    mended = Mended(self._another(schema, inner, seen), (), (inner.reported,))
            except Unsatisfiable:
                remade.append(spot.reported)  # the list without this item
                continue
            seen.add(identity(mended.value))
            items.append(mended.value)
            filled += mended.filled
            remade += mended.remade
        for schema, index in self._lacking(items, flat):
            inner = spot.item(index)
            (remade if index < len(items) else filled).append(inner.reported)
            items[index : index + 1] = [self._another(schema, inner, seen if unique else set())]
            seen.add(identity(items[index]))
        return Mended(items, tuple(filled), tuple(remade))

    def _lacking(self, items: list[Any], flat: Flat) -> Iterator[tuple[Schema, int]]:
        """What `contains` and `minItems` still ask for, as (schema, index): beyond the end or in place of the last."""
        if "contains" in flat:
            having = sum(self._schemas.accepts(flat["contains"], item) for item in items)
            for missing in range(flat.get("minContains", 1) - having):
                full = len(items) >= flat.get("maxItems", len(items) + 1)
                index = len(items) - 1 - missing if full else len(items)
                yield both(item_schema(flat, max(index, 0)), flat["contains"]), max(index, 0)
        while len(items) < flat.get("minItems", 0):
            yield item_schema(flat, len(items)), len(items)

    def _another(self, schema: Schema, spot: Spot, seen: set[str]) -> Any:
        for value in self._made(schema, spot):
            if identity(value) not in seen:
                return value
        raise Unsatisfiable(spot.pointer, "its items must differ, and no further different one was found")

    def _missing(self, schema: Schema, spot: Spot) -> Any:
        for value in [*self._schemas.defaults(schema)[:1], *self._schemas.examples(schema)[:1]]:
            if self._schemas.accepts(schema, value):
                return deepcopy(value)
        return next(self._made(schema, spot))

    def _one_member(self, mended: Mended, flat: Flat, spot: Spot) -> Iterator[Mended]:
        """The object with one optional member more, or one other, or one less: for rules between members."""
        value = mended.value
        if not isinstance(value, dict):
            return
        absent = [name for name in flat.get("properties", ()) if name not in value]
        for name in [*absent, *(name for name in value if not self._kept(name, spot))]:
            inner = spot.member(name)
            try:
                for member in self._made(member_schema(flat, name, self._schemas), inner):
                    if name in value:
                        yield Mended({**value, name: member}, mended.filled, (*mended.remade, inner.reported))
                    else:
                        yield Mended({**value, name: member}, (*mended.filled, inner.reported), mended.remade)
            except Unsatisfiable:
                pass
            if name in value:
                rest = {other: member for other, member in value.items() if other != name}
                yield Mended(rest, mended.filled, (*mended.remade, inner.reported))

    def _anew(self, value: Any, schema: Schema, spot: Spot, accepts: Accepts) -> Mended:
        fresh = next(self._made(schema, spot))
        if isinstance(fresh, dict) and isinstance(value, dict):
            kept = {name: member for name, member in value.items() if self._kept(name, spot)}
            for old in (value, kept) if kept else (value,):
                joined = {**fresh, **old}
                if accepts(joined):
                    gone = [name for name in value if not _same(value, joined, name)]
                    new = [name for name in joined if name not in value]
                    filled, remade = ([spot.member(name).reported for name in names] for names in (new, gone))
                    return Mended(joined, tuple(filled), tuple(remade))
        return Mended(fresh, (), (spot.reported,))

    def _made(self, schema: Schema, spot: Spot) -> Iterator[Any]:
        for attempt in range(_TRIES):
            yield self._generator.value(schema, salt=f"{self._salt}\0{spot.pointer}\0{attempt}", name=spot.name)

    def _accepts(self, schema: Schema) -> Accepts:
        return lambda value: self._schemas.accepts(schema, value)

    def _kept(self, name: str, spot: Spot) -> bool:
        return not spot.pointer and name in self._keep

    def _worth(self, before: Any, mended: Mended, spot: Spot) -> tuple[int, int, int]:
        """How good a repair is: members to keep that were kept, scalars that were kept, few reports."""
        after = mended.value
        kept = 0
        if isinstance(before, dict) and isinstance(after, dict):
            names = [name for name in before if self._kept(name, spot)]
            kept = sum(_same(before, after, name) for name in names)
        return kept, _unchanged(before, after), -len(mended.filled) - len(mended.remade)


def _same(before: Mapping[str, Any], after: Mapping[str, Any], name: str) -> bool:
    return name in after and identity(before[name]) == identity(after[name])


def _unchanged(before: Any, after: Any) -> int:
    """How many scalars stand where they stood."""
    if isinstance(before, dict) and isinstance(after, dict):
        return sum(_unchanged(before[name], after[name]) for name in before if name in after)
    if isinstance(before, list) and isinstance(after, list):
        return sum(map(_unchanged, before, after))
    return int(identity(before) == identity(after))
