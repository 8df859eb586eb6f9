"""`smartcal` without its journal and without faults: the same server, to see what the two cost."""

from time import monotonic_ns
from typing import Any

from connexion.middleware import ConnexionMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

import smartcal_api.app
from smartcal_api.cli import main
from smartcal_api.http.exchange import KEY, Exchange
from smartcal_api.http.faults import Fail
from smartcal_api.sandbox.registry import Registry


class Forget:
    """Makes the exchange, and keeps nothing of it."""

    def __init__(self, app: ASGIApp, *, registry: Registry) -> None:
        self._app = app
        self._registry = registry

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            exchange = scope[KEY] = Exchange(scope, self._registry.default)
            exchange.started = monotonic_ns()
            await self._app(scope, receive, send)
            exchange.sandbox.touched = exchange.started


def without_faults(application: Any, *, middlewares: list[Any], **options: Any) -> ConnexionMiddleware:
    """Connexion over all the steps but that one."""
    steps = [step for step in middlewares if step.func is not Fail]
    return ConnexionMiddleware(application, middlewares=steps, **options)


if __name__ == "__main__":
    # By the names that `build` has for them.
    vars(smartcal_api.app).update(Record=Forget, ConnexionMiddleware=without_faults)
    main()
