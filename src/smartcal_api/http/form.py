"""Form bodies (`application/x-www-form-urlencoded`, WHATWG URL section 5.1) as flat objects."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any
from urllib.parse import unquote_to_bytes

from smartcal_api.contract import Document
from smartcal_api.contract.document import escape
from smartcal_api.errors import Invalid, Problem
from smartcal_api.http.texts import typed

Schema = Mapping[str, Any]
_COMPOSED = ("allOf", "anyOf", "oneOf")


class FormReader:
    """Reads texts as what the schema of the form says of its members; one that is an array may repeat its name."""

    def __init__(self, schema: Any, document: Document) -> None:
        self._document = document
        members: dict[str, list[Schema]] = {}
        for part in self._parts(schema):
            for name, member in part.get("properties", {}).items():
                members.setdefault(name, []).extend(self._parts(member))
        self._types = {name: _types(parts) for name, parts in members.items()}
        self._lists = {name for name, types in self._types.items() if "array" in types}
        items = {name: [part.get("items") for part in members[name]] for name in self._lists}
        for name, schemas in items.items():
            self._types[name] = _types([part for each in schemas for part in self._parts(each)])

    def read(self, body: bytes) -> dict[str, Any]:
        """Name → value; raises 400 as `parse_form` does."""
        return {
            name: [typed(text, self._types.get(name, ())) for text in given]
            if isinstance(given, list)
            else typed(given, self._types.get(name, ()))
            for name, given in parse_form(body, lists=self._lists).items()
        }

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


def parse_form(body: bytes, *, lists: Collection[str] = ()) -> dict[str, Any]:
    """Name → text, or all texts of a name that is in `lists`.

    Raises 400 for any other that repeats (RFC 6749 section 3.2), and for what is not UTF-8.
    """
    form: dict[str, Any] = {}
    for pair in body.split(b"&"):
        if not pair:
            continue
        try:
            name, value = (
                unquote_to_bytes(part.replace(b"+", b" ")).decode("utf-8") for part in pair.partition(b"=")[::2]
            )
        except UnicodeDecodeError:
            raise _invalid("The form is not UTF-8.", "") from None
        if name in lists:
            form.setdefault(name, []).append(value)
            continue
        if name in form:
            raise _invalid(f"The form has {name[:64]!r} twice; send it once.", "/" + escape(name[:64]))
        form[name] = value
    return form


def _types(parts: Collection[Schema]) -> tuple[str, ...]:
    """All types that are stated, in their order."""
    stated = [part["type"] for part in parts if "type" in part]
    return tuple(name for each in stated for name in ([each] if isinstance(each, str) else each))


def _invalid(detail: str, pointer: str) -> Problem:
    return Problem("invalid_body", detail, errors=[Invalid(detail, pointer=pointer)])
