"""Where secrets stand in a message, whatever they look like: the headers, members and fields that carry them."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from smartcal_api.conformance.exchange import Exchange
from smartcal_api.contract import Contract

# RFC 9110 section 11.6 and 11.7, RFC 6265, and what servers call the key of an API.
_HEADERS = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie"})
# RFC 6749, 7009 and 7636, and the usual names of what a client keeps to itself. A `code` is one in a form or a query
# alone: as a member it is that of a problem.
_ENDS = r"(?:secret|token|ticket|password|api[_-]?key|code[_-]?verifier)"
_NAME = re.compile(rf"[\w-]*{_ENDS}", re.IGNORECASE)
_WORDS = ("secret", "token", "ticket", "password", "key", "code")
_MEMBER = re.compile(
    rf"""(?P<before>(?P<q>\\?["'])[\w-]*{_ENDS}(?P=q)\s*:\s*)(?:(?P<e>\\?["'])(?P<text>(?:(?!(?P=e)).)*)(?P=e)|(?P<number>\d+))""",
    re.IGNORECASE,
)
_FIELD = re.compile(
    rf"""(?P<before>(?<![\w-])(?:[\w-]*{_ENDS}|code)=)(?P<text>[^&\s"'<>#;,]+)""",
    re.IGNORECASE,
)
_INPUT = re.compile(
    rf"""(?P<before>name=["'](?:[\w-]*{_ENDS}|code)["'][^<>]*?\bvalue=["'])(?P<text>[^"'<>]+)""",
    re.IGNORECASE,
)
_SHORTEST = 8
"""Characters of a secret: a shorter one would be found in words that are none."""


class Positions:
    """Of one contract, whose key headers and whose members of the format `password` are secrets, too."""

    def __init__(self, contract: Contract) -> None:
        schemes = contract.data["components"].get("securitySchemes", {}).values()
        self._headers = _HEADERS | {each["name"].lower() for each in schemes if each["type"] == "apiKey"}
        self._members = frozenset(_passwords(contract.data))
        self._known: dict[str, bool] = {}

    def header(self, name: str) -> bool:
        """Whether a header of that name carries a credential."""
        return name.lower() in self._headers or _NAME.fullmatch(name) is not None

    def member(self, name: str) -> bool:
        """Whether a member of that name holds a secret."""
        if name not in self._known:
            self._known[name] = name in self._members or _NAME.fullmatch(name) is not None
        return self._known[name]

    def sub(self, masked: Callable[[str], str], text: str) -> str:
        """A text with the values of its members and fields masked, wherever in it they stand."""
        lower = text.lower()
        if not any(word in lower for word in _WORDS):
            return text
        text = _MEMBER.sub(lambda m: f"{m['before']}{m['e'] or ''}{masked(m['text'] or '0')}{m['e'] or ''}", text)
        for form in (_FIELD, _INPUT):
            text = form.sub(lambda m: m["before"] + masked(m["text"]), text)
        return text

    def told(self, exchange: Exchange) -> Iterator[str]:
        """The secrets that an answer tells, which anything may repeat after it."""
        yield from self._in_headers(exchange.headers)
        query = urlsplit(exchange.header("Location") or "").query
        yield from (value for name, value in parse_qsl(query) if name == "code" or self.member(name))
        lower = exchange.body.lower()
        if any(word.encode() in lower for word in _WORDS):
            try:
                yield from self._in_members(json.loads(exchange.body))
            except (ValueError, RecursionError):
                return

    def sent(self, exchange: Exchange) -> Iterator[str]:
        """The credentials of a request."""
        yield from self._in_headers(exchange.request_headers)

    def _in_headers(self, fields: Iterable[tuple[str, str]]) -> Iterator[str]:
        for name, value in fields:
            if self.header(name):
                yield from (part for part in re.split(r"[\s=;,]+", value) if len(part) >= _SHORTEST)

    def _in_members(self, value: Any) -> Iterator[str]:
        if isinstance(value, Mapping):
            for name, inner in value.items():
                if isinstance(inner, str) and self.member(name):
                    yield inner
                else:
                    yield from self._in_members(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from self._in_members(inner)


class Learned:
    """Values that were found at such a place, and are found again in any text."""

    def __init__(self) -> None:
        self._heads: dict[str, set[str]] = {}

    def add(self, value: str) -> bool:
        """Whether it is a new one, and long enough to be looked for."""
        if len(value) < _SHORTEST or value in self._heads.get(value[:_SHORTEST], ()):
            return False
        self._heads.setdefault(value[:_SHORTEST], set()).add(value)
        return True

    def sub(self, mask: str, text: str) -> str:
        """By their first characters: a pattern of hundreds of values would try each of them everywhere."""
        if not self._heads:
            return text
        shown, start, at = "", 0, 0
        while at <= len(text) - _SHORTEST:
            found = self._heads.get(text[at : at + _SHORTEST], ())
            whole = max((each for each in found if text.startswith(each, at)), key=len, default="")
            if whole:
                shown += text[start:at] + mask
                start = at = at + len(whole)
            else:
                at += 1
        return shown + text[start:] if start else text


def _passwords(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        properties = value.get("properties")
        if isinstance(properties, Mapping):
            yield from (
                name
                for name, schema in properties.items()
                if isinstance(schema, Mapping) and schema.get("format") == "password"
            )
        for inner in value.values():
            yield from _passwords(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _passwords(inner)
