"""How users stay below the limits of their keys."""

import time
from collections import deque
from collections.abc import Callable


class Budgets:
    """How soon a credential may be used again, by the windows of the contract: an exact log, which its users share."""

    def __init__(self, windows: list[list[int]], clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._windows = sorted(windows)
        self._sent: dict[str, deque[float]] = {}
        self._until: dict[str, float] = {}

    def delay(self, name: str) -> float:
        """Seconds until it has room; taken, if that is now."""
        now, sent = self._clock(), self._sent.setdefault(name, deque())
        longest = self._windows[-1][0] if self._windows else 0
        while sent and sent[0] <= now - longest:
            sent.popleft()
        wait = max(0.0, self._until.get(name, 0.0) - now)
        for seconds, limit in self._windows:
            recent = [at for at in sent if at > now - seconds]
            if len(recent) >= limit:
                wait = max(wait, recent[-limit] + seconds - now)
        if wait <= 0:
            sent.append(now)
        return wait

    def refused(self, name: str, seconds: float) -> None:
        self._until[name] = self._clock() + seconds
