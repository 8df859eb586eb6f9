"""The contract as an OpenAPI 3.0 document, for Connexion stock, which refuses 3.1 and validates with Draft 4.

Nothing that a response or a parameter is held to gets lost where 3.0 has a word for it, so that stock validates as much
as it can.
"""

from collections.abc import Mapping
from typing import Any

# The keywords of a 3.0 schema that mean the same in both; `const`, `type` and `examples` are rewritten.
_KEYWORDS = {
    *("title", "description", "format", "default", "enum", "required", "pattern", "discriminator", "readOnly"),
    *("writeOnly", "deprecated", "multipleOf", "maximum", "minimum", "maxLength", "minLength", "maxItems", "minItems"),
    *("uniqueItems", "maxProperties", "minProperties", "example"),
}
_NULL = {"type": "object", "nullable": True, "enum": [None]}  # how 3.0 says: null and nothing else
_SECURITY = {"http": "x-bearerInfoFunc", "apiKey": "x-apikeyInfoFunc", "oauth2": "x-tokenInfoFunc"}


def downgrade(contract: Mapping[str, Any], *, functions: Mapping[str, str]) -> dict[str, Any]:
    """The 3.0 document; `functions` says which one checks the credentials of each type of security scheme."""
    components = contract["components"]
    schemes = {name: _scheme(scheme, functions) for name, scheme in components["securitySchemes"].items()}
    rest = {kind: _described(each) for kind, each in components.items() if kind not in ("schemas", "securitySchemes")}
    return {
        "openapi": "3.0.3",
        "info": {"title": contract["info"]["title"], "version": contract["info"]["version"]},
        "security": _security(contract["security"], schemes),
        "paths": {path: _path(item, schemes) for path, item in contract["paths"].items()},
        "components": {
            "schemas": {name: schema_30(schema) for name, schema in components["schemas"].items()},
            "securitySchemes": schemes,
            **rest,
        },
    }


def schema_30(schema: Any) -> Any:
    """One schema, and all below it."""
    if not isinstance(schema, Mapping):
        return schema
    if "$ref" in schema:
        return {"$ref": schema["$ref"]}  # in 3.0 nothing beside it counts; here only descriptions stand there
    converted = {keyword: value for keyword, value in schema.items() if keyword in _KEYWORDS}
    if "const" in schema:
        converted["enum"] = [schema["const"]]
    kinds = schema.get("type")
    if kinds == "null":
        return dict(_NULL)
    if isinstance(kinds, list):
        converted["nullable"] = "null" in kinds
        kinds = next(kind for kind in kinds if kind != "null")
    if kinds is not None:
        converted["type"] = kinds
    for keyword in ("allOf", "anyOf", "oneOf"):
        if keyword in schema:
            converted[keyword] = [schema_30(each) for each in schema[keyword]]
    for keyword in ("items", "not", "additionalProperties"):
        if keyword in schema:
            converted[keyword] = schema_30(schema[keyword])
    if "properties" in schema:
        converted["properties"] = {name: schema_30(each) for name, each in schema["properties"].items()}
    for bound, flag in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if flag in schema:
            converted |= {bound: schema[flag], flag: True}
    return converted


def _described(part: Any) -> Any:
    """Parameters, headers, responses and bodies: the same in both versions but for the schemas in them."""
    if isinstance(part, list):
        return [_described(each) for each in part]
    if not isinstance(part, Mapping):
        return part
    if "$ref" in part:
        return {"$ref": part["$ref"]}
    return {
        name: schema_30(value) if name == "schema" else _described(value)
        for name, value in part.items()
        if not name.startswith("x-") and name not in ("examples", "example", "links")
    }


def _path(item: Mapping[str, Any], schemes: Mapping[str, Any]) -> dict[str, Any]:
    converted: dict[str, Any] = {}
    for name, part in item.items():
        converted[name] = _described(part)
        if isinstance(part, Mapping) and "security" in part:
            converted[name]["security"] = _security(part["security"], schemes)
    return converted


def _security(alternatives: list[Mapping[str, list[str]]], schemes: Mapping[str, Any]) -> list[dict[str, list[str]]]:
    """Only OAuth 2 has scopes in 3.0."""
    return [
        {name: scopes if schemes[name]["type"] == "oauth2" else [] for name, scopes in each.items()}
        for each in alternatives
    ]


def _scheme(scheme: Mapping[str, Any], functions: Mapping[str, str]) -> dict[str, Any]:
    kept = {name: value for name, value in scheme.items() if not name.startswith("x-")}
    return kept | {_SECURITY[scheme["type"]]: functions[scheme["type"]]}
