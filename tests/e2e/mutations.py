"""Requests that are right, nearly right and wrong in every part, drawn from a seed: the same seed, the same bytes."""

import json
import random
from collections.abc import Iterable
from typing import TypeVar

_T = TypeVar("_T")

_METHODS = ["GET", "GET", "GET", "POST", "POST", "DELETE", "HEAD", "OPTIONS", "PUT", "PATCH", "TRACE", "CONNECT"]
_ODD_METHODS = ["get", "GETT", "PROPFIND", "M-SEARCH", "", "G ET", "\xe9"]
_KEYS = ["read", "write", "webhooks", "admin", "other_read"]
_FIELDS = [
    "Accept", "Accept-Encoding", "Access-Control-Request-Headers", "Access-Control-Request-Method", "Authorization",
    "Connection", "Content-Encoding", "Content-Length", "Content-Type", "Cookie", "Date", "Expect", "Forwarded", "Host",
    "HTTP2-Settings", "If-None-Match", "Keep-Alive", "Origin", "Prefer", "Proxy-Authorization", "Range", "Referer",
    "TE", "Trailer", "Transfer-Encoding", "Upgrade", "User-Agent", "Via", "X-API-Key", "X-Forwarded-For",
    "X-Request-Id",
]  # fmt: skip
_VALUES = [
    "", " ", "*", "*/*", "0", "-1", "1", "18446744073709551616", "100-continue", "application/json",
    "application/json; charset=utf-16", "application/x-www-form-urlencoded", "Basic Zm9vOmJhcg==", "Bearer",
    "Bearer scp_demo_read", "Bearer  scp_demo_read ", "chunked", "chunked, gzip", "close", "GET", "gzip", "h2c",
    "http://127.0.0.1:3000", "http://[", "https://a.example", "identity", "keep-alive", "localhost:99999", "null",
    "scp_demo_webhooks", "text/html;q=0.9", "upgrade", "utf-8", "websocket", "\xff\xfe", "a" * 9_000,
]  # fmt: skip
_QUERIES = [
    "page=1", "page=0", "page=-1", "page=1000001", "page=1.0", "page=", "page=" + "9" * 5_000, "per_page=100",
    "per_page=101", "per_page=%31", "per_page=\xb2", "status=confirmed", "status=nonsense", "status=confirmed&status=x",
    "upcoming=true", "upcoming=TRUE", "source=google", "start_after=2026-01-01T00:00:00Z",
    "start_after=2026-01-01T00:00:00+01:00", "start_before=9998-12-31T23:59:59-23:59",
    "start_before=0001-01-01T00:00:00Z",
    "start_after=2016-12-31T23:59:60Z", "a=b", "&&=&", "%", "%ff", "%00", "page[]=1", "page;per_page",
    "response_type=code",
]  # fmt: skip
_TEXTS = [
    b"{}", b"[]", b"null", b"NaN", b"[Infinity]", b"1e999", b"9" * 5_000, b'{"reason": null}', b'{"reason": ""}',
    b'{"reason": "a", "reason": "b"}', b'{"reason": "\\ud800"}', b'{"reason": "\\u0000"}', b'{"reason": "\0"}',
    b'{"reason": "\xff"}', b"\xef\xbb\xbf{}", b"\xff\xfe{\0}\0", b"[" * 10_000, b'{"a":' * 10_000,
    b"[" * 64 + b"]" * 64,
    b'{"reason": ' + b"9" * 300 + b"}", b'{"url": "https://[", "events": ["booking.created"]}',
    b'{"url": "https://a.example/\\u0000", "events": ["booking.created"]}', b"grant_type=authorization_code&code=x",
    b"grant_type=a&grant_type=b", b"token=%ff", b"token=%", b"=", b"--x\r\nContent-Disposition: form-data\r\n\r\n",
]  # fmt: skip


