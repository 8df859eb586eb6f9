"""Waiting that ends when nobody waits for it any more: the client has gone, or the server stops."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from starlette.types import Receive

from smartcal_api.errors import Problem

Result = TypeVar("Result")


async def attended(work: Awaitable[Result], receive: Receive) -> Result:
    """What the work gives; raises a `Problem`, which only a server that stops has anybody to tell, if it is broken off.

    The request's body must have been read: what comes after it is that the client goes away.
    """
    working, leaving = asyncio.ensure_future(work), asyncio.ensure_future(departure(receive))
    try:
        await asyncio.wait((working, leaving), return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise Problem(
                "unavailable", "The server is stopping, and this was still waited for. Send it again when it is back."
            )
        return working.result()
    finally:
        working.cancel()
        leaving.cancel()
        await asyncio.gather(working, leaving, return_exceptions=True)


async def departure(receive: Receive) -> None:
    """Until the client has gone away, or is taken to have, since the server stops."""
    for _ in range(2):  # of a request without a body its end may not have been read
        if (await receive())["type"] == "http.disconnect":
            return
    await asyncio.get_running_loop().create_future()
