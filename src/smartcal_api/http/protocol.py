"""uvicorn's HTTP/1.1 protocol with the bounds that it lacks, and without upgrades: clients that ask for one go on."""

import asyncio
from typing import Any
from urllib.parse import unquote

import httptools

from smartcal_api.http.ahead import Ahead
from smartcal_api.http.cycle import Cycle
from smartcal_api.http.exchange import REQUEST
from smartcal_api.http.hang_up import HANG_UP
from smartcal_api.http.parting import PartingProtocol
from smartcal_api.http.target import addressed, split_absolute, split_origin
from smartcal_api.journal import HEAD_BYTES, RequestHead, write_request

# Generous next to the contract's limits, which are enforced later, as problems: these only keep memory flat.
_URL_BYTES = 32 * 1024
_HEADER_FIELDS = 1_000
_HEAD_BYTES = 1024 * 1024
_HEAD_END = b"\r\n\r\n"
# In a body the end of a head is no end of anything, so it isn't looked for in smaller steps.
_BODY_STEP = 512
_AHEAD = "smartcal.ahead"  # in what a server's connections share
_NO_OPTIONS: dict[object, object] = {}  # an extension of ASGI may have some


class BoundedProtocol(PartingProtocol):
    """Reads a request at a time: what a client sends before it has its answers waits, as the bytes of one read.

    Keeps no more of a head than it takes to see that it is too large, waits for none longer than it has patience, and
    answers what it can't read on before it hangs up.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        # Since the last that was of use: a head, trailers and a chunk's extension could go on for ever.
        self._idle_bytes = 0
        self._offset = 0
        # What was parsed last, if it is small, until a request ends in it.
        self._read = b""
        self._ahead: Ahead = self.app_state.setdefault(_AHEAD, Ahead(self.loop))

    def data_received(self, data: bytes) -> None:
        if self._deaf:
            self._drop(len(data))
        else:
            # What is unread was read, as one more, just before the reading was paused.
            self._unread = self._unread[self._offset :] + data if self._unread else data
            self._offset = 0
            self._parse()

    def _parse(self) -> None:
        """As far as there is nobody else to be answered first."""
        data = self._unread
        while self._offset < len(data) and self._takes_more():
            begin = self._offset
            past = begin if self.cycle is None or not self.cycle.more_body else begin + _BODY_STEP
            end = data.find(_HEAD_END, past)
            piece = data[begin:] if end < 0 else data[begin : end + 4]
            self._offset = begin + len(piece)
            self._idle_bytes += len(piece)
            if self._idle_bytes > _HEAD_BYTES:
                self._refuse(414 if self._in_head and not self.headers else 431)
            else:
                self._read = piece if len(piece) <= HEAD_BYTES else b""
                self._feed(piece)
        if self._deaf:
            return
        if self._offset < len(data):
            self.flow.hold()
        else:
            self._unread = b""
            self.flow.held = False
        cycle = self.cycle
        if self._in_head or cycle is None or cycle.more_body or cycle.response_complete:
            self._await()

    def _takes_more(self) -> bool:
        cycle = self.cycle
        return not (self._deaf or self._waiting) and (cycle is None or cycle.more_body or cycle.response_complete)

    def _feed(self, data: bytes) -> None:
        while data and not self._deaf:
            try:
                self.parser.feed_data(data)
                return
            except httptools.HttpParserUpgrade as upgrade:
                data = self._replayed() + data[upgrade.args[0] :]
            except httptools.HttpParserError as error:
                if not self._deaf:
                    self.logger.warning("Invalid HTTP request received.")
                    self._refuse(400, str(error.__context__ or error).rstrip("."))

    def on_message_begin(self) -> None:
        self.url = b""
        self.headers = []
        self.expect_100_continue = False
        self._idle_bytes = self._dropped_bytes = 0
        self._in_head = True

    def on_url(self, url: bytes) -> None:
        super().on_url(url[: _URL_BYTES - len(self.url)])

    def on_header(self, name: bytes, value: bytes) -> None:
        # Trailers come here too, and must not be taken for headers (RFC 9110 section 6.5.1).
        if self._in_head and len(self.headers) <= _HEADER_FIELDS:
            name = name.lower()
            if value[-1:] <= b" ":  # no part of the value (RFC 9110 section 5.5), and those before it are gone
                value = value.rstrip(b" \t")
            if name == b"expect" and value.lower() == b"100-continue":
                self.expect_100_continue = True
            self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        """As uvicorn does it for a server without a root path, with a `Cycle` of ours."""
        if self._upgrading():
            self._in_head = False
            return
        parser = self.parser
        method, http_version = parser.get_method(), parser.get_http_version()
        if http_version == "2.0":
            self._refuse(505)
            return
        if self.url[:1] != b"/" and self.url != b"*":
            self._address(method, http_version)
        self._in_head = False
        self._head_awaited = False
        raw_path, query = split_origin(self.url)
        path = raw_path.decode("ascii")
        self.scope = {
            "type": "http",
            "asgi": {"version": self.asgi_version, "spec_version": "2.3"},
            "http_version": http_version,
            "server": self.server,
            "client": self.client,
            "scheme": self.scheme or "http",
            "method": method.decode("ascii"),
            "root_path": "",
            "path": unquote(path) if "%" in path else path,
            "raw_path": raw_path,
            "query_string": query,
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
            self._run(self.cycle)
        else:
            # Pipelined: it waits for the answer to the one before it, whose body ended with what this began with.
            self._waiting.appendleft(self.cycle)

    def _address(self, method: bytes, version: str) -> None:
        """Whatever names the server twice is taken as if it had named it once, in its Host."""
        authority, self.url = split_absolute(self.url, method)
        self.headers = addressed(self.headers, authority, version=version)
        head = RequestHead(method.decode("ascii"), *split_origin(self.url), version, self.headers)
        self._read = write_request(head)

    def on_body(self, body: bytes) -> None:
        self._idle_bytes = 0
        if self._deaf:
            return
        if self.cycle.response_complete:
            self._drop(len(body))
        else:
            self.cycle.scope[REQUEST] = b""  # type: ignore[literal-required]  # of ours
            super().on_body(body)

    def on_message_complete(self) -> None:
        self._read = b""  # what follows doesn't begin with it
        if self._deaf or self._upgrading():
            return
        self.cycle.more_body = False
        self.cycle.message_event.set()

    def on_response_complete(self) -> None:
        """The next one's turn: as uvicorn does it, with one timer for a connection."""
        self.server_state.total_requests += 1
        if self.transport.is_closing() or self._running is None:
            return
        if not self._running.keep_alive:
            self._part()
        elif self._waiting:
            self._run(self._waiting.pop())
            self._parse()
        elif self._refusal is not None:
            self._tell()
        elif self._unread:
            self._ahead.later(self._go_on)
        else:
            self._await()
            if self.flow.read_paused:
                self.flow.resume_reading()

    def _go_on(self) -> None:
        """With what was sent ahead, unless the connection has ended meanwhile."""
        if not self.transport.is_closing():
            self._parse()
            if self.flow.read_paused:
                self.flow.resume_reading()

    def _upgrading(self) -> bool:
        return self.parser.should_upgrade() and self.parser.get_method() != b"CONNECT"

    def _replayed(self) -> bytes:
        """The head once more, without its Upgrade, which a server may ignore (RFC 9110 section 7.8).

        The parser took the request's body for another protocol, and clients that prefer HTTP/2 ask for it each time.
        """
        if self._deaf:  # it has been refused
            return b""
        method = self.parser.get_method()
        if method == b"CONNECT":  # a tunnel, if it had been taken: what follows is not HTTP
            self.cycle.keep_alive = False
            self._deaf = True
            return b""
        line = b"%s %s HTTP/%s" % (method, self.url, self.parser.get_http_version().encode("ascii"))
        fields = [b"%s: %s" % field for field in self.headers if field[0] != b"upgrade"]
        self.parser = httptools.HttpRequestParser(self)
        return b"\r\n".join([line, *fields, b"", b""])
