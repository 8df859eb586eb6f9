"""Bodies of several parts (`multipart/form-data`, RFC 7578), as flat objects of texts, bytes and JSON."""

from collections.abc import Collection
from typing import Any

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from smartcal_api.contract.media_type import essence, is_json
from smartcal_api.errors import Invalid, Problem
from smartcal_api.http.json_text import NotJson, parse_json

_MOST_PARTS = 500
Part = tuple[str, Any]
"""A name, and what stands under it: a text, or of JSON its value."""


def parse_multipart(body: bytes, content_type: bytes, *, lists: Collection[str], depth: int) -> dict[str, Any]:
    """Name → value, or all values of a name that is in `lists` or repeats. Raises 400 for what is no such body."""
    _, options = parse_options_header(content_type)
    boundary = options.get(b"boundary")
    if not boundary:
        raise _invalid("The Content-Type has no boundary. Let the client library write it.")
    parts = _Parts()
    try:
        parser = MultipartParser(boundary, parts.callbacks)  # type: ignore[arg-type]  # its types want each key
        parser.write(body)
        parser.finalize()
    except FormParserError as error:
        raise _invalid(f"The body is not multipart/form-data: {error}.") from None
    if not parts.ended:
        raise _invalid("The body is not multipart/form-data: it doesn't end with its boundary.")
    values: dict[str, Any] = {}
    for headers, data in parts.found:
        name, value = _part(headers, bytes(data), depth=depth)
        if name in values or name in lists:
            before = values.get(name, [])
            values[name] = [*(before if isinstance(before, list) else [before]), value]
        else:
            values[name] = value
    return values


class _Parts:
    """What the parser found, as it goes on."""

    def __init__(self) -> None:
        self.found: list[tuple[dict[bytes, bytes], bytearray]] = []
        self.ended = False
        self._field, self._value = bytearray(), bytearray()
        self.callbacks = {
            "on_part_begin": self._begin,
            "on_part_data": lambda data, start, end: self.found[-1][1].extend(data[start:end]),
            "on_header_field": lambda data, start, end: self._field.extend(data[start:end]),
            "on_header_value": lambda data, start, end: self._value.extend(data[start:end]),
            "on_header_end": self._header,
            "on_end": self._end,
        }

    def _begin(self) -> None:
        if len(self.found) == _MOST_PARTS:
            raise _invalid(f"The body has more than {_MOST_PARTS} parts. Send fewer.")
        self.found.append(({}, bytearray()))

    def _header(self) -> None:
        self.found[-1][0][bytes(self._field).lower()] = bytes(self._value)
        self._field.clear()
        self._value.clear()

    def _end(self) -> None:
        self.ended = True


def _part(headers: dict[bytes, bytes], data: bytes, *, depth: int) -> Part:
    """A file stays as it is, a character for each byte."""
    _, options = parse_options_header(headers.get(b"content-disposition", b""))
    name = options.get(b"name", b"").decode("utf-8", "replace")
    media_type = essence(headers.get(b"content-type", b"").decode("latin-1"))
    if is_json(media_type):
        try:
            return name, parse_json(data, depth=depth)
        except NotJson as error:
            raise _invalid(f"The part {name[:64]!r} is not JSON: {error}.") from None
    if b"filename" in options or media_type not in ("", "text/plain"):
        return name, data.decode("latin-1")
    try:
        return name, data.decode("utf-8")
    except UnicodeDecodeError:
        return name, data.decode("latin-1")


def _invalid(detail: str) -> Problem:
    return Problem("invalid_body", detail, errors=[Invalid(detail, pointer="")])
