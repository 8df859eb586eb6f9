"""OpenAPI 3.0 as 3.1: what the older version says in its own words is said in those of JSON Schema 2020-12.

Documents of 3.1 have leftovers of it, too. There `nullable` means nothing, and what can't be meant otherwise is read
as it was meant.
"""

from collections.abc import Mapping
from typing import Any

# Below these is data, which nothing is changed of.
_DATA = frozenset({"example", "examples", "default", "enum", "const", "value"})
# The keys of these are names, none of which is a keyword.
_NAMED = frozenset(
    {
        *("properties", "patternProperties", "schemas", "responses", "parameters", "requestBodies", "headers"),
        *("securitySchemes", "links", "callbacks", "paths", "content", "encoding", "variables", "mapping", "scopes"),
    }
)
_BOUNDS = (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum"))
# All that stands beside a `$ref` is ignored in 3.0.
_BESIDE = frozenset({"$ref", "summary", "description"})


class Upgrade:
    """`data` is a document as one of 3.1; `changed` is how many schemas were of 3.0."""

    def __init__(self, document: Mapping[str, Any], *, older: bool) -> None:
        self.changed = 0
        self._older = older
        converted = self._converted(document)
        self.data: dict[str, Any] = {**converted, "openapi": "3.1.0"} if older else converted

    def _converted(self, node: Any) -> Any:
        if isinstance(node, list):
            return [self._converted(each) for each in node]
        if not isinstance(node, dict):
            return node
        if self._older and isinstance(node.get("$ref"), str):
            return {key: value for key, value in node.items() if key in _BESIDE}
        found = {key: self._member(key, value) for key, value in node.items()}
        for exclusive, bound in _BOUNDS:
            if isinstance(found.get(exclusive), bool):
                self.changed += 1
                if found.pop(exclusive) and bound in found:
                    found[exclusive] = found.pop(bound)
        if isinstance(found.get("nullable"), bool):
            self.changed += 1
            if found.pop("nullable") and self._older:
                found = _nullable(found)
        if isinstance(found.get("examples"), dict) and "type" in found and "in" not in found:
            self.changed += 1
            found["examples"] = [each["value"] for each in found["examples"].values() if _has_value(each)]
        return found

    def _member(self, key: str, value: Any) -> Any:
        if key in _DATA or key[:2] == "x-":
            return value
        if key in _NAMED and isinstance(value, dict):
            return {name: self._converted(each) for name, each in value.items()}
        return self._converted(value)


def _has_value(example: Any) -> bool:
    return isinstance(example, dict) and "value" in example


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    """`nullable: true` adds null to the type that stands beside it (OpenAPI 3.0.3, Schema Object)."""
    if isinstance(schema.get("type"), str):
        schema["type"] = [schema["type"], "null"]
        if isinstance(schema.get("enum"), list) and None not in schema["enum"]:
            schema["enum"] = [*schema["enum"], None]
        return schema
    parts = {key: schema.pop(key) for key in ("allOf", "anyOf", "oneOf") if key in schema}
    if parts:
        schema["anyOf"] = [parts, {"type": "null"}]
    return schema
