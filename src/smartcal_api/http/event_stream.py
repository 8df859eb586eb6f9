"""An answer that goes on: server-sent events, until the reader goes, falls behind, or the server stops.

https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, NamedTuple

import orjson
from starlette.types import Receive, Scope, Send

from smartcal_api.http.attendance import departure
from smartcal_api.http.hang_up import hang_up

MEDIA_TYPE = "text/event-stream"
# How often it is looked for something new; and after how often nothing something is sent all the same, so that a dead
# connection is found.
_TICK_SECONDS = 0.1
_SILENT_TICKS = 150
# How long a reader may take nothing.
_PATIENCE_SECONDS = 10.0
_STOPPING, _BEHIND = "stopping", "behind"


class Event(NamedTuple):
    """What is told, under a name; `data` is JSON."""

    name: str
    data: Any

    def text(self) -> bytes:
        # JSON has no line breaks of its own, so it is one line.
        return b"event: %b\ndata: %b\n\n" % (self.name.encode(), orjson.dumps(self.data))


class EventStream:
    """`news` is asked for what has not been told yet; whoever makes it keeps to what a reader can take in a tick.

    Nothing is kept here for a reader that is slow: it gets no more for as long, and then has to go.
    """

    def __init__(
        self,
        news: Callable[[], Iterable[Event]],
        *,
        ended: Callable[["EventStream"], None] = lambda _: None,
        patience: float = _PATIENCE_SECONDS,
    ) -> None:
        self._news = news
        self._ended = ended
        self._patience = patience

    async def run(self, scope: Scope, receive: Receive, send: Send, *, begin: Callable[[], Awaitable[None]]) -> None:
        """To its end; `begin` sends its head."""
        try:
            await begin()
            if scope["method"] == "HEAD":
                await send({"type": "http.response.body"})
            else:
                await self._tell(scope, receive, send)
        finally:
            self._ended(self)

    async def _tell(self, scope: Scope, receive: Receive, send: Send) -> None:
        leaving = asyncio.ensure_future(departure(receive))
        try:
            # At once, since the head waits for it.
            if not await self._sent(b": told as it happens\n\n", leaving, scope, send):
                return
            silent = 0
            while not leaving.done():
                text = b"".join(each.text() for each in self._news())
                silent = 0 if text else silent + 1
                if silent == _SILENT_TICKS:
                    silent, text = 0, b":\n\n"
                if text and not await self._sent(text, leaving, scope, send):
                    return
                await asyncio.wait((leaving,), timeout=_TICK_SECONDS)
            await self._end(_STOPPING, scope, send)
        finally:
            leaving.cancel()

    async def _sent(self, text: bytes, leaving: "asyncio.Future[None]", scope: Scope, send: Send) -> bool:
        """Whether it went on its way while somebody was there to take it."""
        message = {"type": "http.response.body", "body": text, "more_body": True}
        sending = asyncio.ensure_future(_awaited(send(message)))
        try:
            await asyncio.wait((sending, leaving), timeout=self._patience, return_when=asyncio.FIRST_COMPLETED)
            if sending.done():
                sending.result()
                return True
        finally:
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)
        await self._end(_STOPPING if leaving.done() else _BEHIND, scope, send)
        return False

    async def _end(self, reason: str, scope: Scope, send: Send) -> None:
        """Tells why, over whatever the reader hasn't taken yet."""
        await hang_up(scope, send, last=Event("end", {"reason": reason}).text())
        await send({"type": "http.response.body"})  # for a server that hangs up on nobody


async def _awaited(sending: Awaitable[None]) -> None:
    await sending
