"""A receiver of the judge's own: a small HTTP server that keeps every byte it is sent, and answers as it is told."""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from smartcal_api.conformance.exchange import Body, Fields
from smartcal_api.conformance.findings import Unreadable
from smartcal_api.conformance.target import Target
from smartcal_api.errors import UsageError

PATIENCE = 10.0
"""Seconds of real time that a delivery which is due may take to come."""
_LARGEST = 4_194_304
_LOCAL = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Reply:
    """What a delivery is answered."""

    status: int = 204
    headers: Fields = ()


@dataclass(frozen=True)
class Arrival:
    """One request, as it came."""

    method: str
    path: str
    headers: Fields
    body: bytes
    at: float

    def every(self, name: str) -> list[str]:
        return [value for given, value in self.headers if given.lower() == name.lower()]

    @property
    def json(self) -> Any:
        try:
            return json.loads(self.body, object_hook=Body)
        except (ValueError, RecursionError):
            raise Unreadable("a delivery has a body that isn't JSON") from None


Answering = Callable[[Arrival], Reply]
OK = Reply()


def answers(status: int, *headers: tuple[str, str]) -> Answering:
    """The same answer to everything."""
    return lambda _: Reply(status, headers)


@dataclass
class Mailbox:
    """One address. `answering` runs while the sender waits; its answer is the sender's."""

    url: str
    changed: threading.Condition
    answering: Answering = lambda _: OK
    arrivals: list[Arrival] = field(default_factory=list)

    def those(self, fits: Callable[[Any], bool] | None = None) -> list[Arrival]:
        """What came so far and whose body fits."""
        with self.changed:
            arrivals = list(self.arrivals)
        return [each for each in arrivals if fits is None or fits(each.json)]

    def wait(
        self, count: int, fits: Callable[[Any], bool] | None = None, *, seconds: float | None = None
    ) -> list[Arrival]:
        """What fits, as soon as there are so many, or when the time is over."""
        deadline = time.monotonic() + (PATIENCE if seconds is None else seconds)
        while len(found := self.those(fits)) < count:
            with self.changed:
                left = deadline - time.monotonic()
                if left <= 0 or not self.changed.wait(left):
                    return self.those(fits)
        return found


class Receiver:
    """Listens on loopback, or everywhere where the target was told an address that isn't there."""

    def __init__(self, target: Target) -> None:
        self._changed = threading.Condition()
        self._mailboxes: dict[str, Mailbox] = {}
        host = urlsplit(target.receiver_url or "http://127.0.0.1").hostname
        port = target.receiver_port or 0
        try:
            self._server = _Server(("127.0.0.1" if host in _LOCAL else "", port), self)
        except OSError as error:
            raise UsageError(f"--receiver-port: can't listen on {port}: {error.strerror}.") from None
        self._base = (target.receiver_url or f"http://127.0.0.1:{self._server.server_address[1]}").rstrip("/")
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def mailbox(self, answering: Answering = lambda _: OK) -> Mailbox:
        """An address that nobody else knows, and that says whose it is."""
        name = f"Box-{uuid4().hex}"  # in both cases, since a path has them
        box = Mailbox(f"{self._base}/smartcal-verify/{name}", self._changed, answering)
        self._mailboxes[name] = box
        return box

    def take(self, arrival: Arrival) -> Reply:
        box = self._mailboxes.get(arrival.path.partition("?")[0].rpartition("/")[2])
        if box is None:
            return Reply(404)
        with self._changed:
            box.arrivals.append(arrival)
        reply = box.answering(arrival)
        with self._changed:
            self._changed.notify_all()
        return reply

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], receiver: Receiver) -> None:
        self.receiver = receiver
        super().__init__(address, _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A sender that hangs up is its own affair."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = 20

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "0")
        body = self.rfile.read(min(int(length), _LARGEST) if length.isdigit() else 0)
        fields = tuple(self.headers.items())
        reply = self.server.receiver.take(Arrival(self.command, self.path, fields, body, time.monotonic()))
        self.send_response(reply.status)
        for name, value in reply.headers:
            self.send_header(name, value)
        if reply.status != 204:
            self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_PUT = do_HEAD = do_POST  # noqa: N815  # the names that http.server looks for

    def log_message(self, *_: Any) -> None:
        """The arrivals are the log."""
