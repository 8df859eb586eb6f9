"""What a schema makes of texts, which parameters and forms are sent as: of one, of several, and of named ones."""

from collections.abc import Iterator, Mapping
from typing import Any

from smartcal_api.contract.document import Document
from smartcal_api.contract.texts import typed

Texts = str | list[Any] | dict[str, Any]
"""A text, or several of them, or such as have names; however deep."""
_COMPOSED = ("allOf", "anyOf", "oneOf")
_TYPES: Mapping[type, str] = {bool: "boolean", int: "integer", float: "number", str: "string", type(None): "null"}
_DEPTH = 16


class Textual:
    """The types that a schema states, and all that it is composed of, for a value and for what is in it."""

    def __init__(self, schema: Any, document: Document) -> None:
        self._document = document
        self._parts = list(_parts(schema, document))
        self.types = tuple(dict.fromkeys(each for part in self._parts for each in _types(part)))

    @property
    def is_array(self) -> bool:
        return "array" in self.types

    @property
    def is_object(self) -> bool:
        return "object" in self.types

    @property
    def names(self) -> list[str]:
        """Those of the members that it states."""
        return list(dict.fromkeys(name for part in self._parts for name in part.get("properties", ())))

    @property
    def is_open(self) -> bool:
        """Whether it says something of members that it doesn't name."""
        return any(isinstance(part.get("additionalProperties"), dict) for part in self._parts)

    def item(self) -> "Textual":
        return Textual(_all(part["items"] for part in self._parts if "items" in part), self._document)

    def member(self, name: str) -> "Textual":
        stated = [part["properties"][name] for part in self._parts if name in part.get("properties", ())]
        rest = [part["additionalProperties"] for part in self._parts if "additionalProperties" in part]
        return Textual(_all(stated or rest), self._document)

    def value(self, given: Texts) -> Any:
        """What fits none of the types stays text, for the schema to judge."""
        if isinstance(given, dict):
            return {name: self.member(name).value(each) for name, each in given.items()}
        if isinstance(given, list):
            item = self.item()
            return [item.value(each) for each in given]
        if self.is_array and "string" not in self.types:
            return [self.item().value(given)]
        return typed(given, self.types)


def _all(schemas: Iterator[Any] | list[Any]) -> dict[str, Any]:
    return {"allOf": [each for each in schemas if isinstance(each, dict)]}


def _parts(schema: Any, document: Document, depth: int = 0) -> Iterator[Mapping[str, Any]]:
    """The schema and whatever else judges the same value, or may do so."""
    if not isinstance(schema, dict) or depth > _DEPTH:
        return
    yield schema
    if "$ref" in schema:
        yield from _parts(document.resolve(schema["$ref"]), document, depth + 1)
    for key in _COMPOSED:
        for each in schema.get(key, ()):
            yield from _parts(each, document, depth + 1)


def _types(part: Mapping[str, Any]) -> Iterator[str]:
    """Those that are stated, else those of the values that are."""
    stated = part.get("type")
    if isinstance(stated, str):
        yield stated
    elif isinstance(stated, list):
        yield from stated
    else:
        values = [*part.get("enum", ()), *([part["const"]] if "const" in part else [])]
        yield from (_TYPES[type(value)] for value in values if type(value) in _TYPES)
        if "properties" in part:
            yield "object"
        elif "items" in part:
            yield "array"
