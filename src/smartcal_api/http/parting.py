"""How a connection ends: with a reason that its client can read, and after the answers to all that came before."""

import asyncio
from collections import deque
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from smartcal_api.http.connections import Connections
from smartcal_api.http.cycle import Cycle
from smartcal_api.http.deadline import Deadline
from smartcal_api.http.flow import Flow

# What a client may still send, and for how long, that was answered before it was done: without being read, it would
# have the connection reset under the answer (RFC 9112 section 9.6).
_LINGER_BYTES = 32 * 1024 * 1024
_LINGER_SECONDS = 5.0
_REFUSALS = {
    400: "The request can't be read as HTTP: {}.",
    408: "The request took too long to arrive. Send it again, whole.",
    414: "The URL is too long.",
    431: "The header or trailer fields, or the extensions of a chunk, are too large.",
    503: "This server has as many connections as it takes. Close some, or start it with a larger --max-connections.",
    505: "Send HTTP/1.1; this server speaks no other version.",
}


class PartingProtocol(HttpToolsProtocol):
    """uvicorn's protocol, which knows of no reason but 400, and hangs up under whatever is still being sent."""

    cycle: Cycle
    flow: Flow

    def __init__(self, *arguments: Any, connections: Connections | None = None, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._limits = connections or Connections()
        self._patience = self._limits.patience()
        self._deadline = Deadline(self.loop)
        self._head_awaited = False
        """Whether a head's deadline is set already: it has one since it began."""
        self._running: Cycle | None = None
        """Whose turn it is to be answered, or was."""
        self._waiting: deque[Cycle] = deque()
        """Whose turn comes after that, the next one last."""
        self._unread = b""
        self._in_head = False
        self._deaf = False
        """Whatever comes is dropped."""
        self._dropped_bytes = 0
        self._stopping = False
        self._refusal: bytes | None = None
        """What is still to be told, once all that came before has its answer."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        self.flow = Flow(transport)
        open_now = len(self.connections)
        if self._limits.overrun(open_now):
            transport.abort()
        elif self._limits.full(open_now):
            self._refuse(503)
        else:
            self._await()

    def connection_lost(self, exc: Exception | None) -> None:
        self._deadline.close()
        self._unread = b""
        self._waiting.clear()
        # It may be an older one than uvicorn knows of: to what still runs, its client went away.
        if self._running is not None:
            self._running.abandon()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """The server stops: what is in flight is finished, what only waits ends."""
        self._stopping = True
        if self._running is not None:
            self._running.stop()
        if self._deaf:
            self.transport.close()
        else:
            super().shutdown()

    def _run(self, cycle: Cycle) -> None:
        self._running = cycle
        if self._stopping:
            cycle.stop()
        task = self.loop.create_task(cycle.run_asgi(self.app))
        task.add_done_callback(self.tasks.discard)
        self.tasks.add(task)

    def _await(self) -> None:
        """Sets the deadline of whatever the client owes; where it owes nothing, the last one means nothing any more."""
        cycle = self.cycle
        if self._in_head or cycle is None:
            if not self._head_awaited:
                self._head_awaited = True
                self._deadline.set(self._patience.head, self._head_is_late)
        elif cycle.more_body:
            self._deadline.set(self._patience.body, self._body_is_late)
        elif cycle.response_complete:
            self._deadline.set(self.timeout_keep_alive, self._has_rested)

    def _head_is_late(self) -> None:
        if self._in_head:
            self._refuse(408)
        elif self._running is None:
            self.transport.close()  # nothing was asked, so nothing is answered

    def _body_is_late(self) -> None:
        if not self.cycle.more_body:
            return
        if self.flow.read_paused:
            self._await()  # it isn't the client that keeps the other waiting
        elif self.cycle.response_complete:
            self.transport.close()
        else:
            self._refuse(408)

    def _has_rested(self) -> None:
        if self.cycle.response_complete and not self._in_head:
            self.transport.close()

    def _refuse(self, status: int, reason: str = "") -> None:
        """Parses nothing more, and says why once all that came before has its answer."""
        cycle = None if self._in_head else self.cycle
        self._deaf, self._unread = True, b""
        if cycle is None or not cycle.more_body:
            self._refusal = self._refusing(status, reason)  # a request that hasn't got as far as a cycle
        elif not cycle.response_complete:
            if self._waiting and self._waiting[0] is cycle:
                self._waiting.popleft()
            cycle.abandon()
            if cycle.response_started:
                self.transport.abort()
                return
            self._refusal = self._refusing(status, reason)
        running = self._running
        if running is None or running.response_complete or running.disconnected:
            self._tell()

    def _refusing(self, status: int, reason: str) -> bytes:
        body = _REFUSALS[status].format(reason).encode("ascii", "replace") + b"\n"
        fields = [
            *self.server_state.default_headers,
            (b"content-type", b"text/plain; charset=utf-8"),
            (b"content-length", b"%d" % len(body)),
            (b"connection", b"close"),
        ]
        return STATUS_LINE[status] + b"".join(b"%s: %s\r\n" % field for field in fields) + b"\r\n" + body

    def _tell(self) -> None:
        if self._refusal is not None:
            self.transport.write(self._refusal)
            self._refusal = None
        self._linger()

    def _part(self) -> None:
        assert self._running is not None  # whose answer was the last
        if self._stopping or not (self._deaf or self._unread or self._running.more_body):
            self.transport.close()
        else:
            self._linger()

    def _linger(self) -> None:
        """Says that it is over, and reads on for a while, to nobody."""
        self._deaf, self._unread = True, b""
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self.flow.held = False
        self.flow.resume_reading()
        self._deadline.set(_LINGER_SECONDS, self.transport.abort)

    def _drop(self, size: int) -> None:
        self._dropped_bytes += size
        if self._dropped_bytes > _LINGER_BYTES:
            self.transport.abort()
