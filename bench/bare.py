"""`smartcal` whose journal and faults can be taken out and put back: one process, to see what the two cost.

Two processes of the same program differ by more than that, as their memory lies elsewhere.
"""

import signal
from functools import partial
from time import monotonic_ns
from typing import Any

from connexion.middleware import ConnexionMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

import smartcal_api.app
from bench.servers import WITH, WITHOUT
from smartcal_api.cli import main
from smartcal_api.http.exchange import KEY, Exchange
from smartcal_api.http.faults import Fail
from smartcal_api.http.record import Record
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


def build_both(application: Any, *, middlewares: list[Any], **options: Any) -> Any:
    """Connexion over all the steps, and over all but those two; a signal says which of them answers."""
    without = [step for step in middlewares if step.func is not Fail]
    assert without[0].func is Record
    without[0] = partial(Forget, **without[0].keywords)
    return _Switched(
        ConnexionMiddleware(application, middlewares=middlewares, **options),
        ConnexionMiddleware(application, middlewares=without, **options),
    )


class _Switched:
    def __init__(self, whole: ConnexionMiddleware, without: ConnexionMiddleware) -> None:
        self._both = (whole, without)
        self._answering = whole
        signal.signal(WITH, lambda *_: self._switch(whole))
        signal.signal(WITHOUT, lambda *_: self._switch(without))

    def _switch(self, answering: ConnexionMiddleware) -> None:
        self._answering = answering

    def add_api(self, *arguments: Any, **options: Any) -> None:
        for each in self._both:
            each.add_api(*arguments, **options)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._answering(scope, receive, send)
        else:
            for each in self._both:
                await each(scope, receive, send)


if __name__ == "__main__":
    smartcal_api.app.ConnexionMiddleware = build_both  # type: ignore[misc,assignment]  # by the name that `build` has
    main()
