"""The outermost step of the control plane: makes the exchange, apart from the sandboxes' own requests and ids."""

from random import Random

from starlette.types import ASGIApp, Receive, Scope, Send

from smartcal_api.auth import Identity
from smartcal_api.http.exchange import KEY, Exchange
from smartcal_api.http.paths import decoded
from smartcal_api.sandbox.registry import Registry


class Enter:
    """Request ids come from a sequence of their own, or asking for the time would change a sandbox's next answer."""

    def __init__(self, app: ASGIApp, *, registry: Registry, seed: int) -> None:
        self._app = app
        self._registry = registry
        self._ids = Random(f"control {seed}")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        if b"%2" in scope["raw_path"]:
            scope["path"] = decoded(scope["raw_path"])
        sandbox = self._registry.default
        exchange = scope[KEY] = Exchange(scope, sandbox, request_id=sandbox.request_id(self._ids))
        exchange.identity = Identity(None, None, None)
        await self._app(scope, receive, send)
