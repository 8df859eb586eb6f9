"""The members that the objects of a schema have, wherever it states them: behind `$ref`, in `allOf`, in a branch."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from smartcal_api.contract.document import Document, escape, pointer_of

_PARTS = 40  # of one schema, at most
_BRANCHES = ("anyOf", "oneOf")
_COMPOSING = (*_BRANCHES, "allOf")
_DEPTH = 8  # of references and parts, in search of a type
_NAMES: Mapping[type, str] = {
    bool: "boolean",
    int: "integer",
    float: "number",
    str: "string",
    type(None): "null",
    list: "array",
    dict: "object",
}
_CLOSING = ("additionalProperties", "unevaluatedProperties")


@dataclass(frozen=True, slots=True)
class Field:
    """A member: where its schema is stated, and that schema followed to its end.

    `types`: those that it says it may have; none where it says nothing.
    """

    name: str
    pointer: str
    schema: Mapping[str, Any]
    required: bool
    read_only: bool
    write_only: bool
    types: frozenset[str]

    @property
    def format(self) -> str:
        return str(self.schema.get("format", ""))


@dataclass(frozen=True, slots=True)
class Fields:
    """Those of one schema; `closed`: it allows no others."""

    members: Mapping[str, Field]
    closed: bool


def end_of(document: Document, pointer: str) -> str:
    """Where the references that begin at a pointer end."""
    followed = set()
    value = document.resolve(f"#{pointer}")
    while isinstance(value, dict) and "$ref" in value and pointer not in followed:
        followed.add(pointer)
        pointer = pointer_of(value["$ref"])
        value = document.resolve(value["$ref"])
    return pointer


def fields(document: Document, pointer: str) -> Fields:
    """The members of the objects that a schema describes. Of branches it is the first that describes an object."""
    found: dict[str, tuple[str, Any]] = {}
    required: set[str] = set()
    closed = False
    for at, schema in parts(document, pointer):
        for name, member in schema.get("properties", {}).items():
            found.setdefault(name, (f"{at}/properties/{escape(name)}", member))
        required.update(schema.get("required", ()))
        closed = closed or any(schema.get(each) is False for each in _CLOSING)
    members = {name: _field(document, name, at, member, name in required) for name, (at, member) in found.items()}
    return Fields(members, closed)


def parts(document: Document, pointer: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The schema and all that it consists of in place, each with its pointer."""
    pending = [pointer]
    seen: set[str] = set()
    while pending and len(seen) < _PARTS:
        at = pending.pop(0)
        if at in seen:
            continue
        seen.add(at)
        schema = document.resolve(f"#{at}")
        if not isinstance(schema, Mapping):
            continue
        yield at, schema
        if "$ref" in schema:
            pending.append(pointer_of(schema["$ref"]))
        pending += [f"{at}/allOf/{index}" for index in range(len(schema.get("allOf", ())))]
        for keyword in _BRANCHES:
            branches = range(len(schema.get(keyword, ())))
            pending += [f"{at}/{keyword}/{index}" for index in branches if _names(document, f"{at}/{keyword}/{index}")][
                :1
            ]


def types_of(document: Document, schema: Any, depth: int = _DEPTH) -> frozenset[str]:
    """The types that a schema allows: as it says, by its values, or of what it consists of."""
    if not isinstance(schema, Mapping) or not depth:
        return frozenset()
    if "type" in schema:
        stated = schema["type"]
        return frozenset({stated} if isinstance(stated, str) else stated)
    for values in ([schema["const"]] if "const" in schema else (), schema.get("enum", ())):
        if values:
            return frozenset(_NAMES.get(type(each), "") for each in values)
    if "$ref" in schema:
        return types_of(document, document.resolve(schema["$ref"]), depth - 1)
    of = {keyword: [types_of(document, each, depth - 1) for each in schema.get(keyword, ())] for keyword in _COMPOSING}
    branches = [*of["anyOf"], *of["oneOf"]]
    return frozenset().union(*branches) if branches else next((each for each in of["allOf"] if each), frozenset())


def _field(document: Document, name: str, at: str, stated: Any, required: bool) -> Field:
    end = document.resolve(f"#{end_of(document, at)}")
    schema = end if isinstance(end, Mapping) else {}
    beside = stated if isinstance(stated, Mapping) else {}
    read_only, write_only = (
        any(each.get(mark) is True for each in (beside, schema)) for mark in ("readOnly", "writeOnly")
    )
    return Field(name, at, schema, required, read_only, write_only, types_of(document, stated))


def _names(document: Document, pointer: str) -> bool:
    """Whether a branch describes an object or an array."""
    schema = document.resolve(f"#{end_of(document, pointer)}")
    return isinstance(schema, Mapping) and bool({"properties", "allOf", "items", "anyOf", "oneOf"} & schema.keys())
