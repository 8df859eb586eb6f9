"""Requests that were sent ahead of their answers: a few at a time, so that nobody else waits for all (law GUARD 3)."""

import asyncio
from collections import deque
from collections.abc import Callable

# Connections in a turn of the loop: a page of a hundred resources takes a millisecond or two.
_AT_ONCE = 4


class Ahead:
    """The connections of one server whose next request is here already, first come, first served."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._waiting: deque[Callable[[], None]] = deque()
        self._is_due = False

    def later(self, go_on: Callable[[], None]) -> None:
        """Calls it when its turn comes, in another turn of the loop than whoever has just been served."""
        self._waiting.append(go_on)
        self._call()

    def _some(self) -> None:
        self._is_due = False
        for _ in range(min(_AT_ONCE, len(self._waiting))):
            self._waiting.popleft()()
        if self._waiting:
            self._call()

    def _call(self) -> None:
        if not self._is_due:
            self._is_due = True
            self._loop.call_soon(self._some)
