"""Connections without a socket, on a loop whose time is moved by hand."""

import asyncio
import re
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.server import ServerState

from smartcal_api.http.connections import Connections, Patience
from smartcal_api.http.exchange import REQUEST
from smartcal_api.http.protocol import BoundedProtocol
from tests.http.test_cycle import LENGTH, Writes, body, start

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

    def call_soon(self, callback: Callable[[], None]) -> asyncio.Handle:
        return asyncio.get_running_loop().call_soon(callback)

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
    app: ASGIApp,
    loop: Any = None,
    limits: Connections | None = None,
    state: ServerState | None = None,
    shared: dict[str, Any] | None = None,
) -> Iterator[tuple[BoundedProtocol, Writes]]:
    config = uvicorn.Config(
        app, interface="asgi3", http=BoundedProtocol, lifespan="off", ws="none", log_config=None, timeout_keep_alive=5
    )
    config.load()
    protocol, transport = (
        BoundedProtocol(config, state or ServerState(), {} if shared is None else shared, loop, connections=limits),
        Writes(),
    )
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


def statuses(transport: Writes) -> list[int]:
    """Of all answers, none of which is chunked."""
    return [int(each) for each in re.findall(rb"HTTP/1.1 ([0-9]{3}) ", b"".join(transport.written))]
