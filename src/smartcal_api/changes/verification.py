"""A witness is believed when two validators that share no code agree on it: jsonschema-rs and jsonschema."""

from collections.abc import Iterator
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource
from referencing.exceptions import Unresolvable
from referencing.jsonschema import DRAFT202012

from smartcal_api.changes.containment import End
from smartcal_api.changes.flat import Placed
from smartcal_api.changes.side import Side

FIRST, SECOND = "jsonschema-rs", "jsonschema"


class Verification:
    """Checks that a value is valid by the one document and isn't by the other one."""

    def __init__(self, old: End, new: End) -> None:
        self._ends = {id(end): (end, _registry(end.side)) for end in (old, new)}

    def validators(self, admitting: End, wide: Placed, admitted: End, narrow: Placed, value: Any) -> tuple[str, ...]:
        """The names of those that agree. `jsonschema` knows fewer formats, so it may not see what a format says."""
        found = []
        if admitted.accepts(narrow.schema, value) and not admitting.accepts(wide.schema, value):
            found.append(FIRST)
        if self._second(admitted, narrow, value) and not self._second(admitting, wide, value):
            found.append(SECOND)
        return tuple(found)

    def _second(self, end: End, placed: Placed, value: Any) -> bool:
        if isinstance(placed.schema, bool):
            return placed.schema
        registry = self._ends[id(end)][1]
        schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **end.side.absolute(placed.schema)}
        validator = Draft202012Validator(schema, registry=registry, format_checker=FormatChecker())
        try:
            return bool(validator.is_valid(value))
        except (Unresolvable, RecursionError):
            return False


def _registry(side: Side) -> "Registry[Any]":
    resources: Iterator[Any] = iter([(side.base, Resource.from_contents(side.data, default_specification=DRAFT202012))])
    return Registry().with_resources(resources)
