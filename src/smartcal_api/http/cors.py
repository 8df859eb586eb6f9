"""Cross-origin requests (WHATWG Fetch section 3.2): preflights are answered here, before anything is counted, and so is
an OPTIONS that asks the server as a whole (RFC 9110 section 9.3.7)."""

from collections.abc import Awaitable, Iterable, Sequence
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

from smartcal_api.contract import Contract
from smartcal_api.http.answer import Answer
from smartcal_api.http.exchange import KEY, Exchange
from smartcal_api.http.roots import is_loopback

LOOPBACK = "loopback"
_REMEMBERED, _LONGEST = 256, 300


class Cors:
    """Allows the origins given, `loopback` for all of this machine; none at all where there are none."""

    def __init__(self, app: ASGIApp, *, origins: Iterable[str], contract: Contract) -> None:
        self._app = app
        self._origins = {origin.rstrip("/").lower() for origin in origins}
        # Consent is asked of a person, on a page of its own: no script of another origin has a part in it.
        schemes = contract.data["components"].get("securitySchemes", {}).values()
        flows = [flow for scheme in schemes for flow in scheme.get("flows", {}).values() if isinstance(flow, dict)]
        self._closed = {urlsplit(flow["authorizationUrl"]).path for flow in flows if "authorizationUrl" in flow}
        self._request_id = contract.policy.request_id_header.lower().encode()
        self._expose = ", ".join(contract.policy.cors_expose).encode()
        self._max_age = b"%d" % contract.policy.cors_max_age_seconds
        methods = {method for path in contract.data["paths"] for method in contract.allowed(path)}
        self._methods = ", ".join(sorted(methods)).encode()
        self._known: dict[bytes, bool] = {}

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        exchange: Exchange = scope[KEY]
        if scope["path"] == "*" and scope["method"] == "OPTIONS":
            return self._answer(send, exchange, [(b"allow", self._methods)])
        origin = exchange.headers.get(b"origin")
        if self._origins:
            # A cache must not hand one origin's answer, or an answer to none, to another (Fetch section 3.2.5).
            vary = (b"vary", b"Origin")
            if origin is None or scope["path"] in self._closed or not self._allows(origin):
                exchange.cors = (vary,)
            else:
                allow = (b"access-control-allow-origin", origin)
                if scope["method"] == "OPTIONS" and b"access-control-request-method" in exchange.headers:
                    return self._preflight(send, exchange, (allow, vary))
                exchange.cors = (allow, vary, (b"access-control-expose-headers", self._expose))
        return self._app(scope, receive, send)

    def _preflight(self, send: Send, exchange: Exchange, headers: tuple[tuple[bytes, bytes], ...]) -> Awaitable[None]:
        asked = exchange.headers
        answer = [
            *headers,
            (b"access-control-allow-methods", self._methods),
            (b"access-control-max-age", self._max_age),
        ]
        wanted = asked.get(b"access-control-request-headers")
        if wanted:
            answer.append((b"access-control-allow-headers", wanted))
        if asked.get(b"access-control-request-private-network") == b"true":
            answer.append((b"access-control-allow-private-network", b"true"))
        return self._answer(send, exchange, answer)

    async def _answer(self, send: Send, exchange: Exchange, fields: Sequence[tuple[bytes, bytes]]) -> None:
        wire = [*fields, (self._request_id, exchange.request_id.encode())]
        exchange.answer, exchange.fields = Answer(204), wire
        await send({"type": "http.response.start", "status": 204, "headers": wire})
        await send({"type": "http.response.body", "body": b""})

    def _allows(self, origin: bytes) -> bool:
        known = self._known.get(origin)
        if known is None:
            known = self._judge(origin)
            if len(self._known) < _REMEMBERED and len(origin) <= _LONGEST:
                self._known[origin] = known
        return known

    def _judge(self, origin: bytes) -> bool:
        try:
            text = origin.decode("ascii").lower()
            parts = urlsplit(text)
            host = parts.hostname or ""
        except ValueError:
            return False
        if text in self._origins or "*" in self._origins:
            return True
        return LOOPBACK in self._origins and parts.scheme in ("http", "https") and is_loopback(host)
