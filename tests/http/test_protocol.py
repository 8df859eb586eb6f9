"""A request in any pieces is served; what can't be read is answered."""

import asyncio
from contextlib import ExitStack
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import Receive, Scope, Send

from tests.http.connecting import (
    ANSWER,
    CHUNKED,
    HASTY,
    HEAD_END,
    POST,
    ManualLoop,
    connected,
    plain,
    reading,
    run,
    settled,
    statuses,
    telling,
)
from tests.http.test_cycle import GET


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


@pytest.mark.parametrize("ahead", [2, 1_000])
def test_guard_3_who_sends_nothing_ahead_waits_for_a_few_of_all_that_others_have_sent(ahead: int) -> None:
    served: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        served.append(scope["path"])
        await plain(scope, receive, send)

    async def test() -> None:
        shared: dict[str, Any] = {}
        with ExitStack() as stack:
            several = [stack.enter_context(connected(app, shared=shared))[0] for _ in range(100)]
            (other, transport) = stack.enter_context(connected(app, shared=shared))
            for each in several:
                each.data_received(GET * ahead)
            while len(served) < 150:
                await asyncio.sleep(0)
            before = len(served)
            other.data_received(GET.replace(b"/", b"/other", 1))
            while not transport.written:
                await asyncio.sleep(0)
            assert served[before:].index("/other") <= 12
            assert set(served) == {served[0], "/other"}

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
