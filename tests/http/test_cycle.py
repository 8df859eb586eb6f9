"""An answer leaves in one write, whole and with nothing in it that its headers smuggle in."""

import asyncio
from typing import Any

import pytest
import uvicorn
from starlette.types import Receive, Scope
from uvicorn.server import ServerState

from smartcal_api.http.protocol import BoundedProtocol

GET = b"GET / HTTP/1.1\r\nHost: h\r\n\r\n"


class Writes(asyncio.Transport):
    """A transport that keeps what is written."""

    def __init__(self) -> None:
        super().__init__({"peername": ("127.0.0.1", 5000), "sockname": ("127.0.0.1", 8080)})
        self.written: list[bytes] = []
        self.given_back: list[Any] = []
        self.closed = False
        self.ended = False
        self.paused = False

    def write(self, data: Any) -> None:
        self.written.append(bytes(data))

    def close(self) -> None:
        self.closed = True

    def abort(self) -> None:
        self.closed = True

    def can_write_eof(self) -> bool:
        return True

    def write_eof(self) -> None:
        self.ended = True

    def pause_reading(self) -> None:
        self.paused = True

    def resume_reading(self) -> None:
        self.paused = False

    def is_closing(self) -> bool:
        return self.closed


def answer(*messages: dict[str, Any], request: bytes = GET) -> Writes:
    """What a server of these messages writes on a request."""

    transport = Writes()

    async def app(scope: Scope, receive: Receive, send: Any) -> None:
        for message in messages:
            transport.given_back.append(await send(message))

    async def serve() -> Writes:
        config = uvicorn.Config(app, http=BoundedProtocol, lifespan="off", ws="none", log_config=None)
        config.load()
        protocol = BoundedProtocol(config, ServerState(), {})
        protocol.connection_made(transport)
        protocol.data_received(request)
        await asyncio.gather(*protocol.tasks)
        protocol.connection_lost(ConnectionResetError())
        return transport

    return asyncio.run(serve())


def start(*headers: tuple[bytes, bytes], status: int = 200) -> dict[str, Any]:
    return {"type": "http.response.start", "status": status, "headers": list(headers)}


def body(text: bytes, *, more: bool = False) -> dict[str, Any]:
    return {"type": "http.response.body", "body": text, "more_body": more}


LENGTH = (b"content-length", b"2")


def test_head_and_body_leave_in_one_write() -> None:
    sent = answer(start(LENGTH, (b"x-a", b"b\tc")), body(b"hi"))
    assert sent.written == [b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nx-a: b\tc\r\n\r\nhi"]
    assert not sent.closed


def test_a_head_request_is_answered_without_the_body() -> None:
    sent = answer(start(LENGTH), body(b"hi"), request=GET.replace(b"GET", b"HEAD"))
    assert sent.written == [b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n"]


@pytest.mark.parametrize(
    "request_head", [b"GET / HTTP/1.0\r\n\r\n", GET.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")]
)
def test_a_connection_that_is_not_kept_is_said_so_and_closed(request_head: bytes) -> None:
    sent = answer(start(LENGTH), body(b"hi"), request=request_head)
    assert sent.written == [b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nhi"]
    assert sent.closed


@pytest.mark.parametrize("control", sorted({*range(32), 127} - {9}))
def test_guard_1_a_control_character_in_a_header_is_a_500_without_it(control: int) -> None:
    for header in ((b"x-a", b"b%cx-evil: 1" % control), (b"x-a%cx-evil" % control, b"1")):
        sent = b"".join(answer(start(LENGTH, header), body(b"hi")).written)
        assert sent.startswith(b"HTTP/1.1 500 ")
        assert b"evil" not in sent


def test_an_answer_in_pieces_is_sent_as_uvicorn_would() -> None:
    sent = answer(start(LENGTH), body(b"h", more=True), body(b"i"))
    assert b"".join(sent.written) == b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi"


def test_an_answer_of_a_length_not_stated_has_an_end_all_the_same() -> None:
    sent = b"".join(answer(start(), body(b"hi")).written)
    assert sent == b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n"


def test_an_answer_that_was_begun_and_never_sent_is_a_500() -> None:
    assert answer(start(LENGTH)).written[0].startswith(b"HTTP/1.1 500 ")
