"""Who may use the control plane (law SBX 7): whoever knows this server's name, and its token where it has one.

A page elsewhere can neither drive nor read it: there are no CORS headers, a name that was rebound to this address is
refused by its Host, and what changes anything must be a JSON request, which no form can send.
"""

from collections.abc import Callable, Collection
from hmac import compare_digest
from typing import NamedTuple

from starlette.types import ASGIApp, Receive, Scope, Send

from smartcal_api.errors import Problem
from smartcal_api.http.exchange import KEY, Exchange
from smartcal_api.http.roots import Roots
from smartcal_api.sandbox.creation import Product

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_JSON = b"application/json"


class Metered(NamedTuple):
    """Where the metrics are, and the token that lets somebody read them and nothing else."""

    path: str
    token: str


class Admit:
    """`probes` are the paths that tell nothing but whether the server is well: a balancer or a kubelet asks them by an
    address, without a token.

    `product` is asked for the contract, whose webhook deliveries carry a header of their own: none is meant for a
    control plane, this one's or another one's, and whoever subscribed it may be somebody else than its user."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        roots: Roots,
        token: str | None,
        product: Callable[[], Product],
        probes: Collection[str] = (),
        metrics: Metered | None = None,
    ) -> None:
        self._app = app
        self._probes = probes
        self._metrics = metrics
        self._product = product
        self._roots = roots
        self._token = token.encode() if token is not None else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        exchange: Exchange = scope[KEY]
        if exchange.refusal is not None:
            raise exchange.refusal
        self._refuse_delivery(exchange)
        if scope["path"] not in self._probes and not self._is_scrape(exchange):
            self._check_host(exchange)
            self._check_token(exchange)
        media_type = exchange.headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
        if scope["method"] not in _SAFE and media_type != _JSON:
            raise Problem(
                "unsupported_media_type",
                "Whatever changes anything here is a JSON request: send Content-Type: application/json, also without "
                "a body.",
            )
        await self._app(scope, receive, send)

    def _is_scrape(self, exchange: Exchange) -> bool:
        """Whether somebody asks for the metrics with the token for them alone."""
        if self._metrics is None or exchange.scope["path"] != self._metrics.path:
            return False
        scheme, _, given = exchange.headers.get(b"authorization", b"").partition(b" ")
        return scheme.lower() == b"bearer" and compare_digest(given.strip(), self._metrics.token.encode())

    def _refuse_delivery(self, exchange: Exchange) -> None:
        name = self._product().contract.policy.webhook_signature.header
        if name.lower().encode() in exchange.headers:
            raise Problem(
                "webhook_delivery",
                f"This request carries {name}, so it is a webhook delivery, and none may reach a control plane. "
                "Subscribe a URL of your app; whoever drives the control plane leaves that header out.",
            )

    def _check_host(self, exchange: Exchange) -> None:
        host = exchange.headers.get(b"host", b"")
        if not self._roots.knows(host):
            shown = host[:64].decode("ascii", "replace")
            raise Problem(
                "unknown_host",
                f"The control plane doesn't answer to the Host {shown!r}. Use a loopback name, or start the server "
                "with --allow-host.",
            )

    def _check_token(self, exchange: Exchange) -> None:
        if self._token is None:
            return
        scheme, _, given = exchange.headers.get(b"authorization", b"").partition(b" ")
        if not given:
            raise Problem(
                "missing_credentials",
                "The control plane asks for its token. Send it as `Authorization: Bearer …`; the server prints it.",
                headers={"WWW-Authenticate": 'Bearer realm="control"'},
            )
        if scheme.lower() != b"bearer" or not compare_digest(given.strip(), self._token):
            raise Problem(
                "invalid_token",
                "This is not the token of the control plane. The server has printed it, or got it by --control-token.",
                headers={"WWW-Authenticate": 'Bearer realm="control", error="invalid_token"'},
            )
