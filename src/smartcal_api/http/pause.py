"""Waiting on purpose, in real time: it is the client's patience that is tried, whatever a sandbox's clock says."""

import asyncio

from starlette.types import Message, Receive


async def pause(seconds: float, receive: Receive) -> Receive:
    """Waits, but no longer than the client does; what it sent meanwhile is kept for whoever reads on from `receive`."""
    arrived: list[Message] = []
    try:
        async with asyncio.timeout(seconds):
            # A body comes first, then nothing until the client goes away. One that comes in pieces has to wait.
            while len(arrived) < 2 and not (arrived and arrived[-1].get("more_body", False)):
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
