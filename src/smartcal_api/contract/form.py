"""What the texts of a form stand for, by its schema."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from smartcal_api.contract.document import Document
from smartcal_api.contract.texts import typed

FORM = "application/x-www-form-urlencoded"
Schema = Mapping[str, Any]
_COMPOSED = ("allOf", "anyOf", "oneOf")


class FormSchema:
    """The types that the schema states of a form's members; the name of one in `lists` may repeat."""

    def __init__(self, schema: Any, document: Document) -> None:
        self._document = document
        members: dict[str, list[Schema]] = {}
        for part in self._parts(schema):
            for name, member in part.get("properties", {}).items():
                members.setdefault(name, []).extend(self._parts(member))
        self._types = {name: _types(parts) for name, parts in members.items()}
        self.lists = {name for name, types in self._types.items() if "array" in types}
        items = {name: [part.get("items") for part in members[name]] for name in self.lists}
        for name, schemas in items.items():
            self._types[name] = _types([part for each in schemas for part in self._parts(each)])

    def value(self, name: str, given: str | list[str]) -> Any:
        """A member as its schema has it; what fits none of its types stays text, for the schema to judge."""
        types = self._types.get(name, ())
        return [typed(text, types) for text in given] if isinstance(given, list) else typed(given, types)

    def _parts(self, schema: Any) -> Iterator[Schema]:
        """The schema and whatever else judges the same value, or may do so."""
        if not isinstance(schema, dict):
            return
        yield schema
        if "$ref" in schema:
            yield from self._parts(self._document.resolve(schema["$ref"]))
        for key in _COMPOSED:
            for each in schema.get(key, ()):
                yield from self._parts(each)


def _types(parts: Collection[Schema]) -> tuple[str, ...]:
    """All types that are stated, in their order."""
    stated = [part["type"] for part in parts if "type" in part]
    return tuple(name for each in stated for name in ([each] if isinstance(each, str) else each))
