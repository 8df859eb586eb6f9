"""Schemas that some value satisfies, nested, with every keyword that generation knows."""

from typing import Any

from hypothesis import strategies as st

FORMATS = ["date-time", "date", "time", "email", "uri", "uuid", "hostname", "ipv4", "ipv6", "duration", "json-pointer"]
PATTERNS = [
    "^evt_[0-9a-z]{20}$",
    "^[A-Z]{2,5}-\\d+$",
    "^(draft|final)(-v[1-9])?$",
    "^[^\\s@]+@[^\\s@]+$",
    "\\.ics$",
    "^\\p{L}{3,9}$",
    "^(?<year>20\\d\\d)-Q[1-4]$",
    "^RRULE:",
]
NAMES = ["id", "title", "email", "start_time", "end_time", "count", "color", "timezone", "tags", "amount"]
NAMES += ["x-y", "a/b~c"]
scalars = st.one_of(st.none(), st.booleans(), st.integers(-5, 5), st.sampled_from(["a", "b", "long text", ""]))


@st.composite
def strings(draw: st.DrawFn) -> dict[str, Any]:
    kind = draw(st.sampled_from(["length", "format", "pattern"]))
    if kind == "format":
        return {"type": "string", "format": draw(st.sampled_from(FORMATS))}
    if kind == "pattern":
        return {"type": "string", "pattern": draw(st.sampled_from(PATTERNS))}
    low = draw(st.integers(0, 300))
    return {"type": "string", "minLength": low, "maxLength": low + draw(st.integers(0, 30))}


@st.composite
def numbers(draw: st.DrawFn) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": draw(st.sampled_from(["integer", "number"]))}
    low = draw(st.integers(-1000, 1000))
    width = draw(st.integers(2, 5000))
    if draw(st.booleans()):
        schema[draw(st.sampled_from(["minimum", "exclusiveMinimum"]))] = low
    if draw(st.booleans()):
        schema[draw(st.sampled_from(["maximum", "exclusiveMaximum"]))] = low + width
    if draw(st.booleans()):
        steps = [1, 2] if schema["type"] == "integer" or width < 20 else [1, 5, 0.5, 0.01]
        schema["multipleOf"] = draw(st.sampled_from(steps))
        if width < 4:
            schema["multipleOf"] = 1
    return schema


@st.composite
def objects(draw: st.DrawFn, inner: st.SearchStrategy[Any]) -> dict[str, Any]:
    properties = draw(st.dictionaries(st.sampled_from(NAMES), inner, max_size=5))
    schema: dict[str, Any] = {"type": "object", "properties": properties}
    names = sorted(properties)
    if names:
        schema["required"] = draw(st.lists(st.sampled_from(names), unique=True))
    extra = draw(st.sampled_from([None, False, "schema", "pattern"]))
    if extra is False:
        schema["additionalProperties"] = False
    elif extra == "schema":
        schema["additionalProperties"] = draw(inner)
        schema["minProperties"] = draw(st.integers(0, len(properties) + 3))
    elif extra == "pattern":
        schema["patternProperties"] = {"^p_[a-z]{4}$": draw(inner)}
        schema["propertyNames"] = {"maxLength": 20}
    if len(names) > 1 and draw(st.booleans()):
        schema["dependentRequired"] = {names[0]: [names[1]]}
    if draw(st.booleans()):
        schema["maxProperties"] = len(properties) + 3
    return schema


