"""uvicorn's HTTP/1.1 protocol with the bounds that it lacks, and without upgrades: clients that ask for one go on."""

import asyncio
from collections.abc import Sized
from typing import Any
from urllib.parse import unquote

import httptools
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from smartcal_api.http.cycle import Cycle
from smartcal_api.http.exchange import REQUEST
from smartcal_api.http.hang_up import HANG_UP
from smartcal_api.journal import HEAD_BYTES

# Generous next to the contract's limits, which are enforced later, as problems: these only keep memory flat.
_URL_BYTES = 32 * 1024
_HEADER_FIELDS = 1_000
_HEAD_BYTES = 1024 * 1024
_NO_OPTIONS: dict[object, object] = {}  # an extension of ASGI may have some
_TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"content-type: text/plain; charset=utf-8\r\ncontent-length: 38\r\nconnection: close\r\n\r\n"
    b"The head of the request is too large.\n"
)


class BoundedProtocol(HttpToolsProtocol):
    """Keeps no more of a head than it takes to see that it is too large, and hangs up on one without end."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        # Since the last that was of use: a head, trailers and a chunk's extension could go on for ever.
        self._idle_bytes = 0
        self._in_head = False
        self._deaf = False
        # What was read last, if it is small, until a request ends in it.
        self._read = b""
        self._rests_since: float | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        self.flow = _Flow(transport, self.pipeline)

    def data_received(self, data: bytes) -> None:
        self._rests_since = None
        size = len(data)
        self._idle_bytes += size
        if self._idle_bytes > _HEAD_BYTES and not self._deaf:
            self._deaf = True
            self.transport.write(_TOO_LARGE)
            self.transport.close()
        if not self._deaf:
            self._read = data if size <= HEAD_BYTES else b""
            self._parse(data)

    def _parse(self, data: bytes) -> None:
        while data and not self._deaf:
            try:
                self.parser.feed_data(data)
                return
            except httptools.HttpParserUpgrade as upgrade:
                data = self._replayed() + data[upgrade.args[0] :]
            except httptools.HttpParserError:
                self.logger.warning("Invalid HTTP request received.")
                self._refuse()

    def on_message_begin(self) -> None:
        self.url = b""
        self.headers = []
        self.expect_100_continue = False
        self._idle_bytes = 0
        self._in_head = True

    def on_url(self, url: bytes) -> None:
        super().on_url(url[: _URL_BYTES - len(self.url)])

    def on_header(self, name: bytes, value: bytes) -> None:
        # Trailers come here too, and must not be taken for headers (RFC 9110 section 6.5.1).
        if self._in_head and len(self.headers) <= _HEADER_FIELDS:
            name = name.lower()
            if name == b"expect" and value.lower() == b"100-continue":
                self.expect_100_continue = True
            self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        """As uvicorn does it for a server without a root path and a limit of connections, with a `Cycle` of ours."""
        self._in_head = False
        if self._upgrading():
            return
        parser = self.parser
        http_version = parser.get_http_version()
        url = httptools.parse_url(self.url)
        path = url.path.decode("ascii")
        self.scope = {
            "type": "http",
            "asgi": {"version": self.asgi_version, "spec_version": "2.3"},
            "http_version": http_version,
            "server": self.server,
            "client": self.client,
            "scheme": self.scheme or "http",
            "method": parser.get_method().decode("ascii"),
            "root_path": "",
            "path": unquote(path) if "%" in path else path,
            "raw_path": url.path,
            "query_string": url.query or b"",
            "headers": self.headers,
            "extensions": {HANG_UP: _NO_OPTIONS},
            # Where bytes came since the head began, it was not read at once.
            REQUEST: b"" if self._idle_bytes else self._read,  # type: ignore[misc]  # of ours
        }
        before = self.cycle
        self.cycle = Cycle(
            self.scope,
            self.transport,
            self.flow,
            self.logger,
            self.access_logger,
            self.access_log,
            self.server_state.default_headers,
            asyncio.Event(),
            expect_100_continue=self.expect_100_continue,
            keep_alive=http_version != "1.0" and parser.should_keep_alive(),
            on_response=self.on_response_complete,
        )
        if before is None or before.response_complete:
            self._start_asgi_task(self.cycle, self.app)
        else:
            # Pipelined: it waits for the answers to those before it.
            self.flow.pause_reading()
            self.pipeline.appendleft((self.cycle, self.app))

    def on_body(self, body: bytes) -> None:
        self._idle_bytes = 0
        self.cycle.scope[REQUEST] = b""  # type: ignore[literal-required]  # of ours
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._read = b""  # what follows doesn't begin with it
        cycle = self.cycle
        if self._upgrading() or cycle.response_complete:
            return
        cycle.more_body = False
        cycle.message_event.set()

    def on_response_complete(self) -> None:
        """As uvicorn does it, with one timer for a connection and not one for each of its requests."""
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
            return
        self._rests_since = self.loop.time()
        if self.timeout_keep_alive_task is None:
            self._wait_for_more(self.timeout_keep_alive)

    def timeout_keep_alive_handler(self) -> None:
        self.timeout_keep_alive_task = None
        if self._rests_since is not None and not self.transport.is_closing():
            left = self._rests_since + self.timeout_keep_alive - self.loop.time()
            if left > 0:
                self._wait_for_more(left)
            else:
                self.transport.close()

    def _wait_for_more(self, seconds: float) -> None:
        self.timeout_keep_alive_task = self.loop.call_later(seconds, self.timeout_keep_alive_handler)

    def _upgrading(self) -> bool:
        return self.parser.should_upgrade() and self.parser.get_method() != b"CONNECT"

    def _replayed(self) -> bytes:
        """The head once more, without its Upgrade, which a server may ignore (RFC 9110 section 7.8).

        The parser took the request's body for another protocol, and clients that prefer HTTP/2 ask for it each time.
        """
        method = self.parser.get_method()
        if method == b"CONNECT":  # a tunnel, if it had been taken: what follows is no HTTP
            self.cycle.keep_alive = False
            self._deaf = True
            return b""
        line = b"%s %s HTTP/%s" % (method, self.url, self.parser.get_http_version().encode("ascii"))
        fields = [b"%s: %s" % field for field in self.headers if field[0] != b"upgrade"]
        self.parser = httptools.HttpRequestParser(self)
        return b"\r\n".join([line, *fields, b"", b""])

    def _refuse(self) -> None:
        self._deaf = True
        cycle = self.cycle
        if cycle is not None and not cycle.response_complete and not cycle.more_body:
            cycle.keep_alive = False  # a whole request came before: it has its answer, and then this hangs up
        else:
            self.send_400_response("Invalid HTTP request received.")


class _Flow(FlowControl):
    """Reads on only when what was pipelined is answered: each answer would let thousands of small requests in."""

    def __init__(self, transport: asyncio.Transport, pipeline: Sized) -> None:
        super().__init__(transport)
        self._pipeline = pipeline

    def resume_reading(self) -> None:
        if not self._pipeline:
            super().resume_reading()
