"""A server on loopback through which another tool tests the target: its requests are paced, get the credential that can
be used the soonest in place of a made-up one, and are evidence like any other."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

from smartcal_api.conformance.credential import Credential
from smartcal_api.conformance.exchange import Exchange
from smartcal_api.conformance.findings import Finding
from smartcal_api.conformance.sending import Sending
from smartcal_api.conformance.session import Session
from smartcal_api.contract import Operation

_HOP_BY_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "host", "content-length", "accept-encoding"})


@contextmanager
def relay(session: Session, credential: Callable[[Operation | None], Credential], *, stands_for: str) -> Iterator[str]:
    """The root of the relay. `stands_for` is the value in place of which `credential(operation)` is sent."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Head and body in one segment: with two, each answer would wait for the client's delayed acknowledgement.
        wbufsize = -1

        def __getattr__(self, name: str) -> Any:
            if name.startswith("do_"):  # any method at all
                return self._forward
            raise AttributeError(name)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the name that it has above
            """Says nothing: the evidence has it all."""

        def _forward(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            fields = [(name, value) for name, value in self.headers.items() if name.lower() not in _HOP_BY_HOP]
            own = [field for field in fields if stands_for not in field[1]]
            operation = session.judge.operation_of(self.command, unquote(self.path.partition("?")[0]))
            used = credential(operation) if len(own) < len(fields) else None
            name = operation.id if operation and operation.method == self.command else None
            try:
                answer = session.send(Sending(self.command, self.path, tuple(own), body, used, operation=name))
                undo = session.stock.undoing(operation, answer) if operation else None
                if undo is not None:
                    session.undo.append(undo)
                if operation is None:
                    session.set_aside(answer, "asked by a tool for its own ends")
            except Finding as finding:
                self._answer(502, (("Content-Type", "text/plain"),), str(finding).encode())
                return
            self._relay(answer)

        def _relay(self, answer: Exchange) -> None:
            self._answer(answer.status, answer.headers, answer.body)

        def _answer(self, status: int, headers: tuple[tuple[str, str], ...], body: bytes) -> None:
            self.send_response_only(status)
            for name, value in headers:
                if name.lower() not in _HOP_BY_HOP:
                    self.send_header(name, value)
            if status != 204:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)
            self.wfile.flush()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