@st.composite
def arrays(draw: st.DrawFn, inner: st.SearchStrategy[Any]) -> dict[str, Any]:
    kind = draw(st.sampled_from(["items", "prefix", "unique", "contains"]))
    low = draw(st.integers(0, 3))
    bounds = {"type": "array", "minItems": low, "maxItems": low + draw(st.integers(1, 3))}
    if kind == "unique":
        uuid = {"type": "string", "format": "uuid"}
        item = draw(st.sampled_from([{"type": "integer"}, {"enum": list("abcdef")}, uuid]))
        return {**bounds, "items": item, "uniqueItems": True}
    if kind == "prefix":
        prefix = draw(st.lists(inner, min_size=1, max_size=3))
        return {"type": "array", "prefixItems": prefix, "items": draw(st.sampled_from([False, {"type": "boolean"}]))}
    if kind == "contains":
        return {**bounds, "items": {"type": ["integer", "string"]}, "contains": {"type": "string", "minLength": 4}}
    return {**bounds, "items": draw(inner)}


@st.composite
def composed(draw: st.DrawFn, inner: st.SearchStrategy[Any]) -> Any:
    kind = draw(st.sampled_from(["anyOf", "oneOf", "allOf", "not", "if", "nullable", "ref", "tagged"]))
    match kind:
        case "anyOf":
            return {"anyOf": draw(st.lists(inner, min_size=1, max_size=3))}
        case "oneOf":
            return {"oneOf": [draw(strings()), draw(numbers()), {"type": "null"}, draw(objects(inner))]}
        case "allOf":
            base = draw(objects(inner).filter(lambda schema: "additionalProperties" not in schema))
            base.pop("maxProperties", None)
            more = {"properties": {"added": draw(inner)}, "required": ["added"]}
            return {"allOf": [base, more]}
        case "not":
            return {"type": "integer", "minimum": 0, "maximum": 9, "not": {"enum": [1, 2, 3]}}
        case "if":
            return {
                "type": "object",
                "properties": {"status": {"enum": ["open", "closed"]}, "reason": {"type": "string"}},
                "required": ["status"],
                "if": {"properties": {"status": {"const": "closed"}}},
                "then": {"required": ["reason"], "properties": {"closed_at": draw(inner)}},
                "else": {"not": {"required": ["reason"]}},
            }
        case "nullable":
            return {"anyOf": [draw(inner), {"type": "null"}]}
        case "ref":
            return {"$ref": "#/components/schemas/" + draw(st.sampled_from(sorted(DOCUMENT["components"]["schemas"])))}
        case _:
            branches = [
                {"type": "object", "required": ["type"], "properties": {"type": {"const": tag}, "value": draw(inner)}}
                for tag in ("physical", "video")
            ]
            return {"oneOf": branches}


def schemas() -> st.SearchStrategy[Any]:
    leaves = st.one_of(
        strings(),
        numbers(),
        st.just({"type": "boolean"}),
        st.just(True),
        st.just({}),
        st.just({"type": ["string", "null"], "maxLength": 40}),
        scalars.map(lambda value: {"const": value}),
        st.lists(scalars, min_size=1, max_size=4).map(lambda values: {"enum": values}),
    )
    return st.recursive(leaves, lambda inner: st.one_of(objects(inner), arrays(inner), composed(inner)), max_leaves=12)


DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "components": {
        "schemas": {
            "Node": {
                "type": "object",
                "required": ["name"],
                "properties": {
                    "name": {"type": "string", "maxLength": 60},
                    "child": {"$ref": "#/components/schemas/Node"},
                    "children": {"type": "array", "items": {"$ref": "#/components/schemas/Node"}},
                },
            },
            "Linked": {
                "type": "object",
                "required": ["next"],
                "properties": {"next": {"anyOf": [{"$ref": "#/components/schemas/Linked"}, {"type": "null"}]}},
            },
            "Price": {
                "allOf": [{"$ref": "#/components/schemas/Money"}, {"properties": {"amount": {"minimum": 1}}}],
                "unevaluatedProperties": False,
            },
            "Money": {
                "type": "object",
                "required": ["amount", "currency"],
                "properties": {
                    "amount": {"type": "number", "maximum": 1000, "multipleOf": 0.01},
                    "currency": {"type": "string", "pattern": "^[A-Z]{3}$"},
                },
            },
        }
    },
}
