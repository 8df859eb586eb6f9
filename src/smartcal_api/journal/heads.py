"""Heads of messages as they go over the wire (RFC 9112 section 2.1), written and read back."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import NamedTuple

import httptools

Fields = Sequence[tuple[bytes, bytes]]
_END = b"\r\n\r\n"


class RequestHead(NamedTuple):
    """`path` and `query` are as they came, `fields` have their names in lower case."""

    method: str
    path: bytes
    query: bytes
    version: str
    fields: Fields


def write_request(head: RequestHead) -> bytes:
    """As it would have come in one piece, whatever protocol and version it was of."""
    target = head.path + b"?" + head.query if head.query else head.path
    line = b"%s %s HTTP/%s" % (head.method.encode("ascii"), target, head.version.encode("ascii"))
    return line + _written(head.fields)


def write_response(status: int, fields: Fields) -> bytes:
    """No more than its end where there was no answer, whose status is 0."""
    return b"HTTP/1.1 %d " % status + _written(fields) if status else _END


def read_request(written: bytes) -> RequestHead:
    """Of a head that has been parsed once before: by the server, or by who has put it together. More may follow it."""
    reader = _Reader()
    # Behind a CONNECT it would be no more of HTTP.
    with suppress(httptools.HttpParserUpgrade, httptools.HttpParserError):
        reader.parser.feed_data(written)
    return reader.head or _split(written)


def _split(written: bytes) -> RequestHead:
    """Of what `write_request` made of a method that is none of HTTP, such as RTSP's, which the parser lets in."""
    line, fields = _lines(written)
    method, target, protocol = line.split(b" ")
    path, _, query = target.partition(b"?")
    return RequestHead(method.decode("ascii"), path, query, protocol.removeprefix(b"HTTP/").decode("ascii"), fields)


def read_response(written: bytes) -> tuple[int | None, Fields]:
    """Status and header fields, None and none where there was no answer."""
    if written == _END:
        return None, []
    line, fields = _lines(written)
    return int(line.split(b" ")[1]), fields


def _lines(written: bytes) -> tuple[bytes, Fields]:
    """The first line, and the fields."""
    first, *lines = written.removesuffix(_END).split(b"\r\n")
    return first, [(name, value) for name, _, value in (line.partition(b": ") for line in lines)]


def _written(fields: Iterable[tuple[bytes, bytes]]) -> bytes:
    return b"\r\n".join([b"", *[b"%s: %s" % field for field in fields], b"", b""])


class _Reader:
    def __init__(self) -> None:
        self.parser = httptools.HttpRequestParser(self)
        self.head: RequestHead | None = None
        self._url = b""
        self._fields: list[tuple[bytes, bytes]] = []

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self._fields.append((name.lower(), value.rstrip(b" \t")))  # as the server does it

    def on_headers_complete(self) -> None:
        url, parser = httptools.parse_url(self._url), self.parser
        self.head = RequestHead(
            parser.get_method().decode("ascii"), url.path, url.query or b"", parser.get_http_version(), self._fields
        )
        raise _Complete


class _Complete(Exception):  # to end the reading
    """The head is complete."""
