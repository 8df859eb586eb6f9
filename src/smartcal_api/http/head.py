"""Guards the head of a request, before anything else looks at it (law GUARD 1)."""

from collections.abc import Awaitable
from itertools import chain

from starlette.types import ASGIApp, Receive, Scope, Send

from smartcal_api.contract.policy import RequestLimits
from smartcal_api.errors import Clause, Invalid, Problem
from smartcal_api.http.exchange import KEY, Exchange
from smartcal_api.http.roots import Roots
from smartcal_api.http.target import is_host

# Read by this server, so that two of them could mean two things to two readers (RFC 9112 section 11.2).
_SINGLE = frozenset({b"host", b"content-type", b"content-length", b"content-encoding", b"origin", b"transfer-encoding"})


class HeadGuard:
    """Finds a refusal and keeps it: the request is counted first, so that refused ones have a budget too."""

    def __init__(self, app: ASGIApp, *, limits: RequestLimits, roots: Roots) -> None:
        self._app = app
        self._limits = limits
        self._roots = roots

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        exchange: Exchange = scope[KEY]
        exchange.root = self._roots.of(exchange.headers.get(b"host")) + exchange.prefix
        exchange.refusal = self._refusal(scope, exchange) or exchange.refusal
        return self._app(scope, receive, send)

    def _refusal(self, scope: Scope, exchange: Exchange) -> Problem | None:
        limits = self._limits
        raw = scope["headers"]
        url_bytes = len(scope["raw_path"]) + len(scope["query_string"]) + (1 if scope["query_string"] else 0)
        if url_bytes > limits.url_bytes:
            return Problem(
                "uri_too_long",
                f"The URL has more than {limits.url_bytes} bytes. Send fewer or shorter query parameters.",
            )
        if len(raw) > limits.header_count:
            return Problem(
                "headers_too_large",
                f"The request has more than {limits.header_count} header fields. Send fewer.",
                clause=Clause("/x-request-limits/header_count", {"limit": limits.header_count}),
            )
        if len(b"".join(chain.from_iterable(raw))) > limits.header_bytes:
            return Problem(
                "headers_too_large", f"The header fields have more than {limits.header_bytes} bytes. Send less."
            )
        if len(raw) != len(exchange.headers):
            return self._repeated(raw)
        host = exchange.headers.get(b"host")
        if host is None:
            if scope["http_version"] != "1.0":
                return _bad_head("Host", "HTTP/1.1 asks for one Host header; send one (RFC 9112 section 3.2).")
        elif not is_host(host):
            detail = "The header Host is not a host with an optional port; send one (RFC 9112 section 3.2)."
            return _bad_head("Host", detail)
        if b"transfer-encoding" in exchange.headers:
            return self._coded(exchange.headers[b"transfer-encoding"], scope["http_version"])
        return None

    def _coded(self, codings: bytes, version: str) -> Problem | None:
        """What the parser has taken off is `chunked`, whatever else there is (RFC 9112 sections 6.1 and 7)."""
        if version == "1.0":
            return _bad_head("Transfer-Encoding", "HTTP/1.0 has no Transfer-Encoding; send a Content-Length instead.")
        if codings.strip().lower() == b"chunked":
            return None
        return Problem(
            "not_implemented", "The body has a Transfer-Encoding other than chunked. Send it without any other coding."
        )

    def _repeated(self, raw: list[tuple[bytes, bytes]]) -> Problem | None:
        seen = set()
        for name, _ in raw:
            if name in seen and name in _SINGLE:
                shown = name.decode("ascii").title()
                return _bad_head(shown, f"The header {shown} stands more than once; send it once.")
            seen.add(name)
        return None


def _bad_head(name: str, detail: str) -> Problem:
    return Problem("invalid_request", detail, errors=[Invalid(detail, parameter=name)])
