"""Requests and answers, and HTTP/1.1 as bytes: RFC 9112."""

import asyncio
import json
import re
from dataclasses import dataclass, field
from email.utils import formatdate
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

_LARGEST = 1_000_000
_LINE = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+) (\S+) HTTP/1\.([01])")
_FIELD = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\x00-\x08\x0a-\x1f\x7f]*?)[ \t]*")
Pairs = list[tuple[str, str]]


class Refusal(Exception):
    """`problem` is told in the body; `closing` where what follows on the connection can't be understood."""

    def __init__(
        self, status: int, detail: str, headers: dict[str, str] | None = None, *, closing: bool = False
    ) -> None:
        super().__init__(detail)
        self.status, self.detail, self.headers, self.closing = status, detail, headers or {}, closing


@dataclass
class Request:
    method: str
    path: str
    query: str
    headers: Pairs
    body: bytes
    keeps: bool

    def header(self, name: str) -> str | None:
        return next((value for given, value in self.headers if given == name.lower()), None)

    @property
    def parameters(self) -> dict[str, str]:
        """Of those that stand there twice the last; those without a value are as good as not there."""
        return pairs(self.query)


@dataclass
class Answer:
    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


def pairs(text: str) -> dict[str, str]:
    return dict(parse_qsl(text, keep_blank_values=False, encoding="utf-8", errors="replace"))


def answer_json(
    status: int, value: Any, headers: dict[str, str] | None = None, media: str = "application/json"
) -> Answer:
    return Answer(status, json.dumps(value).encode(), {"Content-Type": media} | (headers or {}))


async def read_request(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Request | None:
    """The next request; None where the client is done. Raises `Refusal`, which closes the connection."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    except asyncio.LimitOverrunError:
        raise Refusal(431, "The head is too large.", closing=True) from None
    first, *lines = head.lstrip(b"\r\n")[:-4].split(b"\r\n")
    line = _LINE.fullmatch(first)
    fields = [_FIELD.fullmatch(each) for each in lines]
    if line is None or not all(fields):
        raise Refusal(400, "That is not HTTP/1.1.", closing=True)
    headers = [(each[1].decode().lower(), each[2].decode("latin-1")) for each in fields if each]
    if line[3] == b"1" and sum(name == "host" for name, _ in headers) != 1:
        raise Refusal(400, "A request has one Host.", closing=True)
    target = re.sub(r"^https?://[^/?]*", "", line[2].decode("latin-1"), flags=re.IGNORECASE) or "/"
    path, _, query = target.partition("?")
    request = Request(line[1].decode(), path, query, headers, b"", line[3] == b"1")
    if (request.header("connection") or "").lower() == "close":
        request.keeps = False
    if (request.header("expect") or "").lower() == "100-continue":
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    request.body = await _body(reader, request)
    return request


async def _body(reader: asyncio.StreamReader, request: Request) -> bytes:
    coding = request.header("transfer-encoding")
    lengths = {value for name, value in request.headers if name == "content-length"}
    if coding is not None:
        if coding.lower() != "chunked" or lengths:
            raise Refusal(400 if lengths else 501, "That framing is not understood.", closing=True)
        return await _chunks(reader)
    if not lengths:
        return b""
    length = lengths.pop()
    if lengths or not re.fullmatch(r"[0-9]{1,18}", length):
        raise Refusal(400, "The Content-Length is not one number.", closing=True)
    if int(length) > _LARGEST:
        raise Refusal(413, "The body is too large.", closing=True)
    return await reader.readexactly(int(length))


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while True:
        line = await reader.readuntil(b"\r\n")
        size = line.partition(b";")[0].strip()
        if not re.fullmatch(rb"[0-9A-Fa-f]{1,8}", size):
            raise Refusal(400, "A chunk has no size.", closing=True)
        if int(size, 16) == 0:
            break
        body += await reader.readexactly(int(size, 16))
        if len(body) > _LARGEST:
            raise Refusal(413, "The body is too large.", closing=True)
        if await reader.readexactly(2) != b"\r\n":
            raise Refusal(400, "A chunk ends elsewhere.", closing=True)
    while await reader.readuntil(b"\r\n") != b"\r\n":
        pass  # the trailers
    return body


def rendered(answer: Answer, *, head_only: bool, keeps: bool) -> bytes:
    headers = {"Date": formatdate(usegmt=True), "Server": "calendar/3"} | answer.headers
    if answer.status != 204:
        headers["Content-Length"] = str(len(answer.body))
    if not keeps:
        headers["Connection"] = "close"
    lines = [f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}", *(f"{n}: {v}" for n, v in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode("latin-1", "replace") + (b"" if head_only else answer.body)
