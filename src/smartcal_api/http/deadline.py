"""When a connection has to have done what it is waited for."""

import asyncio
from collections.abc import Callable

_NEVER = float("inf")


class Deadline:
    """One timer, however often what is waited for changes: to set it costs a request next to nothing."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._due: float | None = None
        self._missed: Callable[[], None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._fires_at = _NEVER

    def set(self, seconds: float | None, missed: Callable[[], None]) -> None:
        """In place of the one before; None is no deadline."""
        if seconds is None:
            self._due = None
            return
        self._missed = missed
        self._due = due = self._loop.time() + seconds
        if due < self._fires_at:
            self._start(seconds)

    def close(self) -> None:
        """For good: nothing is held any longer."""
        self._due = self._missed = None
        if self._timer is not None:
            self._timer.cancel()

    def _start(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._fires_at = self._loop.time() + seconds
        self._timer = self._loop.call_later(seconds, self._fire)

    def _fire(self) -> None:
        self._timer, self._fires_at = None, _NEVER
        if self._due is None or self._missed is None:
            return
        left = self._due - self._loop.time()
        if left > 0:
            self._start(left)
        else:
            self._due = None
            self._missed()
