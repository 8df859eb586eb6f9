"""One value being made: branch by branch, type by type, each piece checked where it was made."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

from smartcal_api.mock.arrays import make_array
from smartcal_api.mock.merging import Flat, Schema
from smartcal_api.mock.numbers import make_number
from smartcal_api.mock.objects import make_object
from smartcal_api.mock.place import Place
from smartcal_api.mock.schemas import Choices, Schemas
from smartcal_api.mock.source import Fakes, Source
from smartcal_api.mock.strings import make_string
from smartcal_api.mock.unsatisfiable import Unsatisfiable

_ATTEMPTS = 40
# Pieces that one value may cost. Beyond it every further piece fails at once, so what is optional is left out.
_BUDGET = 20_000
# Null gets one share where anything else gets this many: a response shows its members.
_WEIGHT = 5


class Walk:
    """Makes one value. It lives for one call of `ValueGenerator.value`."""

    def __init__(self, schemas: Schemas, fakes: Fakes, *, stated: bool) -> None:
        self.schemas = schemas
        self._stated = stated
        self._fakes = fakes
        self._budget = _BUDGET

    def make(self, schema: Schema, place: Place) -> Any:
        """A value that is valid against `schema`: generated, else one of the schema's examples; or `Unsatisfiable`.

        Where what is `stated` comes first: one of its examples, else its default, else generated.
        """
        if self._stated:
            said = self._said(schema)
            if said:
                return deepcopy(place.random().choice(said))
        failure: Unsatisfiable | None = None
        made = False
        forks = 1
        first_turn = int.from_bytes(place.key[:4])
        for attempt in range(_ATTEMPTS):
            self._budget -= 1
            if self._budget < 0:
                failure = Unsatisfiable(place.where, "the value became too large")
                break
            choices = Choices(first_turn + attempt, weight=_WEIGHT)
            try:
                flat, entered = self.schemas.expand(schema, choices, refs=place.refs)
                here = (place.again(attempt) if attempt else place).behind(entered)
                value = self._generate(schema, flat, choices, here)
                made = True
                if self.schemas.accepts(schema, value):
                    return value
            except Unsatisfiable as error:
                failure = error
            forks = max(forks, choices.total)
            if not made and attempt + 1 >= forks:
                break  # every branch failed for good: further randomness changes nothing
        for value in [*self.schemas.examples(schema), *self.schemas.defaults(schema)]:
            if self.schemas.accepts(schema, value):
                return deepcopy(value)
        raise failure or Unsatisfiable(place.where, "nothing made from its keywords satisfies all of them together")

    def _said(self, schema: Schema) -> list[Any]:
        """The examples that fit, as the author wrote them, else the defaults that do."""
        for values in (self.schemas.examples(schema), self.schemas.defaults(schema)):
            fitting = [value for value in values if self.schemas.accepts(schema, value)]
            if fitting:
                return fitting
        return []

    def source(self, place: Place) -> Source:
        return Source(place, self._fakes)

    def _generate(self, schema: Schema, flat: Flat, choices: Choices, place: Place) -> Any:
        if "const" in flat:
            return deepcopy(flat["const"])
        if "enum" in flat:
            return self._one_of(schema, flat["enum"], place)
        kind = choices.pick(_kinds(flat, place), rare=lambda name: name == "null")
        return _MAKERS[kind](flat, place, self)

    def _one_of(self, schema: Schema, values: list[Any], place: Place) -> Any:
        fitting = [value for value in values if self.schemas.accepts(schema, value)]
        if not fitting:
            raise Unsatisfiable(place.where, "no value of its enum satisfies the rest of it")
        shares = [1 if value is None else _WEIGHT for value in fitting]
        return deepcopy(place.random().choices(fitting, weights=shares)[0])


def _kinds(flat: Flat, place: Place) -> list[str]:
    declared = flat.get("type")
    if declared is None:
        # Without a type the other keywords suggest one; when that fails, another type may pass (`not: {type: string}`).
        likely = next((_TYPE_OF[keyword] for keyword in flat if keyword in _TYPE_OF), "string")
        return [likely if place.turn < 6 else list(_MAKERS)[place.turn % len(_MAKERS)]]
    kinds = [declared] if isinstance(declared, str) else list(declared)
    if not kinds:
        raise Unsatisfiable(place.where, "no type is left that all of its parts allow")
    return kinds


def _boolean(_flat: Flat, place: Place, _walk: Walk) -> bool:
    return place.random().random() < 0.5


_MAKERS: Mapping[str, Callable[[Flat, Place, Walk], Any]] = {
    "string": lambda flat, place, walk: make_string(flat, walk.source(place), walk.schemas.accepts),
    "integer": lambda flat, place, walk: make_number(flat, walk.source(place), integer=True),
    "number": lambda flat, place, walk: make_number(flat, walk.source(place), integer=False),
    "boolean": _boolean,
    "object": make_object,
    "array": make_array,
    "null": lambda _flat, _place, _walk: None,
}
_TYPE_OF: Mapping[str, str] = {
    **dict.fromkeys(("pattern", "format", "minLength", "maxLength"), "string"),
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"), "number"),
    **dict.fromkeys(("items", "prefixItems", "minItems", "maxItems", "uniqueItems", "contains"), "array"),
    **dict.fromkeys(("properties", "required", "additionalProperties", "patternProperties"), "object"),
    **dict.fromkeys(("minProperties", "maxProperties", "propertyNames", "dependentRequired"), "object"),
}
