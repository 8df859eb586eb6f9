"""Rate limits: an exact sliding log for each budget, every window decided in one step (laws RATE)."""

from bisect import bisect_right
from collections.abc import Sequence
from typing import Any, NamedTuple

from smartcal_api.clock import NANOSECONDS
from smartcal_api.contract import RateLimit

# More budgets than this are never kept: 65,536 client addresses would otherwise be a way to grow memory.
_BUDGETS = 65_536


class Admission(NamedTuple):
    """What the rate-limit headers say; `retry_after` in whole seconds where the request is refused, else None."""

    limit: int
    remaining: int
    retry_after: int | None


class _Window(NamedTuple):
    limit: int
    nanoseconds: int


class Limits:
    """The budgets of one sandbox. Switched off, everything is admitted and the headers show a full budget."""

    def __init__(self, rate_limits: Sequence[RateLimit], *, enabled: bool = True) -> None:
        self._logs: dict[str, list[int]] = {}
        self.enabled = enabled
        self.adopt(rate_limits)

    def adopt(self, rate_limits: Sequence[RateLimit]) -> None:
        """Other windows for the same logs. Shorter windows come first: on a tie the headers describe those."""
        windows = sorted((each.window_seconds, each.limit) for each in rate_limits)
        self._windows = [_Window(limit, seconds * NANOSECONDS) for seconds, limit in windows]
        self._longest = max(window.nanoseconds for window in self._windows)
        self._kept = max(window.limit for window in self._windows)

    def admit(self, budget: str, now: int) -> Admission:
        """Counts a request at `now` (nanoseconds) against a budget, or refuses it without counting it."""
        if not self.enabled:
            window = min(self._windows)
            return Admission(window.limit, window.limit, None)
        log = self._logs.get(budget)
        if log is None:
            log = self._open(budget, now)
        elif len(log) > 2 * self._kept:
            # No window looks further back than its limit; dropping half at a time makes that nearly free.
            del log[: -self._kept]
        binding, fewest = self._windows[0], -1
        room_at: int | None = None
        for window in self._windows:
            limit, nanoseconds = window
            since = now - nanoseconds
            remaining = limit - len(log) + bisect_right(log, since)
            if remaining <= 0:
                # Room comes when the limit-th admission from the end leaves this window.
                leaves = log[-limit] + nanoseconds
                room_at = leaves if room_at is None else max(room_at, leaves)
                remaining = 0
            if fewest < 0 or remaining < fewest:
                binding, fewest = window, remaining
        if room_at is not None:
            return Admission(binding.limit, 0, max(1, -((now - room_at) // NANOSECONDS)))
        log.append(now)
        return Admission(binding.limit, fewest - 1, None)

    def state(self) -> dict[str, Any]:
        return {"enabled": self.enabled, "logs": self._logs}

    def restore(self, state: dict[str, Any]) -> None:
        self.enabled, self._logs = state["enabled"], state["logs"]

    def _open(self, budget: str, now: int) -> list[int]:
        if len(self._logs) >= _BUDGETS:
            since = now - self._longest
            self._logs = {name: log for name, log in self._logs.items() if log and log[-1] > since}
            while len(self._logs) >= _BUDGETS:
                del self._logs[next(iter(self._logs))]
        log = self._logs[budget] = []
        return log
