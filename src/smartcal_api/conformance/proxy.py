"""Stands between an app and a deployment: forwards untouched, and records both directions.

A request that has no `traceparent` (W3C Trace Context) gets one, so that what its story shows is found in the traces of
the deployment.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from threading import Event, Lock, Thread, local
from typing import Self
from urllib.parse import urlsplit

from smartcal_api.conformance.coding import Undecodable, decoded
from smartcal_api.conformance.exchange import Exchange, Fields
from smartcal_api.conformance.forwarding import HOP_BY_HOP, Forwarding
from smartcal_api.conformance.target import Target
from smartcal_api.conformance.trace import Trace
from smartcal_api.conformance.wire import Answer, Request, Unreachable, Wire
from smartcal_api.errors import UsageError

Record = Callable[[Exchange, str], None]
"""Is told an exchange, and why the body of its answer can't be read, where it can't."""

_LOOK_UP = 0.1
"""Seconds after which it is looked whether it is to end."""


class Proxy:
    """`record` gets every exchange, one at a time. A Host on loopback is kept, so that links lead through the proxy;
    any other deployment is asked by its own name. What is coded is decoded to be judged, and forwarded as it came."""

    def __init__(self, upstream: Target, *, port: int, record: Record) -> None:
        self._upstream = upstream
        self._record = record
        self._own = local()
        self._wires: list[Wire] = []
        self._turn = Lock()
        self._count = 0
        try:
            self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler(self))
        except OSError as error:
            raise UsageError(f"--port: can't listen on {port}: {error.strerror}.") from None
        self._server.daemon_threads = True
        self._server.timeout = _LOOK_UP
        self._stopped = Event()
        self._open, self._moved = 0, time.monotonic()
        self.root = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._server.server_close()
        for wire in self._wires:
            wire.close()

    def serve(self, until_idle: float | None = None) -> None:
        """Until `stop`, Ctrl-C, or so many seconds in which nothing was asked."""
        while not self._stopped.is_set() and not self._idle(until_idle):
            self._server.handle_request()

    def stop(self) -> None:
        self._stopped.set()

    @contextmanager
    def beside(self) -> Iterator[None]:
        """Serves as long as the block lasts."""
        thread = Thread(target=self.serve)
        thread.start()
        try:
            yield
        finally:
            self.stop()
            thread.join()

    def _idle(self, seconds: float | None) -> bool:
        with self._turn:
            return seconds is not None and not self._open and time.monotonic() - self._moved > seconds

    @contextmanager
    def asked(self) -> Iterator[None]:
        """While somebody is served, it isn't idle."""
        self._count_open(1)
        try:
            yield
        finally:
            self._count_open(-1)

    def _count_open(self, more: int) -> None:
        with self._turn:
            self._open += more
            self._moved = time.monotonic()

    def forward(self, method: str, target: str, headers: Fields, body: bytes) -> Answer:
        """What the deployment answers; 502 where it doesn't."""
        wire: Wire | None = getattr(self._own, "wire", None)
        if wire is None:
            wire = self._own.wire = Wire(self._upstream)
            self._wires.append(wire)
        kept = self._upstream.loopback
        sent = tuple(
            each for each in headers if each[0].lower() not in HOP_BY_HOP and (kept or each[0].lower() != "host")
        )
        traced = Trace().fields("recorded", headers)
        began, ticks = time.time(), time.perf_counter()
        try:
            answer = wire.send(Request(method, target, (*sent, *traced), body))
        except Unreachable as error:
            return Answer(502, (("Content-Type", "text/plain"),), f"smartcal proxy: {error}\n".encode())
        seconds = time.perf_counter() - ticks
        plain, unread = answer.body, ""
        try:
            plain = decoded(answer.headers, answer.body)
        except Undecodable as error:
            unread = str(error)
        with self._turn:
            self._count += 1
            path = urlsplit(target)
            shown = path.path + (f"?{path.query}" if path.query else "")
            self._record(
                Exchange(
                    *(self._count, "recorded", None, method, shown, (*headers, *traced), body, None),
                    *(answer.status, answer.headers, plain, began, seconds),
                ),
                unread,
            )
        return answer


def _handler(proxy: Proxy) -> type[Forwarding]:
    class Handler(Forwarding):
        def forward(self) -> None:
            with proxy.asked():
                answer = proxy.forward(self.command, self.path, tuple(self.headers.items()), self.body())
                self.answer(answer.status, answer.headers, answer.body)

    return Handler
