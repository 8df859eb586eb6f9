"""Which credential a request presents, and what is wrong with it. Refuses nothing: that comes after routing."""

import binascii
from base64 import b64decode
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol
from urllib.parse import unquote_to_bytes

from smartcal_api.auth.principal import Principal, satisfied
from smartcal_api.contract.schemes import BASIC, BEARER, COOKIE, HEADER, QUERY, carrier, key_names
from smartcal_api.errors import Clause, Problem

_AUTHORIZATION, _COOKIES = b"authorization", b"cookie"
Kind = tuple[str, str]
"""The kind of a credential, and its carrier."""
_ONE: frozenset[Kind] = frozenset()
_GIVEN_BY = frozenset({"authorize", "issueToken"})
"""The operations that users let apps have tokens by."""


class Known(Protocol):
    """Whoever knows keys or tokens."""

    def find(self, secret: bytes) -> Principal | None: ...


class Presented(NamedTuple):
    """The credential of a request and its carrier; what else came beside it, where it came more than once."""

    secret: bytes
    carrier: str
    beside: tuple[tuple[str, bytes], ...] = ()


class Identity(NamedTuple):
    """A principal and the carrier of its credential, or what an operation with security answers instead.

    `beside` are the kinds of the other credentials that came with it.
    """

    principal: Principal | None
    carrier: str | None
    refusal: Problem | None
    beside: frozenset[Kind] = _ONE


