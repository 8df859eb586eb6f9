"""A schema taken apart: the members of its objects, the items of its arrays, and all that it says besides.

`$ref` and `allOf` are written out, so two schemas that say the same in other words come apart into the same pieces.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from smartcal_api.changes.side import Schema, Side
from smartcal_api.contract.document import escape

# They say nothing about which values are valid.
ANNOTATIONS = frozenset(
    {
        *("title", "description", "default", "example", "examples", "deprecated", "readOnly", "writeOnly", "xml"),
        *("$comment", "externalDocs", "discriminator", "contentEncoding", "contentMediaType", "contentSchema"),
        *("$schema", "$id"),
    }
)
# Beside these, a member's or an item's schema doesn't say alone what may stand there.
_ENTANGLED = frozenset({"patternProperties", "unevaluatedProperties", "dependentSchemas", "$dynamicRef", "$defs"})
_TUPLE = frozenset({"prefixItems", "unevaluatedItems"})


@dataclass(frozen=True, slots=True)
class Placed:
    """A schema and the pointer to it."""

    schema: Schema
    at: str


@dataclass(slots=True)
class Flat:
    """`rest` is what no member, item or branch says; values satisfy all parts together, and each part alone."""

    properties: dict[str, Placed] = field(default_factory=dict)
    required: dict[str, str] = field(default_factory=dict)
    additional: Placed | None = None
    items: Placed | None = None
    branches: tuple[str, list[Placed]] | None = None
    rest: list[Placed] = field(default_factory=list)
    default: Any = None
    has_default: bool = False

    @property
    def closed(self) -> bool:
        return self.additional is not None and self.additional.schema is False

    @property
    def open(self) -> bool:
        return self.additional is None or self.additional.schema in (True, {})

    def rest_schema(self) -> Schema:
        said = [each.schema for each in self.rest]
        return said[0] if len(said) == 1 else {"allOf": said} if said else True

    def keywords(self) -> dict[str, tuple[Any, str]]:
        """What `rest` says, by keyword, with its place."""
        found: dict[str, tuple[Any, str]] = {}
        for each in self.rest:
            if each.schema is False:
                found["false"] = (True, each.at)
            elif isinstance(each.schema, dict):
                for key, value in each.schema.items():
                    found[key] = (value, f"{each.at}/{escape(key)}")
        return found


def flatten(side: Side, placed: Placed, *, within: frozenset[str] = frozenset()) -> Flat:
    """The pieces of a schema. What is circular, or too entangled to be taken apart, stays in `rest` as it is."""
    schema = placed.schema
    if schema is True or schema == {}:
        return Flat()
    if not isinstance(schema, dict) or placed.at in within or _ENTANGLED & schema.keys():
        return Flat(rest=[placed])
    within |= {placed.at}
    flat = Flat(has_default="default" in schema, default=schema.get("default"))
    for name, each in schema.get("properties", {}).items():
        flat.properties[name] = Placed(each, f"{placed.at}/properties/{escape(name)}")
    flat.required = dict.fromkeys(schema.get("required", ()), f"{placed.at}/required")
    if "additionalProperties" in schema:
        flat.additional = Placed(schema["additionalProperties"], f"{placed.at}/additionalProperties")
    apart = {"properties", "required", "additionalProperties", "$ref", "allOf"}
    if isinstance(schema.get("items"), dict) and not _TUPLE & schema.keys():
        flat.items = Placed(schema["items"], f"{placed.at}/items")
        apart.add("items")
    for key in ("anyOf", "oneOf"):
        if flat.branches is None and isinstance(schema.get(key), list):
            flat.branches = (key, [Placed(each, f"{placed.at}/{key}/{i}") for i, each in enumerate(schema[key])])
            apart.add(key)
    rest = {k: v for k, v in schema.items() if k not in apart | ANNOTATIONS and not k.startswith("x-")}
    if rest:
        flat.rest = [Placed(rest, placed.at)]
    parts = [Placed(each, f"{placed.at}/allOf/{i}") for i, each in enumerate(schema.get("allOf", ()))]
    if "$ref" in schema:
        target, at = side.follow({"$ref": schema["$ref"]}, placed.at)
        parts.insert(0, Placed(target, at))
    for part in parts:
        merged = _merge(flat, flatten(side, part, within=within))
        if merged is None:
            return Flat(rest=[Placed({**_stated(schema)}, placed.at)])
        flat = merged
    return flat


def _merge(one: Flat, other: Flat) -> Flat | None:
    """Both at once; None where that can't be said member by member."""
    if (one.branches and other.branches) or (one.items and other.items):
        return None
    for closing, beside in ((one, other), (other, one)):
        if not closing.open and (beside.properties.keys() - closing.properties.keys() or not beside.open):
            return None  # it closes what only the other one knows
    properties = dict(other.properties)
    for name, placed in one.properties.items():
        there = properties.get(name)
        properties[name] = placed if there is None else Placed({"allOf": [there.schema, placed.schema]}, placed.at)
    return Flat(
        properties=properties,
        required=other.required | one.required,
        additional=one.additional if not one.open else other.additional or one.additional,
        items=one.items or other.items,
        branches=one.branches or other.branches,
        rest=_united(one.rest, other.rest),
        default=one.default if one.has_default else other.default,
        has_default=one.has_default or other.has_default,
    )


def _united(one: list[Placed], other: list[Placed]) -> list[Placed]:
    """Without what is said twice."""
    return one + [each for each in other if each.schema not in [mine.schema for mine in one]]


def _stated(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in schema.items() if key not in ANNOTATIONS and not key.startswith("x-")}
