"""Schemas: keywords that contradict each other, say nothing, or name what isn't there."""

import math
from collections.abc import Iterator
from typing import Any, TypeGuard

from smartcal_api.contract.check_kinds import closest, shown
from smartcal_api.lint.found import Found
from smartcal_api.lint.index import Index
from smartcal_api.lint.keywords import BOUNDS, FORMATS, JUDGES
from smartcal_api.lint.members import Members, types_of

_JSON: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "number": (int, float),
    "integer": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
    "null": (type(None),),
}


def schemas(index: Index) -> Iterator[Found]:
    """What can be told of a schema by looking at it and at those that it is composed of."""
    members = Members(index)
    for at, schema in index.all("schema"):
        if isinstance(schema, dict):
            yield from _bounds(at, schema)
            yield from _effect(at, schema)
            yield from _listed(index, at, schema)
            yield from _format(at, schema)
            if schema.get("readOnly") is True and schema.get("writeOnly") is True:
                said = "is readOnly and writeOnly, so that it is never there; leave one of them out"
                yield Found("schema/contradiction", at, said)
            if index.version == "3.0" and schema.get("type") == "array" and "items" not in schema:
                yield Found("structure/missing-member", at, "is missing items, which an array needs in 3.0; add it")
            yield from _required(at, schema, members)
            yield from _discriminator(at, schema, members)


def _bounds(at: str, schema: dict[str, Any]) -> Iterator[Found]:
    for low, high in BOUNDS:
        least, most = schema.get(low), schema.get(high)
        if _number(least) and _number(most) and least > most:
            said = f"{low} {least} is above {high} {most}, so nothing fits; correct one of the two"
            yield Found("schema/bounds", f"{at}/{low}", said)


def _effect(at: str, schema: dict[str, Any]) -> Iterator[Found]:
    """Keywords that judge values of types that the schema doesn't have."""
    types = types_of(schema)
    if not types:
        return
    having = {"number" if each == "integer" else each for each in types}
    for judged, keywords in JUDGES.items():
        for keyword in keywords if judged not in having else ():
            if keyword in schema and not (keyword == "required" and isinstance(schema[keyword], bool)):
                said = f"{keyword} judges {judged}s alone, and the type is {' or '.join(types)}; leave it out"
                yield Found("schema/keyword-without-effect", f"{at}/{keyword}", f"{said}, or correct the type")


def _listed(index: Index, at: str, schema: dict[str, Any]) -> Iterator[Found]:
    """`enum` and `const` against `type`, and values that stand twice."""
    types = types_of(schema)
    if index.version == "3.0" and schema.get("nullable") is True:
        types = (*types, "null") if types else types
    values = schema.get("enum")
    listed: list[Any] = values if isinstance(values, list) else []
    for number, value in enumerate(listed):
        if any(_same(value, before) for before in listed[:number]):
            yield Found("schema/enum-twice", f"{at}/enum/{number}", f"repeats {shown(value)}; name it once")
        if types and not any(_is(value, each) for each in types):
            said = f"{shown(value)} is not of type {' or '.join(types)}; correct it, or the type"
            yield Found("schema/enum-type", f"{at}/enum/{number}", said)
    if isinstance(values, list) and not values:
        yield Found("schema/contradiction", f"{at}/enum", "is empty, so nothing fits; name the values")
    if "const" in schema and types and not any(_is(schema["const"], each) for each in types):
        said = f"{shown(schema['const'])} is not of type {' or '.join(types)}; correct it, or the type"
        yield Found("schema/enum-type", f"{at}/const", said)


def _format(at: str, schema: dict[str, Any]) -> Iterator[Found]:
    stated = schema.get("format")
    if isinstance(stated, str) and stated not in FORMATS:
        meant = closest(stated, FORMATS)
        if meant and abs(len(stated) - len(meant.removeprefix("; did you mean ").rstrip("?"))) <= 1:
            said = f"{stated!r} is not a format that anybody checks{meant}"
            yield Found("schema/format", f"{at}/format", said)


def _required(at: str, schema: dict[str, Any], members: Members) -> Iterator[Found]:
    stated = schema.get("required")
    seen: list[Any] = []
    for number, name in enumerate(stated if isinstance(stated, list) else ()):
        if name in seen:
            yield Found("schema/required-twice", f"{at}/required/{number}", f"repeats {name!r}; name it once")
        seen.append(name)
        if not isinstance(name, str):
            continue
        known = members.around(at)
        if known is None or name in known.names or not known.names:
            continue
        meant = closest(name, tuple(known.names))
        if meant or known.closed or "properties" in schema:
            said = f"{name!r} is required, and not a property{meant or '; describe it in properties, or leave it out'}"
            yield Found("schema/required-unknown", f"{at}/required/{number}", said)


def _discriminator(at: str, schema: dict[str, Any], members: Members) -> Iterator[Found]:
    stated = schema.get("discriminator")
    name = stated.get("propertyName") if isinstance(stated, dict) else None
    if not isinstance(name, str):
        return
    where = f"{at}/discriminator/propertyName"
    branches = [f"{at}/{key}/{number}" for key in ("oneOf", "anyOf") for number in range(_length(schema.get(key)))]
    own = members.of(at, branches=False)
    if own is None or name in own.names:
        return
    for branch in branches:
        found = members.of(branch)
        if found is not None and found.names and name not in found.names:
            meant = closest(name, tuple(found.names))
            advice = meant or "; name a property that all of them have"
            which = members.name(branch)
            yield Found("schema/discriminator", where, f"{name!r} is not a property of {which}{advice}")
            return
    if not branches and own.names:
        meant = closest(name, tuple(own.names)) or "; name a property"
        yield Found("schema/discriminator", where, f"{name!r} is not a property of this schema{meant}")


def _length(value: Any) -> int:
    return len(value) if isinstance(value, list) else 0


def _number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is(value: Any, kind: str) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    if kind == "integer" and isinstance(value, float):
        return value.is_integer()
    return isinstance(value, _JSON.get(kind, (object,)))


def _same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and bool(one == other)
