"""Whether every value of one schema is one of another: by the engine, by the languages of patterns, by values tried.

The engine (`jsonschema_rs.canonicalize`) is experimental, so it is asked here alone. Its UNKNOWN is no answer: values
are tried until one tells the two apart.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from jsonschema_rs import ReferencingError, ValidationError
from jsonschema_rs.canonical import CanonicalizationError, Containment, Satisfiability

from smartcal_api.changes.flat import Flat, Placed, flatten
from smartcal_api.changes.patterns import includes
from smartcal_api.changes.side import Schema, Side
from smartcal_api.changes.values import Values
from smartcal_api.mock.unsatisfiable import Unsatisfiable

YES, NO, UNKNOWN = Containment.YES, Containment.NO, Containment.UNKNOWN
_FAILURES = (ValidationError, ReferencingError, CanonicalizationError, ValueError)


class End:
    """One of the two sides, with the values that its schemas are tried with."""

    def __init__(self, side: Side) -> None:
        self.side = side
        self.values = Values(side)
        self._validators: dict[int, tuple[Schema, Any]] = {}

    def accepts(self, schema: Schema, value: Any) -> bool:
        """By jsonschema-rs, formats asserted."""
        if isinstance(schema, bool):
            return schema
        if id(schema) not in self._validators:  # the schema is kept beside, so that its id stays its own
            self._validators[id(schema)] = (schema, self.side.validator(schema))
        accepted: bool = self._validators[id(schema)][1].is_valid(value)
        return accepted


def covers(wide: End, wider: Schema, narrow: End, narrower: Schema) -> Containment:
    """Whether `wider` admits all that `narrower` admits, as far as the engine can tell."""
    try:
        verdict = wide.side.canonical(wider).covers(narrow.side.canonical(narrower))
    except _FAILURES:
        return UNKNOWN
    if verdict is UNKNOWN and isinstance(wider, dict) and isinstance(narrower, dict):
        without = {key: value for key, value in wider.items() if key != "pattern"}
        languages = narrower.get("pattern"), wider.get("pattern")
        if isinstance(languages[0], str) and isinstance(languages[1], str) and includes(languages[1], languages[0]):
            same = {key: value for key, value in narrower.items() if key != "pattern"}
            if without == same or covers(wide, without, narrow, same) is YES:
                return YES
    return verdict


def excludes(end: End, one: Schema, other: Schema) -> bool:
    """Whether the engine proves that no value satisfies both."""
    try:
        both = end.side.canonical(one).intersect(end.side.canonical(other))
        return both.satisfiability() is Satisfiability.NO
    except _FAILURES:
        return False


def apart_by_a_member(end: End, one: Placed, other: Placed) -> bool:
    """Whether both are objects with a required member, such as `type`, that has no value in common."""
    flats = flatten(end.side, one), flatten(end.side, other)
    for name in flats[0].required.keys() & flats[1].required.keys():
        values = [_values(end, flat, name) for flat in flats]
        if values[0] and values[1] and not any(each in values[1] for each in values[0]):
            return all(flat.keywords().get("type", (None,))[0] == "object" for flat in flats)
    return False


def _values(end: End, flat: Flat, name: str) -> list[Any]:
    """The texts that a member may have, if they are listed."""
    placed = flat.properties.get(name)
    stated = flatten(end.side, placed).keywords() if placed else {}
    listed = [stated["const"][0]] if "const" in stated else stated.get("enum", ([], ""))[0]
    return listed if all(isinstance(each, str) for each in listed) else []


def apart(
    wide: End, wider: Schema, narrow: End, placed: Placed, flat: Flat, others: Iterable[Any] = ()
) -> Iterator[Any]:
    """Values that `placed` admits and `wider` doesn't, the likely ones first."""
    for value in narrow.values.at_the_bounds(flat, placed, wider):
        if _tells(wide, wider, narrow, placed, value):
            yield value
    for value in others:
        for whole in (value, *_completed(narrow, placed, value)):
            if _tells(wide, wider, narrow, placed, whole):
                yield whole
    for value in _subtracted(wide, wider, narrow, placed):
        if _tells(wide, wider, narrow, placed, value):
            yield value


def _tells(wide: End, wider: Schema, narrow: End, placed: Placed, value: Any) -> bool:
    return not wide.accepts(wider, value) and narrow.accepts(placed.schema, value)


def _completed(narrow: End, placed: Placed, value: Any) -> Iterator[Any]:
    """An object's part with what else the object has to have."""
    if isinstance(value, dict):
        for base in narrow.values.smallest(placed):
            if isinstance(base, dict):
                yield {**base, **value}


def _subtracted(wide: End, wider: Schema, narrow: End, placed: Placed) -> Iterator[Any]:
    """Values made from the difference itself. One of arrays that must contain something is left alone: to find that
    nothing satisfies it can take the generator minutes."""
    try:
        rest = narrow.side.canonical(placed.schema).subtract(wide.side.canonical(wider)).to_json_schema()
    except _FAILURES:
        return
    if isinstance(rest, dict) and "contains" not in rest and "urn:" not in str(rest):
        try:
            yield narrow.values.generated(rest)
        except Unsatisfiable:
            return
