"""Reads and validates an operation's parameters: query, path and headers."""

from collections.abc import Callable, Collection, Mapping, Sequence
from difflib import get_close_matches
from typing import Any
from urllib.parse import unquote, unquote_to_bytes

from smartcal_api.contract import Operation, Parameter, Schemas
from smartcal_api.contract.texts import typed
from smartcal_api.errors import Invalid, Problem

_NOT_UTF_8 = "is not UTF-8; percent-encode it from UTF-8."
_BLANKS = b" \t"  # no part of a field's value (RFC 9110 section 5.5)

Fields = Sequence[tuple[bytes, bytes]]


class _Reader:
    """One parameter: text → value, valid by its schema."""

    def __init__(self, parameter: Parameter, schemas: Schemas) -> None:
        self.name = parameter.name
        self.required = parameter.required
        self._validator = schemas.at(parameter.pointer)
        self._explain = schemas.explain
        schema = parameter.schema
        self.array = schema.get("type") == "array"
        self.exploded = self.array and parameter.explode and parameter.location == "query"
        self._types = _types(schema.get("items", {}) if self.array else schema)
        self._timestamp = schema.get("format") == "date-time"

    def read(self, given: Sequence[bytes], decode: Callable[[bytes], str]) -> tuple[Any, str | None]:
        """(value, None), or (None, what is wrong and what to do).

        What separates the values of one text is looked for before they are decoded: encoded, it is part of a value.
        """
        if len(given) > 1 and not self.exploded:
            return None, "stands more than once; send it once."
        if b"" in given:
            return None, "is empty; give it a value or leave it out."
        if self.array and not self.exploded:
            given = given[0].split(b",")
        try:
            texts = [decode(text) for text in given]
        except UnicodeDecodeError:
            return None, _NOT_UTF_8
        values = [typed(text, self._types) for text in texts]
        value = values if self.array else values[0]
        if self._validator.is_valid(value):
            return value, None
        error = next(self._validator.iter_errors(value))
        return None, f"does not fit: {self._fault(texts[0], error)}"

    def _fault(self, text: str, error: Any) -> str:
        if not self._timestamp:
            return self._explain(error)
        if " " in text:
            return "a + in a query stands for a space; write it as %2B."
        return "write it as RFC 3339 with an offset, such as 2026-03-02T09:00:00Z."


class ParameterReader:
    """All parameters of an operation. Path parameters come by position, since the router knows them by number."""

    def __init__(
        self, operation: Operation, schemas: Schemas, *, refuse_unknown: bool, keys: Collection[str] = ()
    ) -> None:
        """`keys` are names in the query that credentials come in: nothing to be read here, and not unknown."""
        self._refuse_unknown = refuse_unknown
        self._keys = keys
        self._query: dict[str, _Reader] = {}
        self._headers: list[tuple[bytes, _Reader]] = []
        declared: dict[str, _Reader] = {}
        self._defaults: dict[str, Any] = {}
        for parameter in operation.parameters:
            reader = _Reader(parameter, schemas)
            if parameter.location == "query":
                self._query[parameter.name] = reader
            elif parameter.location == "header":
                self._headers.append((parameter.name.lower().encode(), reader))
            else:
                declared[parameter.name] = reader
            if "default" in parameter.schema:
                self._defaults[parameter.name] = parameter.schema["default"]
        names = operation.path_names
        self._path = [(f"p{index}", declared[name]) for index, name in enumerate(names) if name in declared]
        self._demanding = any(reader.required for reader in self._query.values()) or bool(self._headers)

    def read(self, path: Mapping[str, str], query: bytes, fields: Fields) -> dict[str, Any]:
        """Name → value, defaults filled in. Raises 400 with every fault, 404 for a path value that can name nothing.

        Texts of the path are those of `Paths`, still encoded.
        """
        values = self._defaults.copy()
        for position, reader in self._path:
            text = path[position]
            value, fault = reader.read((text.encode(),), _decode_segment)
            if fault is not None:
                shown = unquote(text)[:64]
                raise Problem("not_found", f"Nothing has the {reader.name} {shown!r}. Look it up in the list.")
            values[reader.name] = value
        if not query and not self._demanding:
            return values
        faults: list[Invalid] = []
        given = _split(query, faults)
        for name, texts in given.items():
            wanted = self._query.get(name)
            if wanted is not None:
                self._take(wanted, texts, _decode, values, faults)
            elif self._refuse_unknown and name not in self._keys:
                faults.append(Invalid(self._unknown(name), parameter=name[:64]))
        for reader in self._query.values():
            if reader.required and reader.name not in given:
                faults.append(Invalid("is required; add it to the query.", parameter=reader.name))
        for name_bytes, reader in self._headers:
            lines = [value.strip(_BLANKS) for name, value in fields if name == name_bytes]
            if lines:
                self._take(reader, _listed(lines) if reader.array else lines, _decode_field, values, faults)
            elif reader.required:
                faults.append(Invalid("is required; send this header.", parameter=reader.name))
        if faults:
            raise invalid_request(faults)
        return values

    @staticmethod
    def _take(
        reader: _Reader,
        given: Sequence[bytes],
        decode: Callable[[bytes], str],
        values: dict[str, Any],
        faults: list[Invalid],
    ) -> None:
        value, fault = reader.read(given, decode)
        if fault is None:
            values[reader.name] = value
        else:
            faults.append(Invalid(fault, parameter=reader.name))

    def _unknown(self, name: str) -> str:
        known = ", ".join(self._query) or "none"
        close = get_close_matches(name.lower(), self._query, n=1)
        meant = f"did you mean {close[0]}? It" if close else "it"
        return f"is not a parameter of this operation; {meant} takes: {known}."


def invalid_request(faults: Sequence[Invalid]) -> Problem:
    first = faults[0]
    more = f" And {len(faults) - 1} more, in errors." if len(faults) > 1 else ""
    return Problem("invalid_request", f"The parameter {first.parameter!r} {first.detail}{more}", errors=faults)


def _split(query: bytes, faults: list[Invalid]) -> dict[str, list[bytes]]:
    """The query as name → texts, by the rules of HTML forms; names that are not UTF-8 are faults."""
    given: dict[str, list[bytes]] = {}
    for pair in query.split(b"&"):
        if not pair:
            continue
        name, _, text = pair.partition(b"=")
        try:
            key = _decode(name)
        except UnicodeDecodeError:
            faults.append(Invalid(_NOT_UTF_8, parameter=name[:64].decode("ascii", "replace")))
            continue
        given.setdefault(key, []).append(text)
    return given


def _listed(lines: Sequence[bytes]) -> Sequence[bytes]:
    """Field lines of one name as one (RFC 9110 section 5.3), without its empty items (section 5.6.1)."""
    items = (item.strip(_BLANKS) for line in lines for item in line.split(b","))
    return [b",".join(item for item in items if item)]


def _decode(text: bytes) -> str:
    if b"%" not in text and b"+" not in text:
        return text.decode("utf-8")
    return unquote_to_bytes(text.replace(b"+", b" ")).decode("utf-8")


def _decode_segment(text: bytes) -> str:
    """Of a path, where a plus is one, and what is not UTF-8 names nothing."""
    return unquote_to_bytes(text).decode("utf-8", "replace") if b"%" in text else text.decode("utf-8")


def _decode_field(text: bytes) -> str:
    return text.decode("latin-1")


def _types(schema: Mapping[str, Any]) -> tuple[str, ...]:
    stated = schema.get("type", "string")
    return (stated,) if isinstance(stated, str) else tuple(stated)
