"""Whose turn it is at a store: its one connection has one user at a time."""

import asyncio
from collections.abc import Callable

from smartcal_api.errors import Problem

# Of real time, for which a request waits until a store is free.
_PATIENCE = 120.0


class Turn:
    """It is the event loop's, unless work beside it has `taken` it. To be asked again by whoever has waited."""

    def __init__(self) -> None:
        self.taken = False
        self._waiting: list[Callable[[], None]] = []

    async def free(self) -> None:
        """Until it is the loop's; raises the problem of one that takes too long."""
        if not self.taken:
            return
        try:
            async with asyncio.timeout(_PATIENCE):
                while self.taken:
                    freed = asyncio.get_running_loop().create_future()
                    self.when_free(lambda freed=freed: freed.done() or freed.set_result(None))  # type: ignore[misc]
                    await freed
        except TimeoutError:
            raise Problem(
                "unavailable",
                f"This sandbox is being reset, restored or copied, and wasn't ready within {_PATIENCE:.0f} s. Nothing "
                "has changed; send the request again.",
            ) from None

    def when_free(self, call: Callable[[], None]) -> None:
        """Calls it once, when the turn has been given back."""
        self._waiting.append(call)

    async def take(self) -> None:
        """Waits until it is free, and takes it."""
        await self.free()
        self.taken = True

    def give_back(self) -> None:
        self.taken = False
        waiting, self._waiting = self._waiting, []
        for call in waiting:
            call()
