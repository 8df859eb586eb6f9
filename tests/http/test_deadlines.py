"""Nobody is waited for too long, and there are no more connections than there may be."""

import asyncio

import pytest
from starlette.types import Receive, Scope, Send
from uvicorn.server import ServerState

from smartcal_api.http.connections import Connections, most_connections
from tests.http.connecting import (
    CHUNKED,
    HASTY,
    POST,
    ManualLoop,
    connected,
    plain,
    reading,
    run,
    settled,
    statuses,
)
from tests.http.test_cycle import GET


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
