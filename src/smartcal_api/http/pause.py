"""Waiting on purpose, in real time: it is the client's patience that is tried, whatever a sandbox's clock says."""

import asyncio

from starlette.types import Message, Receive

# Of a body that is still on its way so much is kept; whoever sends more is waited for without looking.
_KEPT_BYTES = 2 * 1024 * 1024


async def pause(seconds: float, receive: Receive) -> Receive:
    """Waits, but no longer than the client does, or than the server goes on.

    What was sent meanwhile is kept for whoever reads on from the `Receive` that it gives.
    """
    arrived: list[Message] = []
    try:
        async with asyncio.timeout(seconds):
            while _may_leave(arrived):
                arrived.append(await receive())
                if arrived[-1]["type"] == "http.disconnect":
                    break
            else:
                await asyncio.sleep(seconds)
    except TimeoutError:
        pass

    async def kept() -> Message:
        return arrived.pop(0) if arrived else await receive()

    return kept


def _may_leave(arrived: list[Message]) -> bool:
    """Whether to listen on: a body comes first, in pieces, and then nothing until the client goes away."""
    ended = sum(1 for each in arrived if not each.get("more_body", False))
    return ended < 2 and sum(len(each.get("body", b"")) for each in arrived) <= _KEPT_BYTES