class Identification:
    """Reads credentials where the contract's security schemes say that they are.

    `by_key` says whether a key stands for an access token, since no user can let an app have one.
    """

    def __init__(self, document: Mapping[str, Any]) -> None:
        schemes = list(document["components"].get("securitySchemes", {}).values())
        self._key_headers = {name.lower().encode(): f"{HEADER} {name.lower()}" for name in key_names(document, HEADER)}
        self._key_queries = {name.encode(): f"{QUERY} {name}" for name in key_names(document, QUERY)}
        self._key_cookies = {name.encode(): f"{COOKIE} {name}" for name in key_names(document, COOKIE)}
        self._headers_alone = not self._key_queries and not self._key_cookies
        self._basic = any(each["type"] == "http" and carrier(each) == BASIC for each in schemes)
        operations = [each for item in document["paths"].values() if isinstance(item, dict) for each in item.values()]
        named = {each.get("operationId") for each in operations if isinstance(each, dict)}
        self.by_key = not {name for name in named if isinstance(name, str)} >= _GIVEN_BY
        required = [each.get("security") for each in operations if isinstance(each, dict)]
        self._joint = any(
            len(each) > 1 for security in (document.get("security"), *required) for each in security or ()
        )
        self._realm = _quotable(document["info"]["title"])
        self._implies = {s: i for s, i in document["x-scope-implies"].items() if not s.startswith("x-")}
        self._how = "Send a key as " + " or as ".join(_ways(schemes, document["x-secrets"]["api_key"]))

    @property
    def key_queries(self) -> frozenset[str]:
        """The query parameters that a key may come in, whichever operation is called."""
        return frozenset(name.decode() for name in self._key_queries)

    def presented(
        self, headers: Mapping[bytes, bytes], raw: Sequence[tuple[bytes, bytes]], query: bytes = b""
    ) -> Presented | Problem:
        """`headers` holds one value for each name; `raw` is asked only where names repeat."""
        authorization = headers.get(_AUTHORIZATION)
        if self._headers_alone and len(raw) == len(headers) and self._key_headers.keys().isdisjoint(headers):
            return self.missing() if authorization is None else Presented(*self._spoken(authorization))
        candidates = list(dict.fromkeys(self._candidates(raw, query)))
        if not candidates:
            return self.missing()
        (carried, secret), *beside = candidates
        if not self._joint and any(other != secret for _, other in beside):
            return self.conflicting()
        return Presented(secret, carried, tuple(beside))

    def _candidates(self, raw: Sequence[tuple[bytes, bytes]], query: bytes) -> Iterator[tuple[str, bytes]]:
        """Carrier and secret of all that may be one, those of Authorization first."""
        for name, value in raw:
            if name == _AUTHORIZATION:
                secret, carried = self._spoken(value)
                yield carried, secret
        for name, value in raw:
            if name in self._key_headers:
                yield self._key_headers[name], value.strip(b" \t")
            elif name == _COOKIES and self._key_cookies:
                for pair in value.split(b";"):
                    key, _, text = pair.strip(b" \t").partition(b"=")
                    if key in self._key_cookies:
                        yield self._key_cookies[key], text.strip(b'"')
        for pair in query.split(b"&") if self._key_queries and query else ():
            key, _, text = pair.partition(b"=")
            if (key := unquote_to_bytes(key)) in self._key_queries:
                yield self._key_queries[key], unquote_to_bytes(text.replace(b"+", b" "))

    def _spoken(self, authorization: bytes) -> tuple[bytes, str]:
        """What an Authorization header carries: the token of Bearer (RFC 6750 section 2.1) or the key of Basic (RFC
        7617), empty in that of another scheme: nobody's."""
        scheme, _, token = authorization.partition(b" ")
        spoken = scheme.lower()
        if spoken == b"basic" and self._basic:
            return _basic_key(token.strip(b" ")), BASIC
        return token.strip(b" ") if spoken == b"bearer" else b"", BEARER

    def identify(self, presented: Presented | Problem, known: Known) -> Identity:
        if isinstance(presented, Problem):
            return Identity(None, None, presented)
        principal = known.find(presented.secret)
        if principal is None:
            return Identity(None, None, self.invalid("The credential is malformed, unknown, revoked or expired."))
        if not presented.beside:
            return Identity(principal, presented.carrier, None)
        beside = {carried: known.find(secret) for carried, secret in presented.beside}
        if None in beside.values():
            return Identity(None, None, self.invalid("One of the credentials is malformed, unknown or expired."))
        kinds = frozenset((each.method, carried) for carried, each in beside.items() if each is not None)
        return Identity(principal, presented.carrier, None, kinds)

    def nobody(self) -> Identity:
        """That of a request without a credential. Made anew each time: a problem that is raised again and again would
        keep every traceback that it ever had, and the requests in them."""
        return Identity(None, None, self.missing())

    def missing(self) -> Problem:
        # RFC 6750 section 3.1: no error code where no credential was sent.
        return Problem(
            "missing_credentials",
            f"This operation needs a credential and the request has none. {self._how}.",
            headers={"WWW-Authenticate": f'Bearer realm="{self._realm}"'},
        )

    def invalid(self, why: str) -> Problem:
        return Problem(
            "invalid_token",
            f"{why} {self._how}, with a key or token that this server knows.",
            headers={"WWW-Authenticate": f'Bearer realm="{self._realm}", error="invalid_token"'},
        )

    def conflicting(self) -> Problem:
        return Problem(
            "conflicting_credentials",
            "The request carries two credentials that differ. Send one, in one header.",
        )

    def insufficient(self, scopes: Sequence[str], *, stated: str) -> Problem:
        """`stated` is the pointer to where the contract asks for them."""
        needed = " ".join(scopes)
        return Problem(
            "insufficient_scope",
            f"This credential does not have the scope {needed!r}. Use one that was granted it{self._or_more(scopes)}.",
            headers={"WWW-Authenticate": f'Bearer realm="{self._realm}", error="insufficient_scope", scope="{needed}"'},
            clause=Clause(stated, {"scope": needed}),
        )

    def _or_more(self, scopes: Sequence[str]) -> str:
        """The scopes that stand for these and more, as an end of the sentence."""
        return "".join(
            f", or one with `{scope}`" for scope in self._implies if {*scopes} <= satisfied((scope,), self._implies)
        )


def _basic_key(token: bytes) -> bytes:
    """The password, or the user where there is none: a key has no two parts."""
    try:
        user, _, password = b64decode(token, validate=True).partition(b":")
    except binascii.Error:
        return b""
    return password or user


def _ways(schemes: Sequence[Mapping[str, Any]], prefix: str) -> list[str]:
    """How a key can be sent."""
    ways = {
        BEARER: f"`Authorization: Bearer {prefix}…`",
        BASIC: "the password of `Authorization: Basic`",
        HEADER: f"`{{name}}: {prefix}…`",
        QUERY: f"`?{{name}}={prefix}…`",
        COOKIE: f"`Cookie: {{name}}={prefix}…`",
    }
    carried = [BEARER] if any(carrier(each) == BEARER for each in schemes) or not schemes else []
    carried += [carrier(each) for each in schemes if carrier(each) != BEARER]
    found = (ways.get(each.partition(" ")[0], "").replace("{name}", each.partition(" ")[2]) for each in carried)
    return [each for each in dict.fromkeys(found) if each]


def _quotable(text: str) -> str:
    """A text as it may stand in a quoted string of a header (RFC 9110 section 5.6.4)."""
    return text.encode("ascii", "replace").decode("ascii").replace("\\", "\\\\").replace('"', '\\"')
