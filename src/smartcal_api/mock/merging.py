"""Two schemas that must both hold, as one: what `allOf`, `$ref` with siblings and chosen branches come down to.

A merged schema only guides generation. What can't be expressed as one keyword (two patterns, two `contains`) keeps the
first, and the check of each value against the schema as written decides.
"""

from collections.abc import Callable, Mapping
from fractions import Fraction
from math import gcd, lcm
from typing import Any

Schema = Mapping[str, Any] | bool
Flat = Mapping[str, Any]


def both(one: Schema, other: Schema) -> Schema:
    """The schema that holds where both hold, left for later to flatten when it isn't trivial."""
    if one is False or other is False:
        return False
    if one is True or one == {} or one == other:
        return other
    if other is True or other == {}:
        return one
    return {"allOf": [one, other]}


def merge(one: Flat, other: Flat) -> dict[str, Any]:
    """One flat schema out of two flat ones (no `$ref`, `allOf`, `anyOf`, `oneOf`, `if` at their top)."""
    merged = {**other, **one}
    for keyword in one.keys() & other.keys() & _RULES.keys():
        merged[keyword] = _RULES[keyword](one[keyword], other[keyword])
    if "properties" in merged:
        merged["properties"] = _properties(one, other)
    if "const" in merged:
        merged.pop("enum", None)
    return merged


def _properties(one: Flat, other: Flat) -> dict[str, Schema]:
    names = dict.fromkeys([*one.get("properties", ()), *other.get("properties", ())])
    return {name: both(_side(one, name), _side(other, name)) for name in names}


def _side(flat: Flat, name: str) -> Schema:
    """What one side says about a member that perhaps only the other side names."""
    properties: Mapping[str, Schema] = flat.get("properties", {})
    if name in properties:
        return properties[name]
    additional: Schema = True if "patternProperties" in flat else flat.get("additionalProperties", True)
    return additional


def _types(one: str | list[str], other: str | list[str]) -> list[str]:
    sides = [[side] if isinstance(side, str) else side for side in (one, other)]
    # An integer is a number: beside "number", "integer" is what both allow.
    wide = [[*side, "integer"] if "number" in side and "integer" not in side else side for side in sides]
    shared = [name for name in wide[0] if name in wide[1]]
    return [name for name in shared if name != "integer" or "number" not in shared]


def _least_common_multiple(one: float, other: float) -> float:
    first, second = Fraction(str(one)), Fraction(str(other))
    common = Fraction(lcm(first.numerator, second.numerator), gcd(first.denominator, second.denominator))
    return common.numerator if common.denominator == 1 else float(common)


def _by_name(one: Mapping[str, Schema], other: Mapping[str, Schema]) -> dict[str, Schema]:
    return {name: both(one.get(name, True), other.get(name, True)) for name in [*one, *other]}


def _union_by_name(one: Mapping[str, list[str]], other: Mapping[str, list[str]]) -> dict[str, list[str]]:
    return {name: [*one.get(name, ()), *other.get(name, ())] for name in [*one, *other]}


def _by_position(one: list[Schema], other: list[Schema]) -> list[Schema]:
    longest = max(len(one), len(other))
    filled = [[*side, *[True] * (longest - len(side))] for side in (one, other)]
    return [both(first, second) for first, second in zip(*filled, strict=True)]


_RULES: Mapping[str, Callable[[Any, Any], Any]] = {
    **dict.fromkeys(("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties", "minContains"), max),
    **dict.fromkeys(("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties", "maxContains"), min),
    **dict.fromkeys(("items", "additionalProperties", "unevaluatedProperties", "propertyNames"), both),
    "type": _types,
    "multipleOf": _least_common_multiple,
    "required": lambda one, other: list(dict.fromkeys([*one, *other])),
    "enum": lambda one, other: min(one, other, key=len),
    "uniqueItems": lambda one, other: one or other,
    "not": lambda one, other: {"anyOf": [one, other]},
    "patternProperties": _by_name,
    "dependentRequired": _union_by_name,
    "prefixItems": _by_position,
}
