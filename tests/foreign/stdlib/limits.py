"""100 requests a minute and 1,000 an hour for each key or token, counted in one of three usual ways."""

import time
from collections import deque

MINUTE, HOUR = 60.0, 3600.0


class Window:
    """Fixed: it begins with the minute, or with the hour."""

    def __init__(self, limit: int, seconds: float) -> None:
        self.limit, self.seconds, self.began, self.count = limit, seconds, 0.0, 0

    def left(self, now: float) -> int:
        began = now - now % self.seconds
        if began != self.began:
            self.began, self.count = began, 0
        return self.limit - self.count

    def take(self, now: float) -> None:
        self.count += 1

    def wait(self, now: float) -> float:
        return self.began + self.seconds - now


class Log:
    def __init__(self, limit: int, seconds: float) -> None:
        self.limit, self.seconds, self.times = limit, seconds, deque[float]()

    def left(self, now: float) -> int:
        while self.times and self.times[0] <= now - self.seconds:
            self.times.popleft()
        return self.limit - len(self.times)

    def take(self, now: float) -> None:
        self.times.append(now)

    def wait(self, now: float) -> float:
        return self.times[0] + self.seconds - now


class Bucket:
    def __init__(self, limit: int, seconds: float) -> None:
        self.limit, self.rate, self.tokens, self.at = limit, limit / seconds, float(limit), 0.0

    def left(self, now: float) -> int:
        self.tokens = min(self.limit, self.tokens + (now - self.at) * self.rate)
        self.at = now
        return int(self.tokens)

    def take(self, now: float) -> None:
        self.tokens -= 1

    def wait(self, now: float) -> float:
        return (1 - self.tokens) / self.rate


KINDS = {"window": Window, "log": Log, "bucket": Bucket}


class Limiter:
    def __init__(self, kind: type, bugs: frozenset[str], *, minute: int, hour: int) -> None:
        self.kind, self.bugs, self.minute, self.hour = kind, bugs, minute, hour
        self.budgets: dict[str, list] = {}

    def take(self, who: str | None, method: str) -> tuple[bool, dict[str, str]]:
        """Whether it is admitted, and the headers that say so. Nobody's requests are not counted."""
        if who is None:
            return True, self.headers(self.minute)
        counters = self.budgets.setdefault(who, [self.kind(self.minute, MINUTE), self.kind(self.hour, HOUR)])
        now = time.time()
        admitted = all(each.left(now) >= 1 for each in counters)
        if admitted and not (method == "HEAD" and "head-is-free" in self.bugs):
            for each in counters:
                each.take(now)
        left = max(0, min(each.left(now) for each in counters))
        headers = self.headers(self.minute - 1 if "remaining-never-falls" in self.bugs else left)
        if not admitted:
            wait = max(each.wait(now) for each in counters if each.left(now) < 1)
            headers["Retry-After"] = str(int(wait) + 1)
        return admitted, headers

    def headers(self, left: int) -> dict[str, str]:
        return {"X-RateLimit-Limit": str(self.minute), "X-RateLimit-Remaining": str(left)}
