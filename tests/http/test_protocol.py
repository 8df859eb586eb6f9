"""A request in any pieces is served, and a connection at rest is closed."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.server import ServerState

from smartcal_api.http.exchange import REQUEST
from smartcal_api.http.protocol import BoundedProtocol
from tests.http.test_cycle import GET, LENGTH, Writes, body, start

POST = b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi"
ANSWER = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi"


class ManualLoop:
    """The part of an event loop that timers need, with a time that is set."""

    def __init__(self) -> None:
        self.now = 100.0
        self.timers: list[tuple[float, Callable[[], None]]] = []

    def time(self) -> float:
        return self.now

    def call_later(self, delay: float, callback: Callable[[], None]) -> Any:
        self.timers.append((self.now + delay, callback))
        return asyncio.Handle(callback, (), asyncio.get_running_loop())

    def create_task(self, serving: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        return asyncio.get_running_loop().create_task(serving)

    def move(self, seconds: float) -> None:
        self.now += seconds
        due, self.timers = (
            [each for each in self.timers if each[0] <= self.now],
            [each for each in self.timers if each[0] > self.now],
        )
        for _, callback in due:
            callback()


@contextmanager
def connected(app: ASGIApp, loop: Any = None) -> Iterator[tuple[BoundedProtocol, Writes]]:
    config = uvicorn.Config(
        app, interface="asgi3", http=BoundedProtocol, lifespan="off", ws="none", log_config=None, timeout_keep_alive=5
    )
    config.load()
    protocol, transport = BoundedProtocol(config, ServerState(), {}, loop), Writes()
    protocol.connection_made(transport)
    yield protocol, transport
    protocol.connection_lost(ConnectionResetError())


async def plain(scope: Scope, receive: Receive, send: Send) -> None:
    await send(start(LENGTH))
    await send(body(b"hi"))


async def reading(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers with as many bytes as came."""
    length = 0
    while True:
        message = await receive()
        length += len(message["body"])
        if not message["more_body"]:
            break
    await send(start(LENGTH))
    await send(body(b"%2d" % length))


def telling(told: list[bytes], app: ASGIApp) -> ASGIApp:
    """The application, and what it is told of each request's head."""

    async def telling(scope: Scope, receive: Receive, send: Send) -> None:
        told.append(scope[REQUEST])
        await app(scope, receive, send)

    return telling


async def settled() -> None:
    """Whatever can go on has gone on."""
    for _ in range(20):
        await asyncio.sleep(0)


def run(test: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(test())


@given(data=st.data())
def test_a_request_in_any_pieces_is_answered_like_a_whole_one(data: st.DataObject) -> None:
    requests = data.draw(st.lists(st.sampled_from([GET, POST]), min_size=1, max_size=4))
    wire = b"".join(requests)
    cuts = sorted(data.draw(st.sets(st.integers(1, len(wire) - 1), max_size=6)))
    pieces = [wire[a:b] for a, b in zip([0, *cuts], [*cuts, len(wire)], strict=True)]

    async def test() -> None:
        with connected(reading) as (protocol, transport):
            for piece in pieces:
                if data.draw(st.booleans()) or transport.paused:
                    await settled()
                protocol.data_received(piece)
            await settled()
            lengths = [b" 0" if each is GET else b" 2" for each in requests]
            assert b"".join(transport.written) == b"".join(ANSWER[:-2] + length for length in lengths)

    run(test)


@given(data=st.data())
def test_the_head_is_told_where_a_read_begins_with_all_of_it_and_has_no_body(data: st.DataObject) -> None:
    requests = data.draw(st.lists(st.sampled_from([GET, POST, GET.replace(b"/", b"/a?b", 1)]), min_size=1, max_size=4))
    wire = b"".join(requests)
    cuts = sorted(data.draw(st.sets(st.integers(1, len(wire) - 1) | st.sampled_from([len(GET)]), max_size=4)))
    pieces = [wire[a:b] for a, b in zip([0, *cuts], [*cuts, len(wire)], strict=True)]
    told: list[bytes] = []

    async def test() -> None:
        with connected(telling(told, reading)) as (protocol, _):
            for piece in pieces:
                protocol.data_received(piece)
                await settled()
            begins = [sum(map(len, requests[:number])) for number in range(len(requests))]
            offsets = {sum(map(len, pieces[:number])): piece for number, piece in enumerate(pieces)}
            for request, begin, head in zip(requests, begins, told, strict=True):
                piece, end = offsets.get(begin, b""), request.index(b"\r\n\r\n") + 4
                whole = piece.startswith(request) if len(request) == end else piece == request[:end]
                assert head == (piece if whole else b"")

    run(test)


def test_what_was_refused_before_its_body_came_is_in_nobody_elses_head() -> None:
    told: list[bytes] = []

    async def test() -> None:
        with connected(telling(told, plain)) as (protocol, _):
            protocol.data_received(POST[:-1])
            await settled()
            protocol.data_received(POST[-1:] + GET)
            await settled()
            protocol.data_received(GET)
            await settled()
            assert told == [b"", b"", GET]

    run(test)


def test_a_connection_at_rest_is_closed_after_its_time_and_each_request_begins_it_anew() -> None:
    async def test() -> None:
        loop = ManualLoop()
        with connected(plain, loop) as (protocol, transport):
            for _ in range(3):
                protocol.data_received(GET)
                await settled()
                loop.move(4.9)
                assert not transport.closed
                assert len(loop.timers) == 1
            loop.move(0.1)
            assert transport.closed

    run(test)


def test_a_request_that_has_begun_has_all_the_time_that_it_wants() -> None:
    async def test() -> None:
        loop = ManualLoop()
        with connected(plain, loop) as (protocol, transport):
            protocol.data_received(GET)
            await settled()
            protocol.data_received(GET[:9])
            loop.move(60)
            assert not transport.closed
            protocol.data_received(GET[9:])
            await settled()
            loop.move(4.9)
            assert not transport.closed
            loop.move(0.2)
            assert transport.closed

    run(test)
