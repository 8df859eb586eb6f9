"""A receiver to try deliveries with: keeps what it gets and answers as told. For tests, and for `smartcal listen`."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

import orjson

_LARGEST = 16 * 1024 * 1024
_PATIENCE = 10.0


@dataclass(frozen=True)
class Received:
    """A delivery as it arrived; header names in lower case."""

    path: str
    headers: Mapping[str, str]
    body: bytes

    @cached_property
    def json(self) -> Any:
        """What the body says, or None where it is not JSON."""
        try:
            return orjson.loads(self.body)
        except ValueError:
            return None

    @property
    def id(self) -> str | None:
        return self.json.get("id") if isinstance(self.json, dict) else None

    @property
    def type(self) -> str | None:
        return self.json.get("type") if isinstance(self.json, dict) else None


@dataclass(frozen=True, slots=True)
class Reply:
    """`after`: seconds to wait before it; `drop`: hang up instead of answering."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    after: float = 0.0
    drop: bool = False


Respond = Callable[[Received], Reply]


class Receiver:
    """Listens on loopback from the moment that it is made; `with` it, or `close` it.

    `answer` says what it answers from now on: a status, a `Reply`, or a function of what was received.
    """

    def __init__(self, answer: "int | Reply | Respond" = 200, *, port: int = 0, host: str = "127.0.0.1") -> None:
        self.received: list[Received] = []
        self.answer = answer
        self._arrived = threading.Condition()
        self._released = threading.Event()
        self._server = _Server((host, port), _handler(self))
        self.port: int = self._server.server_address[1]
        self.url = f"http://{host}:{self.port}/"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def __enter__(self) -> "Receiver":
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()

    def wait_for(self, event_type: str | None = None, *, count: int = 1, timeout: float = _PATIENCE) -> list[Received]:
        """The first `count` deliveries, of this type if one is named; raises `TimeoutError` with what there was."""
        deadline = time.monotonic() + timeout
        with self._arrived:
            while len(found := [each for each in self.received if event_type in (None, each.type)]) < count:
                left = deadline - time.monotonic()
                if left <= 0:
                    what = f"{count} × {event_type or 'any delivery'}"
                    got = ", ".join(str(each.type) for each in self.received) or "nothing"
                    raise TimeoutError(f"waited {timeout:g} s for {what}; received {got}")
                self._arrived.wait(left)
        return found[:count]

    def close(self) -> None:
        self._released.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def take(self, received: Received) -> Reply:
        """Keeps a delivery and says what to answer."""
        with self._arrived:
            self.received.append(received)
            answer = self.answer
            self._arrived.notify_all()
        reply = answer(received) if callable(answer) else answer
        reply = Reply(reply) if isinstance(reply, int) else reply
        if reply.after:
            self._released.wait(reply.after)
        return reply


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 1024

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A sender that hangs up is nothing to tell of."""


def _handler(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            length = self.headers.get("Content-Length", "")
            if not length.isdigit() or int(length) > _LARGEST:
                self.send_error(411 if not length else 413)
                self.close_connection = True
                return
            body = self.rfile.read(int(length))
            if len(body) < int(length):
                self.close_connection = True  # the sender is gone before its end
                return
            headers = {name.lower(): value for name, value in self.headers.items()}
            reply = receiver.take(Received(self.path, headers, body))
            if reply.drop:
                self.close_connection = True
                return
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

        def log_message(self, *_: Any) -> None:
            """Whoever uses the receiver prints what it wants."""

    return Handler
