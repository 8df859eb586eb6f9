"""A document as it holds of one direction: some members are in requests alone, some in answers alone.

An answer has no `writeOnly` member (JSON Schema validation, section 9.4), and a request need not have a `readOnly` one,
so neither is required there (OpenAPI 3.0.4, Schema Object).
"""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from smartcal_api.contract.document import Document

_IN_PLACE_LISTS, _IN_PLACE = ("allOf", "anyOf", "oneOf"), ("not", "if", "then", "else")
_DEPTH = 16  # of references and compositions, on the way to a property


def sent(document: Document) -> Document:
    """As it holds of answers and deliveries; the document itself where that is the same."""
    return _turned(document, "writeOnly", forbidding=True)


def taken(document: Document) -> Document:
    """As it holds of requests."""
    return _turned(document, "readOnly", forbidding=False)


def either(document: Document) -> Document:
    """As it holds of what goes neither way: an example may leave out whatever one of them does."""
    return _turned(_turned(document, "writeOnly", forbidding=False), "readOnly", forbidding=False)


def _turned(document: Document, keyword: str, *, forbidding: bool) -> Document:
    if not _stands(keyword, document.data):
        return document
    return document.seen_as(_Turning(document, keyword, forbidding=forbidding).value(document.data))


def _stands(keyword: str, value: Any) -> bool:
    if isinstance(value, dict):
        return value.get(keyword) is True or any(_stands(keyword, inner) for inner in value.values())
    return isinstance(value, list) and any(_stands(keyword, inner) for inner in value)


class _Turning:
    """Copies a document; `forbidding` members with the keyword, or only asking for them nowhere."""

    def __init__(self, document: Document, keyword: str, *, forbidding: bool) -> None:
        self._document, self._keyword, self._forbidding = document, keyword, forbidding

    def value(self, node: Any, outer: frozenset[str] = frozenset()) -> Any:
        """`outer`: members with the keyword that are known from the schema that this one is a part of."""
        if isinstance(node, list):
            return [self.value(each) for each in node]
        if not isinstance(node, dict):
            return node
        marked = outer | self._marked(node)
        return {key: self._member(key, inner, marked) for key, inner in node.items()}

    def _member(self, key: str, inner: Any, marked: frozenset[str]) -> Any:
        if key == "required" and isinstance(inner, list):
            return [name for name in inner if not isinstance(name, str) or name not in marked]
        if key == "dependentRequired" and isinstance(inner, dict):
            return {name: self._member("required", names, marked) for name, names in inner.items()}
        if key == "properties" and isinstance(inner, dict):
            hidden = marked if self._forbidding else frozenset()
            return {name: False if name in hidden else self.value(member) for name, member in inner.items()}
        if key in _IN_PLACE_LISTS and isinstance(inner, list):
            return [self.value(part, marked) for part in inner]
        return self.value(inner, marked if key in _IN_PLACE else frozenset())

    def _marked(self, schema: Any, depth: int = 0) -> frozenset[str]:
        """The members that a schema, or what it refers to and is composed of, says the keyword of."""
        if not isinstance(schema, dict) or depth > _DEPTH:
            return frozenset()
        stated = schema.get("properties")
        own = {name for name, member in stated.items() if self._says(member)} if isinstance(stated, dict) else set()
        return frozenset(own).union(*(self._marked(part, depth + 1) for part in self._parts(schema)))

    def _says(self, schema: Any, depth: int = 0) -> bool:
        if not isinstance(schema, dict) or depth > _DEPTH:
            return False
        return schema.get(self._keyword) is True or any(self._says(part, depth + 1) for part in self._parts(schema))

    def _parts(self, schema: Mapping[str, Any]) -> list[Any]:
        parts = schema.get("allOf")
        found = [*parts] if isinstance(parts, list) else []
        reference = schema.get("$ref")
        if isinstance(reference, str):
            with suppress(KeyError):  # one that leads nowhere is told of by the check
                found.append(self._document.resolve(reference))
        return found
