"""A server on loopback through which another tool tests the target: its requests are paced, get the credential that can
be used the soonest in place of a made-up one, and are evidence like any other."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import ThreadingHTTPServer

from smartcal_api.conformance.credential import Credential
from smartcal_api.conformance.findings import Finding
from smartcal_api.conformance.forwarding import HOP_BY_HOP, Forwarding
from smartcal_api.conformance.fuzzed import PROBE
from smartcal_api.conformance.sending import Sending
from smartcal_api.conformance.session import Session
from smartcal_api.contract import Operation

# What is of the one connection, and what the session says itself.
_OWN = HOP_BY_HOP | {"host", "accept-encoding"}


@contextmanager
def relay(session: Session, credential: Callable[[Operation | None], Credential], *, stands_for: str) -> Iterator[str]:
    """The root of the relay. `stands_for` is the value in place of which `credential(operation)` is sent."""

    class Handler(Forwarding):
        def forward(self) -> None:
            body = self.body()
            fields = [(name, value) for name, value in self.headers.items() if name.lower() not in _OWN]
            own = [field for field in fields if stands_for not in field[1]]
            operation = session.judge.operation_of(self.command, self.path.partition("?")[0])
            used = credential(operation) if len(own) < len(fields) else None
            name = operation.id if operation and operation.method == self.command else None
            try:
                answer = session.send(Sending(self.command, self.path, tuple(own), body, used, operation=name))
                if operation is None or PROBE in self.headers:
                    session.set_aside(answer, "asked by a tool for its own ends")
            except Finding as finding:
                self.answer(502, (("Content-Type", "text/plain"),), str(finding).encode())
                return
            # The session has decoded it.
            plain = tuple(each for each in answer.headers if each[0].lower() != "content-encoding")
            self.answer(answer.status, plain, answer.body)

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
