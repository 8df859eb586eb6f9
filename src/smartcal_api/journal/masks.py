"""Takes secrets out of whatever is shown (law AUTH 3): by the header, by the name, and by their value."""

import json
import re
from collections.abc import Iterator, Mapping
from html import unescape
from typing import Any
from urllib.parse import quote, quote_plus, unquote_to_bytes

from smartcal_api.auth import Secrets
from smartcal_api.contract.secrets import MASK
from smartcal_api.journal.masked import MaskedBodies

FORM = "application/x-www-form-urlencoded"
_PROBLEM = "application/problem+json"
_COOKIES = frozenset({b"cookie", b"set-cookie"})
# What carries a secret in OAuth (RFC 6749, 7009, 7636), in a new webhook subscription and on the page of consent.
_NAMES = frozenset(
    {
        "access_token",
        "api_key",
        "client_secret",
        "code",
        "code_verifier",
        "password",
        "refresh_token",
        "secret",
        "ticket",
        "token",
    }
)
_ANY_NAME = "|".join(sorted(_NAMES))
_NAMED = re.compile(
    rf"""(?P<before>(?<![A-Za-z0-9_])(?P<quote>["']?)(?:{_ANY_NAME})(?P=quote)\s*[=:]\s*)"""
    r"""(?:"(?:\\.|[^"\\])*"?|[^\s&"'<>,;}#]+)"""
)
_FIELD = re.compile(rf"""(?P<before>name="(?:{_ANY_NAME})"\s+value=")[^"]*""")
# A pair of such a name, in whatever is written around it.
_NAME = re.compile(rf"(?:{_ANY_NAME})\s*=", re.IGNORECASE)
_PAIR = "%=+~:@!$'()*,;/?[]{}|\\^`\"<>"  # is shown as it was sent
_SLICE = 4096
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")
# Those whose name alone says nothing of what was sent.
SCHEMES = frozenset({"bearer", "basic"})


class Masks:
    """`document` is the contract's, which is asked for the headers of its apiKey schemes. What is masked of large
    bodies is kept in `masked`."""

    def __init__(self, document: Mapping[str, Any], secrets: Secrets, masked: MaskedBodies) -> None:
        schemes = document["components"].get("securitySchemes", {}).values()
        self.key_headers = frozenset(s["name"].lower().encode() for s in schemes if s["type"] == "apiKey")
        self._hidden = secrets.hidden
        self._masked, self._under = masked, (self.key_headers, secrets.known)

    def header(self, name: bytes, value: bytes) -> str:
        text = value.decode("latin-1")
        if name in (b"authorization", b"proxy-authorization"):
            scheme = text.partition(" ")[0]
            return f"{scheme} {MASK}" if scheme.lower() in SCHEMES else MASK
        if name in self.key_headers or name in _COOKIES:
            return MASK
        return self.text(text)

    def path(self, path: bytes) -> str:
        """A path as it was sent, in ASCII."""
        return self._hidden(quote(path, safe="/%~:@!$&'()*+,;=?[]{}|\\^`\"<>"))

    def pairs(self, query: bytes) -> str:
        """A query or a form as it was sent, but for the pairs with a secret."""
        return "&".join(self._shown(some) for some in _slices(query))

    def target(self, path: bytes, query: bytes) -> str:
        return f"{self.path(path)}?{self.pairs(query)}" if query else self.path(path)

    def body(self, body: bytes, media_type: str) -> str | None:
        """A body as text; None for one that is none, for what can't be read can't be masked."""
        return self._masked.get(body, media_type, lambda: self._body(body, media_type), under=self._under)

    def _body(self, body: bytes, media_type: str) -> str | None:
        try:
            text = body.decode("utf-8")
        except UnicodeDecodeError:
            return None
        if "\0" in text:
            return None
        # Some clients call everything a form, unless they are told.
        if not body or (media_type == FORM and text.lstrip()[:1] not in ("{", "[")):
            return self.pairs(body)
        try:
            value = json.loads(text, object_pairs_hook=_once)
            # A problem's `code` is a name of its kind, and no secret.
            masked = self._value(value, _NAMES - {"code"} if media_type == _PROBLEM else _NAMES)
            return self._hidden(text if masked == value else json.dumps(masked, ensure_ascii=False))
        except (ValueError, RecursionError):
            if "\\u" in text:
                text = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
            elif "&" in text and media_type.endswith(("html", "xml")):
                plain = unescape(text)
                masked = self.text(plain)
                return self.text(text) if masked == plain else masked
            return self.text(text)

    def text(self, text: str) -> str:
        """Any text, in which whatever looks like the name of a secret may be one."""
        return self._hidden(_FIELD.sub(rf"\g<before>{MASK}", _NAMED.sub(rf"\g<before>{MASK}", text)))

    def _shown(self, pairs: bytes) -> str:
        """Some pairs. Where all of them together have nothing in them, none has; what repeats is looked at once."""
        plain = unquote_to_bytes(pairs.replace(b"+", b" ")).decode("utf-8", "replace")
        if _NAME.search(plain) is None and self.text(plain) == plain:
            return quote(pairs, safe=_PAIR + "&")
        shown = {pair: self._pair(pair) if pair else "" for pair in dict.fromkeys(pairs.split(b"&"))}
        return "&".join(shown[pair] for pair in pairs.split(b"&"))

    def _pair(self, pair: bytes) -> str:
        name, equals, value = pair.partition(b"=")
        key, plain = (unquote_to_bytes(each.replace(b"+", b" ")).decode("utf-8", "replace") for each in (name, value))
        if equals and key.strip().lower() in _NAMES:
            return f"{quote_plus(key)}={MASK}"
        shown = self.text(f"{key}={plain}")
        if shown != f"{key}={plain}":
            return quote(shown, safe="=*")
        return quote(pair, safe=_PAIR)

    def _value(self, value: Any, names: frozenset[str]) -> Any:
        if isinstance(value, dict):
            return {
                self._hidden(name): MASK
                if name.strip().lower() in names and isinstance(member, str | int | float)
                else self._value(member, names)
                for name, member in value.items()
            }
        if isinstance(value, list):
            return [self._value(item, names) for item in value]
        return self._hidden(value) if isinstance(value, str) else value


def _slices(query: bytes) -> Iterator[bytes]:
    """Whole pairs, so many at a time that looking for something in all of them stops nobody else."""
    start = 0
    while (end := query.find(b"&", start + _SLICE)) >= 0:
        yield query[start:end]
        start = end + 1
    yield query[start:]


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object's members; of one that repeats only the last would be looked at, so there the text has to do."""
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member stands twice")
    return members


def essence(content_type: bytes) -> str:
    """A media type without its parameters."""
    return content_type.decode("latin-1").partition(";")[0].strip().lower()