class Mutations:
    """`operations` are the contract's methods and path templates; `ids` are real ones to fill in."""

    def __init__(
        self, seed: int, *, operations: Iterable[tuple[str, str]], ids: Iterable[str], event_types: Iterable[str]
    ) -> None:
        self._random = random.Random(seed)
        self._operations = sorted(operations)
        self._ids = list(ids)
        hook = {"url": "http://127.0.0.1:9/", "events": sorted(event_types)}
        self._texts = [*_TEXTS, json.dumps(hook).encode(), b'{"reason": "Schedule conflict"}']

    def request(self) -> bytes:
        """One request, or several pipelined, whole or spoilt."""
        if self._chance(0.1):
            return b"".join(self._one() for _ in range(self._random.randint(2, 6)))
        return self._one()

    def _one(self) -> bytes:
        body = self._body()
        fields, framed = self._framing(body)
        fields += [f"{self._pick(_FIELDS)}: {self._value()}" for _ in range(self._random.choice([0, 0, 1, 1, 2, 5]))]
        if self._chance(0.9):
            fields.append("Host: 127.0.0.1")
        if self._chance(0.8):
            fields.append(f"{self._pick(['X-API-Key: ', 'Authorization: Bearer '])}scp_demo_{self._pick(_KEYS)}")
        if self._chance(0.01):
            fields += ["X: a"] * self._random.choice([95, 101, 1_200])
        self._random.shuffle(fields)
        method, path = self._pick(self._operations)
        if self._chance(0.3):
            method = self._pick(_METHODS if self._chance(0.8) else _ODD_METHODS)
        version = self._pick(["HTTP/1.1"] * 20 + ["HTTP/1.0", "HTTP/2.0", "HTTP/0.9", "HTTP", ""])
        head = "\r\n".join([f"{method} {self._target(path)} {version}", *fields, "", ""]).encode("latin-1", "replace")
        return self._spoilt(head + framed) if self._chance(0.2) else head + framed

    def _target(self, path: str) -> str:
        while "{" in path:
            start, _, rest = path.partition("{")
            path = (
                start + self._pick([*self._ids, "x", "%00", "%2e%2e", "\xe9", "%F0%9F%98%80"]) + rest.partition("}")[2]
            )
        queries = [self._pick(_QUERIES) for _ in range(self._random.choice([0, 0, 0, 1, 2, 4]))]
        target = path + ("?" + "&".join(queries) if queries else "")
        if self._chance(0.85):
            return target
        return self._pick(
            [
                "*", "/", "//" + target, "http://127.0.0.1" + target, "http://127.0.0.1", "a:80", target + "/",
                target + "#x",
                target.replace("/", "%2f"), target.upper(), "/.." + target, target + "%zz", target + "\xff",
                target + "\x01", target + "%0d%0aX:%20y", target + "?" + "a" * 8_192,
                "/" + "a" * self._random.choice([8_191, 8_192, 70_000]),
                "".join(chr(self._random.randint(33, 255)) for _ in range(self._random.randint(1, 30))),
            ]
        )  # fmt: skip

    def _body(self) -> bytes:
        if self._chance(0.5):
            return b""
        if self._chance(0.003):
            return b"a" * 1_048_577
        if self._chance(0.15):
            return self._random.randbytes(self._random.randint(1, 200))
        return self._pick(self._texts)

    def _framing(self, body: bytes) -> tuple[list[str], bytes]:
        """The header fields that delimit the body, and the body as it is sent."""
        if not body:
            return [], b""
        media_types = ["application/json"] * 6 + ["application/x-www-form-urlencoded", "text/plain", ""]
        fields = [f"Content-Type: {self._pick(media_types)}"]
        kind = self._random.random()
        if kind < 0.75:
            return [*fields, f"Content-Length: {len(body)}"], body
        if kind < 0.85:
            size = self._random.randint(1, len(body))
            chunks = [body[at : at + size] for at in range(0, min(len(body), 50 * size), size)]
            framed = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n"
            return [*fields, "Transfer-Encoding: chunked"], framed + self._pick([b"\r\n", b"X: y\r\n\r\n", b""])
        if kind < 0.9:
            return [*fields, "Transfer-Encoding: chunked"], self._pick([b"zz\r\n", b"-1\r\n", b"5\r\nab", b"1;x=y\r\n"])
        length = self._pick(["0", "1", str(len(body) + 1), "1048577", "1e3", "+5", "0x5", "9" * 30, "5, 5", ""])
        return [*fields, f"Content-Length: {length}"], body

    def _value(self) -> str:
        if self._chance(0.7):
            return self._pick(_VALUES)
        return self._random.randbytes(self._random.randint(1, 40)).decode("latin-1")

    def _spoilt(self, sent: bytes) -> bytes:
        at, length = self._random.randrange(len(sent)), self._random.randint(1, 8)
        return self._pick(
            [
                sent[:at],
                sent[:at] + sent[at + length :],
                sent[:at] + self._random.randbytes(length) + sent[at:],
                sent[:at] + bytes([self._random.randrange(256)]) + sent[at + 1 :],
                sent[:at] + sent[at : at + length] * 50 + sent[at:],
                sent.replace(b"\r\n", b"\n"),
                b"\r\n" * length + sent,
            ]
        )

    def _chance(self, probability: float) -> bool:
        return self._random.random() < probability

    def _pick(self, choices: list[_T]) -> _T:
        return self._random.choice(choices)
