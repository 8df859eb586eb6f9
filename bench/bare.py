"""`smartcal` with and without its journal by turns: one process, to see what that costs.

Two processes of the same program differ by more than that, as their memory lies elsewhere.
"""

import json
from functools import partial
from time import process_time_ns
from typing import Any

from connexion.middleware import ConnexionMiddleware
from starlette.types import Receive, Scope, Send

import smartcal_api.app
from bench.servers import BLOCK, TALLY
from smartcal_api.cli import main
from smartcal_api.http.record import Record


class Forget(Record):
    """Makes the exchange, and keeps nothing of it."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        exchange = self._enter(scope)
        await self._app(scope, receive, send)
        exchange.sandbox.touched = exchange.started


def build_both(application: Any, *, middlewares: list[Any], **options: Any) -> Any:
    """Connexion over all the steps, and over all but the first, which take turns."""
    record, *behind = middlewares
    assert record.func is Record
    without = [partial(Forget, **record.keywords), *behind]
    return _Switched(
        ConnexionMiddleware(application, middlewares=without, **options),
        ConnexionMiddleware(application, middlewares=middlewares, **options),
    )


class _Switched:
    """Has each answer a block of requests and adds up what the process used of the CPU meanwhile.

    Blocks are so short that whatever else the machine does hits both alike. `GET /tally` tells their microseconds a
    request, by pairs, and begins anew.
    """

    def __init__(self, without: ConnexionMiddleware, whole: ConnexionMiddleware) -> None:
        self._both = (without, whole)
        self._turn = self._answered = self._began = 0
        self._used: list[list[float]] = [[], []]

    def add_api(self, *arguments: Any, **options: Any) -> None:
        for each in self._both:
            each.add_api(*arguments, **options)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            for each in self._both:
                await each(scope, receive, send)
        elif scope["path"] == TALLY:
            body = json.dumps(list(zip(*self._used, strict=False))).encode()
            self._used = [[], []]
            headers = [(b"content-length", b"%d" % len(body))]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": body})
        else:
            if self._answered == BLOCK:
                self._switch()
            self._answered += 1
            await self._both[self._turn](scope, receive, send)

    def _switch(self) -> None:
        now = process_time_ns()
        if self._began:
            self._used[self._turn].append((now - self._began) / 1000 / BLOCK)
        # Which goes first takes turns too: what the machine gains or loses on the way is so for both.
        blocks = sum(map(len, self._used))
        self._turn = (blocks % 4) in (1, 2)
        self._answered, self._began = 0, now


if __name__ == "__main__":
    smartcal_api.app.ConnexionMiddleware = build_both  # type: ignore[misc,assignment]  # by the name that `build` has
    main()
