"""Values that a schema may tell apart from another one: made at its bounds, else generated."""

import json
from collections.abc import Iterator
from typing import Any

from smartcal_api.changes.flat import Flat, Placed, flatten
from smartcal_api.changes.side import Schema, Side
from smartcal_api.mock.generator import ValueGenerator
from smartcal_api.mock.unsatisfiable import Unsatisfiable

_PLAIN: tuple[Any, ...] = (None, True, False, 0, 1, -1, 2, 3, 0.5, 1.5, "", "a", "0", "A", "-", " ", [], {})
_LONGEST = 10_000
_MOST_ITEMS = 200
_PADS: tuple[Any, ...] = (True, "a", 0, None)
_ARRAYS = frozenset({"uniqueItems", "prefixItems", "contains"})
_COUNTS = ("minItems", "maxItems", "minContains", "maxContains")
_SAMPLES = 4


class Values:
    """Values for the schemas of one document; what was generated is kept for the next question."""

    def __init__(self, side: Side) -> None:
        self._side = side
        self._generator = ValueGenerator(side.data, seed=0)
        self._made: dict[tuple[str, str], Any] = {}

    def generated(self, schema: Schema, salt: str = "") -> Any:
        """A valid value; raises `Unsatisfiable` where none is found."""
        key = json.dumps(schema, sort_keys=True), salt
        if key not in self._made:
            try:
                self._made[key] = self._generator.value(schema, salt=f"change{salt}")
            except (Unsatisfiable, KeyError, TypeError, ValueError, RecursionError) as error:
                self._made[key] = error
        found = self._made[key]
        if isinstance(found, Exception):
            raise Unsatisfiable("/", str(found)) from None
        return found

    def several(self, schema: Schema, salt: str = "") -> Iterator[Any]:
        for turn in range(_SAMPLES):
            try:
                yield self.generated(schema, f"{salt}{turn}")
            except Unsatisfiable:
                return

    def smallest(self, placed: Placed) -> Iterator[Any]:
        """Values of an object with its required members alone, then with all; of anything else, any."""
        flat = flatten(self._side, placed)
        for value in self.several(placed.schema):
            if isinstance(value, dict):
                yield {name: each for name, each in value.items() if name in flat.required}
            yield value

    def at_the_bounds(self, flat: Flat, placed: Placed, other: Schema) -> Iterator[Any]:
        """Values at, above and below what a schema bounds, of the right type and of others; at what the one that it is
        compared with bounds, too."""
        yield from _PLAIN
        for branch in flat.branches[1] if flat.branches else ():
            yield from self._of(flatten(self._side, branch), branch)
        yield from self._of(flat, placed)
        for schema in _spread(other):
            yield from _of_keywords(schema)
        yield from self._arrays([*_spread(flat.rest_schema()), *_spread(other)], flat, placed)

    def _of(self, flat: Flat, placed: Placed) -> Iterator[Any]:
        for schema in _spread(flat.rest_schema()):
            yield from _of_keywords(schema)
        if isinstance(placed.schema, dict):
            yield from placed.schema.get("examples", ()) if isinstance(placed.schema.get("examples"), list) else ()
        for value in self.several(placed.schema):
            yield value
            if isinstance(value, dict):
                yield {name: each for name, each in value.items() if name in flat.required}
                for name in value:
                    yield {other: each for other, each in value.items() if other != name}
                yield {**value, "unforeseen": 1}
            if isinstance(value, str):
                yield from (value + value[-1:], value[:-1], value.upper(), value.lower(), f"{value} ")

    def _arrays(self, schemas: list[dict[str, Any]], flat: Flat, placed: Placed) -> Iterator[Any]:
        """Of the sizes that bounds name and those beside them, of like items and of distinct ones."""
        bounds = {each[key] for each in schemas for key in _COUNTS if isinstance(each.get(key), int)}
        sizes = sorted({size + more for size in bounds for more in (-1, 0, 1)} | {1, 2})
        if not bounds and not any(each.keys() & _ARRAYS for each in schemas):
            return
        items: Schema = flat.items.schema if flat.items else True
        made = list(self.several(items))
        starts = [each for each in self.several(placed.schema) if isinstance(each, list)][:1]
        for size in sizes:
            if 0 < size <= _MOST_ITEMS:
                if made:
                    yield [made[0]] * size
                    yield self._distinct(items, made, size)
                for start in starts:
                    for pad in (*start[-1:], *_PADS):
                        yield [*start, *[pad] * (size - len(start))][:size]

    def _distinct(self, items: Schema, made: list[Any], size: int) -> list[Any]:
        """As many as there are, up to a size."""
        target = items
        if isinstance(items, dict) and "$ref" in items:
            target = self._side.follow(items, "")[0]
        listed = target.get("enum", []) if isinstance(target, dict) else []
        found = {json.dumps(each, sort_keys=True): each for each in (*listed, *made)}
        for turn in range(2 * size):
            if len(found) >= size:
                break
            each = self._nth(items, turn)
            found.setdefault(json.dumps(each, sort_keys=True), each)
        return list(found.values())[:size]

    def _nth(self, items: Schema, turn: int) -> Any:
        try:
            return self.generated(items, f"item{turn}")
        except Unsatisfiable:
            return None


def _spread(schema: Schema) -> Iterator[dict[str, Any]]:
    """A schema and those in it that judge the same value."""
    if isinstance(schema, dict):
        yield schema
        for key in ("allOf", "anyOf", "oneOf"):
            for each in schema.get(key, ()):
                yield from _spread(each)
        for key in ("not", "if", "then", "else"):
            yield from _spread(schema.get(key, True))


def _of_keywords(schema: dict[str, Any]) -> Iterator[Any]:
    yield from schema.get("enum", ())
    if "const" in schema:
        yield schema["const"]
    for key in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"):
        bound = schema.get(key)
        if isinstance(bound, int | float) and not isinstance(bound, bool):
            yield from (bound, bound + 1, bound - 1, bound * 2, bound + 0.5)
    for key in ("minLength", "maxLength"):
        if isinstance(schema.get(key), int):
            for length in (schema[key], schema[key] + 1, schema[key] - 1):
                if 0 <= length <= _LONGEST:
                    yield from ("a" * length, "0" * length)
    required = dict.fromkeys(schema.get("required", ()), 1)
    yield required
    for name, others in schema.get("dependentRequired", {}).items():
        yield {name: 1}
        yield {name: 1, **dict.fromkeys(others, 1)}
    properties = schema.get("properties")
    if isinstance(properties, dict):
        yield dict.fromkeys(properties, 1)
        yield {name: each["const"] for name, each in properties.items() if isinstance(each, dict) and "const" in each}
    for key in ("minProperties", "maxProperties"):
        if isinstance(schema.get(key), int):
            for size in (schema[key], schema[key] + 1, schema[key] - 1):
                if 0 <= size <= 200:
                    yield {f"k{index}": 1 for index in range(size)}
