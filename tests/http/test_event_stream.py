"""An answer that goes on: told as it happens, to readers that come, go, don't read, and outlive the server."""

import asyncio
from collections.abc import Iterable
from typing import Any

from smartcal_api.http.event_stream import Event, EventStream
from smartcal_api.http.hang_up import HANG_UP


class Reader:
    """What reaches somebody who takes `takes` messages, and is there until `go`."""

    def __init__(self, takes: int = 1_000, *, method: str = "GET") -> None:
        self.scope: Any = {"type": "http", "method": method, "extensions": {HANG_UP: {}}}
        self.taken: list[bytes] = []
        self.ended = b""
        self._takes = takes
        self._gone = asyncio.Event()

    def go(self) -> None:
        self._gone.set()

    async def receive(self) -> Any:
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        if message["type"] == HANG_UP:
            self.ended = message["body"]
        if self.ended:
            return  # nothing else is made of an answer that was hung up on
        if len(self.taken) >= self._takes:
            await asyncio.get_running_loop().create_future()
        self.taken.append(message.get("body", b""))

    async def begin(self) -> None:
        self.taken.append(b"head")


def told(reader: Reader, news: list[list[Event]], *, then: bool = True, patience: float = 5) -> None:
    """All of the news, a tick each; then the reader goes, or the server stops, which is the same from here."""
    ended: list[Any] = []

    def tick() -> Iterable[Event]:
        if news:
            return news.pop(0)
        if then:
            reader.go()
        return []

    stream = EventStream(tick, ended=ended.append, patience=patience)
    asyncio.run(asyncio.wait_for(stream.run(reader.scope, reader.receive, reader.send, begin=reader.begin), 20))
    assert ended == [stream]


def test_a_head_goes_at_once_and_each_event_when_it_happens() -> None:
    reader = Reader()
    hostile = "</script>\n\ndata: x\r\nevent: end\u2028\U0001f600"
    told(reader, [[Event("request", {"path": hostile}), Event("changed", {})], [], [Event("request", {"n": 2})]])
    head, comment, first, second = reader.taken[:4]
    assert (head, comment[:1]) == (b"head", b":")
    assert first.count(b"\n\n") == 2
    assert first.startswith(b"event: request\ndata: {")
    assert first.count(b"\n") == 6, "no value makes a line of its own"
    assert second == b'event: request\ndata: {"n":2}\n\n'
    assert reader.ended == b'event: end\ndata: {"reason":"stopping"}\n\n'


def test_a_reader_that_takes_nothing_is_told_so_and_let_go_while_nothing_is_kept_for_it() -> None:
    reader = Reader(takes=3)
    news = [[Event("request", {"n": n})] for n in range(50)]
    told(reader, news, then=False, patience=0.05)
    assert reader.ended == b'event: end\ndata: {"reason":"behind"}\n\n'
    assert len(news) == 48, "nobody asked for what can't be sent"


def test_a_server_that_stops_waits_for_no_reader_and_a_head_alone_ends_at_once() -> None:
    reader = Reader(takes=2)
    news = [[Event("request", {})]]
    reader.go()
    told(reader, news, patience=15)
    assert b"stopping" in reader.ended
    alone = Reader(method="HEAD")
    told(alone, [[Event("request", {})]])
    assert alone.taken == [b"head", b""]
