"""Reads and validates an operation's parameters: query, path, headers and cookies."""

from collections.abc import Callable, Collection, Mapping, Sequence
from difflib import get_close_matches
from typing import Any
from urllib.parse import unquote

from smartcal_api.contract import Operation, Parameter, Schemas
from smartcal_api.contract.texts import typed
from smartcal_api.contract.textual import Textual
from smartcal_api.errors import Invalid, Problem
from smartcal_api.http.pairs import (
    BLANKS,
    NOT_UTF_8,
    Fields,
    decode,
    decode_field,
    decode_segment,
    listed,
    split_cookies,
    split_query,
)
from smartcal_api.http.structured import StructuredReader, is_plain


class _Reader:
    """One parameter that is a text, or a list of them: text → value, valid by its schema."""

    def __init__(self, parameter: Parameter, textual: Textual, schemas: Schemas, *, strict: bool) -> None:
        self.name = parameter.name
        self.required = parameter.required
        self._validator = schemas.at(parameter.pointer)
        self._explain = schemas.explain
        self._strict = strict
        self.array = textual.is_array and "string" not in textual.types
        self.exploded = self.array and parameter.explode and parameter.location == "query"
        self._types = textual.item().types if self.array else textual.types
        self._timestamp = parameter.schema.get("format") == "date-time"

    def read(self, given: Sequence[bytes], decode: Callable[[bytes], str]) -> tuple[Any, str | None]:
        """(value, None), or (None, what is wrong and what to do).

        What separates the values of one text is looked for before they are decoded: encoded, it is part of a value.
        """
        if len(given) > 1 and not self.exploded:
            return None, "stands more than once; send it once."
        if self._strict and b"" in given:
            return None, "is empty; give it a value or leave it out."
        if self.array and not self.exploded:
            given = given[0].split(b",")
        try:
            texts = [decode(text) for text in given]
        except UnicodeDecodeError:
            return None, NOT_UTF_8
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
        self,
        operation: Operation,
        schemas: Schemas,
        *,
        refuse_unknown: bool,
        keys: Collection[str] = (),
        strict: bool = True,
    ) -> None:
        """`keys` are names in the query that credentials come in: nothing to be read here, and not unknown. Where it is
        not `strict`, an empty text is a value."""
        self._refuse_unknown = refuse_unknown
        self._keys = keys
        self._query: dict[str, _Reader] = {}
        self._structured: list[StructuredReader] = []
        self._headers: list[tuple[bytes, _Reader | StructuredReader]] = []
        self._cookies: dict[str, _Reader | StructuredReader] = {}
        declared: dict[str, _Reader | StructuredReader] = {}
        self._defaults: dict[str, Any] = {}
        for parameter in operation.parameters:
            textual = Textual(parameter.schema, schemas.document)
            if "default" in parameter.schema:
                self._defaults[parameter.name] = parameter.schema["default"]
            reader: _Reader | StructuredReader
            if is_plain(parameter, textual):
                reader = _Reader(parameter, textual, schemas, strict=strict)
            else:
                reader = StructuredReader(parameter, textual, schemas)
            if parameter.location == "header":
                self._headers.append((parameter.name.lower().encode(), reader))
            elif parameter.location == "cookie":
                self._cookies[parameter.name] = reader
            elif parameter.location == "path":
                declared[parameter.name] = reader
            elif isinstance(reader, _Reader):
                self._query[parameter.name] = reader
            else:
                self._structured.append(reader)
        names = operation.path_names
        self._path = [(f"p{index}", declared[name]) for index, name in enumerate(names) if name in declared]
        required = [*(each.required for each in self._query.values()), *(each.required for each in self._structured)]
        self._demanding = any(required) or bool(self._headers) or bool(self._cookies)

    def read(self, path: Mapping[str, str], query: bytes, fields: Fields) -> dict[str, Any]:
        """Name → value, defaults filled in. Raises 400 with every fault, 404 for a path value that can name nothing.

        Texts of the path are those of `Paths`, still encoded.
        """
        values = self._defaults.copy()
        for position, reader in self._path:
            text = path[position]
            value, fault = reader.read((text.encode(),), decode_segment)
            if fault is not None:
                shown = unquote(text)[:64]
                raise Problem("not_found", f"Nothing has the {reader.name} {shown!r}. Look it up in the list.")
            values[reader.name] = value
        if not query and not self._demanding:
            return values
        faults: list[Invalid] = []
        given, rest = split_query(query, faults), list[str]()
        for name, texts in given.items():
            wanted = self._query.get(name)
            if wanted is not None:
                self._take(wanted, texts, decode, values, faults)
            elif not any(each.claims(name) for each in self._structured) and name not in self._keys:
                if any(each.is_open for each in self._structured):
                    rest.append(name)
                elif self._refuse_unknown:
                    faults.append(Invalid(self._unknown(name), parameter=name[:64]))
        self._take_structured(self._structured, given, rest, values, faults)
        if self._refuse_unknown:
            faults.extend(Invalid(self._unknown(name), parameter=name[:64]) for name in rest)
        for reader in self._query.values():
            if reader.required and reader.name not in given:
                faults.append(Invalid("is required; add it to the query.", parameter=reader.name))
        for name_bytes, reader in self._headers:
            lines = [value.strip(BLANKS) for name, value in fields if name == name_bytes]
            if lines:
                self._take(reader, listed(lines) if reader.array else lines, decode_field, values, faults)
            elif reader.required:
                faults.append(Invalid("is required; send this header.", parameter=reader.name))
        if self._cookies:
            self._take_cookies(fields, values, faults)
        if faults:
            raise invalid_request(faults)
        return values

    def _take_cookies(self, fields: Fields, values: dict[str, Any], faults: list[Invalid]) -> None:
        given = split_cookies(fields)
        structured = [each for each in self._cookies.values() if isinstance(each, StructuredReader)]
        self._take_structured(structured, given, [], values, faults)
        for name, reader in self._cookies.items():
            if isinstance(reader, StructuredReader):
                continue
            if name in given:
                # An exploded list in a cookie is one of several cookies of the name, or of values in one.
                texts = [b",".join(given[name])] if reader.array else given[name]
                self._take(reader, texts, decode_segment, values, faults)
            elif reader.required:
                faults.append(Invalid("is required; send this cookie.", parameter=name))

    @staticmethod
    def _take_structured(
        readers: Sequence[StructuredReader],
        given: dict[str, list[bytes]],
        rest: list[str],
        values: dict[str, Any],
        faults: list[Invalid],
    ) -> None:
        """`rest` are names that nothing claims: an open object takes those that there are."""
        for reader in readers:
            value, fault = reader.find(given, decode, rest)
            if fault is not None:
                faults.append(Invalid(fault, parameter=reader.name))
            elif value is not None:
                values[reader.name] = value
                if reader.is_open:
                    rest.clear()
            elif reader.required:
                faults.append(Invalid("is required; add it to the request.", parameter=reader.name))

    @staticmethod
    def _take(
        reader: _Reader | StructuredReader,
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
        names = [*self._query, *(each.name for each in self._structured)]
        known = ", ".join(names) or "none"
        close = get_close_matches(name.lower(), names, n=1)
        meant = f"did you mean {close[0]}? It" if close else "it"
        return f"is not a parameter of this operation; {meant} takes: {known}."


def invalid_request(faults: Sequence[Invalid]) -> Problem:
    first = faults[0]
    more = f" And {len(faults) - 1} more, in errors." if len(faults) > 1 else ""
    return Problem("invalid_request", f"The parameter {first.parameter!r} {first.detail}{more}", errors=faults)
