"""Rate limits: an exact sliding log for each budget, every window decided in one step (laws RATE)."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from smartcal_api.clock import NANOSECONDS
from smartcal_api.contract import Operation, RateLimit

# More budgets than this are never kept: 65,536 client addresses would otherwise be a way to grow memory.
_BUDGETS = 65_536


class Admission(NamedTuple):
    """What the rate-limit headers say; `retry_after` in whole seconds where the request is refused, else None.

    One that was `asked_for` is refused because somebody wanted that, whatever room there is. Any other refused one
    names the `window` that has room last, and the instant `room_at` when it has.
    """

    limit: int
    remaining: int
    retry_after: int | None
    asked_for: bool = False
    window: str | None = None
    room_at: int = 0


class Window(NamedTuple):
    """At most `limit` requests in any `nanoseconds`, scaled as the sandbox was asked to."""

    limit: int
    nanoseconds: int
    name: str


class Limits:
    """The budgets of one sandbox. Switched off, everything is admitted and the headers show a full budget."""

    def __init__(self, rate_limits: Sequence[RateLimit], *, enabled: bool = True) -> None:
        self._logs: dict[str, list[int]] = {}
        self._beginning: list[int] = []
        """What a budget that is opened from now on has been charged already."""
        self._refusals: dict[str | None, int] = {}
        """How many requests to refuse, of a budget or (None) of any, whatever room they have."""
        self.enabled = enabled
        self.operations = OperationLimits(self)
        self.scale = 1.0
        self.adopt(rate_limits)

    def adopt(self, rate_limits: Sequence[RateLimit]) -> None:
        """Other windows for the same logs."""
        self._stated = tuple(rate_limits)
        self.rescale(self.scale)

    def rescale(self, scale: float) -> None:
        """Multiplies what the contract allows; no window has less than one request."""
        self.scale = scale
        # Shorter windows come first: on a tie the headers describe those.
        stated = sorted((each.window_seconds, each.limit, each.name) for each in self._stated)
        self.windows = tuple(
            Window(max(1, round(limit * scale)), seconds * NANOSECONDS, name) for seconds, limit, name in stated
        )
        self._plenty = 1 + max(window.limit for window in self.windows)
        self._longest = max(window.nanoseconds for window in self.windows)
        # At least what the contract says, or a smaller scale would forget what counts when it is taken back.
        self._kept = max(*(window.limit for window in self.windows), *(limit for _, limit, _ in stated))

    def admit(self, budget: str, now: int) -> Admission:
        """Counts a request at `now` (nanoseconds) against a budget, or refuses it without counting it."""
        if self._refusals and self._refuses(budget):
            return Admission(self.windows[0].limit, 0, 1, asked_for=True)
        if not self.enabled:
            window = min(self.windows)
            return Admission(window.limit, window.limit, None)
        log = self._logs.get(budget)
        if log is None:
            log = self._open(budget, now)
        elif len(log) > 2 * self._kept:
            # No window looks further back than its limit; dropping half at a time makes that nearly free.
            del log[: -self._kept]
        used, binding, fewest = len(log), 0, self._plenty
        for limit, nanoseconds, _ in self.windows:
            remaining = limit - used + bisect_right(log, now - nanoseconds)
            if remaining < fewest:
                binding, fewest = limit, remaining
        if fewest <= 0:
            return self._refusal(log, now)
        log.append(now)
        return Admission(binding, fewest - 1, None)

    def withdraw(self, budget: str, now: int) -> None:
        """Takes back what was counted at `now`."""
        log = self._logs.get(budget, [])
        place = bisect_left(log, now)
        if log[place : place + 1] == [now]:
            del log[place]

    def _refusal(self, log: Sequence[int], now: int) -> Admission:
        """Of the first window without room, until the last has some."""
        full = [each for each in self.windows if len(log) - bisect_right(log, now - each.nanoseconds) >= each.limit]
        # Room comes when the limit-th admission from the end leaves a window.
        room_at, last = max(
            ((log[-each.limit] + each.nanoseconds, each) for each in full), key=lambda leaving: leaving[0]
        )
        seconds = max(1, -((now - room_at) // NANOSECONDS))
        return Admission(full[0].limit, 0, seconds, window=last.name, room_at=room_at)

    def exhaust(self, window: Window, now: int, *, budget: str | None = None) -> None:
        """Charges a budget, or every one that there is or will be, with all that a window has left."""
        if budget is not None:
            logs = [self._logs[budget] if budget in self._logs else self._open(budget, now)]
        else:
            logs = [*self._logs.values(), self._beginning]
        for log in logs:
            del log[: -self._kept]
            used = len(log) - bisect_right(log, now - window.nanoseconds)
            log.extend([now] * (window.limit - used))

    def refuse(self, number: int, *, budget: str | None = None) -> None:
        """Refuses the next so many requests of a budget, or of any; 0 takes that back."""
        if number:
            self._refusals[budget] = number
        else:
            self._refusals.pop(budget, None)

    @property
    def refusals(self) -> Mapping[str | None, int]:
        return self._refusals

    def state(self) -> dict[str, Any]:
        """Everything, as JSON, for `restore`."""
        return {
            "enabled": self.enabled,
            "scale": self.scale,
            "logs": {budget: log.copy() for budget, log in self._logs.items()},
            "beginning": self._beginning.copy(),
            "refusals": list(self._refusals.items()),
            "operations": self.operations.state(),
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """As it was when that `state` was taken."""
        self.enabled = state["enabled"]
        self._logs = {budget: log.copy() for budget, log in state["logs"].items()}
        self._beginning = list(state["beginning"])
        self._refusals = dict(state["refusals"])
        self.rescale(state["scale"])
        self.operations.restore(state.get("operations", {}))  # older images have none

    def _refuses(self, budget: str) -> bool:
        for name in (budget, None):
            left = self._refusals.get(name)
            if left is not None:
                self.refuse(left - 1, budget=name)
                return True
        return False

    def _open(self, budget: str, now: int) -> list[int]:
        if len(self._logs) >= _BUDGETS:
            since = now - self._longest
            self._logs = {name: log for name, log in self._logs.items() if log and log[-1] > since}
            while len(self._logs) >= _BUDGETS:
                del self._logs[next(iter(self._logs))]
        log = self._logs[budget] = self._beginning.copy()
        return log


class OperationLimits:
    """Budgets of operations that have rate limits of their own; switched off, and scaled, with the `general` ones."""

    def __init__(self, general: Limits) -> None:
        self._general = general
        self._known: dict[str, tuple[Sequence[RateLimit], Limits]] = {}
        self._before: Mapping[str, Mapping[str, Any]] = {}
        """The states of those that nobody has asked for since they were restored."""

    def admit(self, operation: Operation, budget: str, now: int) -> Admission:
        return self._of(operation).admit(budget, now)

    def windows(self, operation: Operation) -> Sequence[Window]:
        return self._of(operation).windows

    def state(self) -> dict[str, Any]:
        return {**self._before, **{name: limits.state() for name, (_, limits) in self._known.items()}}

    def restore(self, state: Mapping[str, Any]) -> None:
        self._known, self._before = {}, dict(state)

    def _of(self, operation: Operation) -> Limits:
        stated, limits = self._known.get(operation.id, ((), None))
        if limits is None:
            limits = Limits(operation.rate_limits)
            if operation.id in self._before:
                limits.restore(self._before[operation.id])
        elif stated != operation.rate_limits:  # another contract
            limits.adopt(operation.rate_limits)
        limits.enabled = self._general.enabled
        if limits.scale != self._general.scale:
            limits.rescale(self._general.scale)
        self._known[operation.id] = operation.rate_limits, limits
        return limits
