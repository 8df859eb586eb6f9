"""Which credential a request presents, and what is wrong with it. Refuses nothing: that comes after routing."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from smartcal_api.auth.principal import Principal, satisfied
from smartcal_api.errors import Clause, Problem

BEARER, HEADER = "bearer", "header"
_AUTHORIZATION = b"authorization"


class Known(Protocol):
    """Whoever knows keys or tokens."""

    def find(self, secret: bytes) -> Principal | None: ...


class Presented(NamedTuple):
    """The one credential of a request, and the header that carried it."""

    secret: bytes
    carrier: str


class Identity(NamedTuple):
    """A principal and the header that carried its credential, or what an operation with security answers instead."""

    principal: Principal | None
    carrier: str | None
    refusal: Problem | None


class Identification:
    """Reads credentials where the contract's security schemes say that they are."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        schemes = document["components"].get("securitySchemes", {}).values()
        self._key_headers = frozenset(s["name"].lower().encode() for s in schemes if s["type"] == "apiKey")
        self._realm = _quotable(document["info"]["title"])
        self._implies = {s: i for s, i in document["x-scope-implies"].items() if not s.startswith("x-")}
        prefix = document["x-secrets"]["api_key"]
        self._how = f"Send a key as `Authorization: Bearer {prefix}…`" + "".join(
            f" or as `{s['name']}: {prefix}…`" for s in schemes if s["type"] == "apiKey"
        )

    def presented(self, headers: Mapping[bytes, bytes], raw: Sequence[tuple[bytes, bytes]]) -> Presented | Problem:
        """`headers` holds one value for each name; `raw` is asked only where names repeat."""
        authorization = headers.get(_AUTHORIZATION)
        if len(raw) == len(headers) and self._key_headers.isdisjoint(headers):
            return self.missing() if authorization is None else Presented(_bearer_token(authorization), BEARER)
        candidates = {_bearer_token(value) for name, value in raw if name == _AUTHORIZATION}
        candidates |= {value.strip(b" \t") for name, value in raw if name in self._key_headers}
        if not candidates:
            return self.missing()
        if len(candidates) > 1:
            return self.conflicting()
        return Presented(candidates.pop(), HEADER if authorization is None else BEARER)

    def identify(self, presented: Presented | Problem, known: Known) -> Identity:
        if isinstance(presented, Problem):
            return Identity(None, None, presented)
        principal = known.find(presented.secret)
        if principal is None:
            return Identity(None, None, self.invalid("The credential is malformed, unknown, revoked or expired."))
        return Identity(principal, presented.carrier, None)

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


def _bearer_token(authorization: bytes) -> bytes:
    """The token of an Authorization header (RFC 6750 section 2.1), empty in that of another scheme: nobody's."""
    scheme, _, token = authorization.partition(b" ")
    return token.strip(b" ") if scheme.lower() == b"bearer" else b""


def _quotable(text: str) -> str:
    """A text as it may stand in a quoted string of a header (RFC 9110 section 5.6.4)."""
    return text.encode("ascii", "replace").decode("ascii").replace("\\", "\\\\").replace('"', '\\"')
