"""Stands between an app and a deployment: forwards untouched, and records both directions."""

import time
from collections.abc import Callable
from http.server import ThreadingHTTPServer
from threading import Lock, local
from urllib.parse import urlsplit

from smartcal_api.conformance.exchange import Exchange, Fields
from smartcal_api.conformance.forwarding import HOP_BY_HOP, Forwarding
from smartcal_api.conformance.target import Target
from smartcal_api.conformance.wire import Answer, Request, Unreachable, Wire
from smartcal_api.errors import UsageError

Record = Callable[[Exchange], None]


class Proxy:
    """`record` gets every exchange, one at a time. A Host on loopback is kept, so that links lead through the proxy;
    any other deployment is asked by its own name."""

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
        self.root = f"http://127.0.0.1:{self._server.server_address[1]}"

    def serve(self) -> None:
        """Until `stop`, or Ctrl-C."""
        self._server.serve_forever(poll_interval=0.1)

    def stop(self) -> None:
        self._server.shutdown()

    def close(self) -> None:
        self._server.server_close()
        for wire in self._wires:
            wire.close()

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
        began, ticks = time.time(), time.perf_counter()
        try:
            answer = wire.send(Request(method, target, sent, body))
        except Unreachable as error:
            return Answer(502, (("Content-Type", "text/plain"),), f"smartcal proxy: {error}\n".encode())
        seconds = time.perf_counter() - ticks
        with self._turn:
            self._count += 1
            path = urlsplit(target)
            shown = path.path + (f"?{path.query}" if path.query else "")
            self._record(
                Exchange(
                    *(self._count, "recorded", None, method, shown, headers, body, None),
                    *(answer.status, answer.headers, answer.body, began, seconds),
                )
            )
        return answer


def _handler(proxy: Proxy) -> type[Forwarding]:
    class Handler(Forwarding):
        def forward(self) -> None:
            answer = proxy.forward(self.command, self.path, tuple(self.headers.items()), self.body())
            self.answer(answer.status, answer.headers, answer.body)

    return Handler
