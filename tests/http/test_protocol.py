"""A request in any pieces is served; what can't be read is answered; nobody is waited for too long."""

import asyncio
import re
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import uvicorn
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.server import ServerState

from smartcal_api.http.connections import Connections, Patience, most_connections
from smartcal_api.http.exchange import REQUEST
from smartcal_api.http.protocol import BoundedProtocol
from tests.http.test_cycle import GET, LENGTH, Writes, body, start

POST = b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi"
HEAD_END = b"\r\n\r\n"
CHUNKED = b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
HASTY = Connections(patience=lambda: Patience(head=30, body=60))
ANSWER = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi"


class ManualTimer(asyncio.Handle):
    def __init__(self, loop: "ManualLoop", when: float, callback: Callable[[], None]) -> None:
        super().__init__(callback, (), asyncio.get_running_loop())
        self._of, self.when = loop, when

    def cancel(self) -> None:
        self._of.timers.remove(self)


class ManualLoop:
    """The part of an event loop that timers need, with a time that is set."""

    def __init__(self) -> None:
        self.now = 100.0
        self.timers: list[ManualTimer] = []

    def time(self) -> float:
        return self.now

    def call_later(self, delay: float, callback: Callable[[], None]) -> Any:
        timer = ManualTimer(self, self.now + delay, callback)
        self.timers.append(timer)
        return timer

    def create_task(self, serving: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        return asyncio.get_running_loop().create_task(serving)

    def move(self, seconds: float) -> None:
        self.now += seconds
        due = [each for each in self.timers if each.when <= self.now]
        self.timers = [each for each in self.timers if each.when > self.now]
        for timer in due:
            timer._run()


@contextmanager
def connected(
    app: ASGIApp, loop: Any = None, limits: Connections | None = None, state: ServerState | None = None
) -> Iterator[tuple[BoundedProtocol, Writes]]:
    config = uvicorn.Config(
        app, interface="asgi3", http=BoundedProtocol, lifespan="off", ws="none", log_config=None, timeout_keep_alive=5
    )
    config.load()
    protocol, transport = BoundedProtocol(config, state or ServerState(), {}, loop, connections=limits), Writes()
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
def test_the_head_is_told_where_all_of_it_came_at_once_and_has_no_body(data: st.DataObject) -> None:
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
            heads = [request[: request.index(HEAD_END) + 4] for request in requests]
            assert all(head in (b"", whole) for head, whole in zip(told, heads, strict=True))
            if not cuts and POST not in requests:  # else one may have come with another's body or end
                assert told == requests

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


def statuses(transport: Writes) -> list[int]:
    """Of all answers, none of which is chunked."""
    return [int(each) for each in re.findall(rb"HTTP/1.1 ([0-9]{3}) ", b"".join(transport.written))]


def test_without_a_deadline_a_request_that_has_begun_has_all_the_time_that_it_wants() -> None:
    async def test() -> None:
        loop = ManualLoop()
        with connected(plain, loop) as (protocol, transport):
            protocol.data_received(GET)
            await settled()
            protocol.data_received(GET[:9])
            loop.move(6000)
            assert not transport.closed
            protocol.data_received(GET[9:])
            await settled()
            loop.move(4.9)
            assert not transport.closed
            loop.move(0.2)
            assert transport.closed

    run(test)


def test_a_head_has_its_time_since_it_began_however_it_trickles_and_then_is_408() -> None:
    async def test() -> None:
        loop = ManualLoop()
        with connected(plain, loop, HASTY) as (protocol, transport):
            protocol.data_received(GET)
            await settled()
            loop.move(4)
            for byte in range(3):
                protocol.data_received(GET[byte : byte + 1])
                loop.move(9.9)
                assert statuses(transport) == [200]
            loop.move(0.4)
            assert statuses(transport) == [200, 408]
            assert transport.ended
            loop.move(5)
            assert transport.closed

    run(test)


def test_who_says_nothing_at_all_is_hung_up_on_without_a_word() -> None:
    async def test() -> None:
        loop = ManualLoop()
        with connected(plain, loop, HASTY) as (_, transport):
            loop.move(29.9)
            assert not transport.closed
            loop.move(0.2)
            assert (transport.closed, transport.written) == (True, [])

    run(test)


@pytest.mark.parametrize("head", [POST[:-2].replace(b": 2", b": 9"), CHUNKED + b"9\r\n"])
def test_a_body_has_its_time_since_anything_of_it_came_and_then_is_408(head: bytes) -> None:
    async def test() -> None:
        loop, gone = ManualLoop(), []

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            while (await receive())["type"] != "http.disconnect":
                pass
            gone.append(True)
            await plain(scope, receive, send)

        with connected(app, loop, HASTY) as (protocol, transport):
            protocol.data_received(head)
            for _ in range(3):
                await settled()
                loop.move(59.9)
                assert not transport.written
                protocol.data_received(b"a")
            loop.move(60.1)
            await settled()
            assert statuses(transport) == [408]
            assert gone

    run(test)


def test_a_body_that_this_server_does_not_read_is_not_late() -> None:
    async def test() -> None:
        loop, go = ManualLoop(), asyncio.Event()

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            await go.wait()
            await reading(scope, receive, send)

        with connected(app, loop, HASTY) as (protocol, transport):
            protocol.data_received(POST[:-2].replace(b": 2", b": 99999") + b"a" * 99_998)
            assert transport.paused
            for _ in range(3):
                loop.move(61)
            assert not transport.written
            go.set()
            await settled()
            protocol.data_received(b"a")
            await settled()
            assert statuses(transport) == [200]

    run(test)


def test_one_connection_more_than_there_may_be_is_told_so_and_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    async def test() -> None:
        loop, limits, state = ManualLoop(), Connections(most=1), ServerState()
        with connected(plain, loop, limits, state) as (protocol, transport):
            for _ in range(3):
                with connected(plain, loop, limits, state) as (_, refused):
                    assert statuses(refused) == [503]
                    loop.move(5)
                    assert refused.closed
            protocol.data_received(GET)
            await settled()
            assert statuses(transport) == [200]
        with connected(plain, loop, limits, state) as (protocol, transport):
            protocol.data_received(GET)
            await settled()
            assert statuses(transport) == [200]
        assert [each.getMessage() for each in caplog.records if "--max-connections" in each.getMessage()] == [
            "1 connections are open, which is the most that --max-connections allows here: more are answered 503."
        ]
        assert 1 <= most_connections() <= 4096

    run(test)


@pytest.mark.parametrize(
    ("spoilt", "status"),
    [
        (b"GET /" + b"a" * 5_000_000, 414),
        (GET[:-2] + b"X: " + b"a" * 5_000_000, 431),
        (GET[:-2] + b"X: a\r\n" * 1_000_000, 431),
        (CHUNKED + b"0\r\n" + b"X: a\r\n" * 2_000_000, 431),
        (CHUNKED + b"0\r\nX: " + b"a" * 12_000_000, 431),
        (CHUNKED + b"1;" + b"a" * 5_000_000, 431),
        (CHUNKED + b"x", 400),
        (b"GET / HTTP/2.0\r\nHost: h\r\n\r\n", 505),
        (b"CONNECT h:1 HTTP/2.0\r\nHost: h\r\n\r\n", 505),
        (b"GET ftp://h/ HTTP/1.1\r\nHost: h\r\n\r\n", 400),
        (b"GET http:/// HTTP/1.1\r\nHost: h\r\n\r\n", 400),
        (b"GET h:80 HTTP/1.1\r\nHost: h\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip\r\n\r\n", 400),
        (b"garbage\r\n\r\n", 400),
    ],
)
@pytest.mark.parametrize("before", [0, 2])
def test_what_cannot_be_read_is_answered_after_what_could_and_the_rest_is_taken_off_the_wire(
    spoilt: bytes, status: int, before: int
) -> None:
    """So that the client isn't reset before it has read why (RFC 9112 section 9.6)."""

    async def test() -> None:
        loop = ManualLoop()
        with connected(reading, loop, HASTY) as (protocol, transport):
            wire = GET * before + spoilt
            for begin in range(0, len(wire), 262_144):
                protocol.data_received(wire[begin : begin + 262_144])
                await settled()
                assert not transport.closed
            assert statuses(transport) == [200] * before + [status]
            assert transport.ended
            protocol.data_received(b"a" * 34_000_000)
            assert transport.closed

    run(test)


def test_a_refusal_waits_for_the_answer_that_is_still_being_made() -> None:
    async def test() -> None:
        go = asyncio.Event()

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            await go.wait()
            await plain(scope, receive, send)

        with connected(app) as (protocol, transport):
            protocol.data_received(POST + b"garbage\r\n\r\n")
            await settled()
            assert not transport.written
            go.set()
            await settled()
            assert statuses(transport) == [200, 400]

    run(test)


def test_who_is_answered_before_its_body_is_sent_can_read_it() -> None:
    async def test() -> None:
        with connected(plain) as (protocol, transport):
            protocol.data_received(POST[:-2].replace(b": 2", b": 2\r\nConnection: close"))
            await settled()
            assert statuses(transport) == [200]
            assert (transport.ended, transport.closed) == (True, False)
            protocol.data_received(b"hi")
            assert not transport.closed

    run(test)


@pytest.mark.parametrize("requests", [[GET] * 10_000, [POST] * 6_000, [POST, *[GET] * 9_000]])
def test_guard_2_of_what_is_pipelined_a_handful_of_requests_is_held_and_all_are_answered(requests: list[bytes]) -> None:
    async def test() -> None:
        with connected(reading) as (protocol, transport):
            protocol.data_received(b"".join(requests))
            assert transport.paused
            assert len(protocol._waiting) < 32
            while len(transport.written) < len(requests):
                await asyncio.sleep(0)
                assert len(protocol._waiting) < 32
            assert not transport.paused

    run(test)


@pytest.mark.parametrize("ends_by", [ConnectionResetError(), None])
def test_a_client_that_leaves_while_pipelining_is_no_defect(
    caplog: pytest.LogCaptureFixture, ends_by: Exception | None
) -> None:
    async def test() -> None:
        go = asyncio.Event()

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            await go.wait()
            await plain(scope, receive, send)

        with connected(app) as (protocol, transport):
            protocol.data_received(POST + POST + GET)
            await settled()
            transport.close()
            protocol.connection_lost(ends_by)
            go.set()
            await settled()
            assert (transport.written, protocol.tasks) == ([], set())
        assert not caplog.records

    run(test)


@pytest.mark.parametrize(
    ("target", "host", "path", "query"),
    [
        (b"http://a.b:80/c?d", b"a.b:80", "/c", b"d"),
        (b"HTTP://a.b", b"a.b", "/", b""),
        (b"https://a.b?c", b"a.b", "/", b"c"),
        (b"http://a.b//c/http://d", b"a.b", "//c/http://d", b""),
        (b"http://user@a.b/c", b"user@a.b", "/c", b""),
    ],
)
def test_the_authority_of_a_target_wins_over_the_host(target: bytes, host: bytes, path: str, query: bytes) -> None:
    """RFC 9112 section 3.2.2; a missing, repeated or invalid Host stays what it is, for it is to be refused."""

    async def test() -> None:
        seen: list[Scope] = []

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            seen.append(scope)
            await plain(scope, receive, send)

        with connected(app) as (protocol, _):
            for hosts in ([b"h"], [], [b"h", b"h"], [b"a b"]):
                head = b"".join(b"Host: %s\r\n" % each for each in hosts)
                protocol.data_received(b"GET %s HTTP/1.1\r\n%sX: a \t\r\n\r\n" % (target, head))
                await settled()
            protocol.data_received(b"GET %s HTTP/1.0\r\n\r\n" % target)
            await settled()
        assert {(each["path"], each["query_string"]) for each in seen} == {(path, query)}
        hosts_seen = [[value for name, value in each["headers"] if name == b"host"] for each in seen]
        assert hosts_seen == [[host], [], [host, host], [b"a b"], [host]]
        assert [(b"x", b"a") in each["headers"] for each in seen] == [True] * 4 + [False]

    run(test)
