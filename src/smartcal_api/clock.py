"""The only source of time: whatever waits, expires or is stamped asks a `Clock`."""

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

NANOSECONDS = 1_000_000_000
# In nanoseconds. Instants are stored in microseconds: nanoseconds since 1970 fill 64 bits in the year 2262.
MICROSECOND = 1_000
# Stricter than `fromisoformat`, which takes 24:00 and offsets such as +01:60 in some versions of Python.
_HOUR_MINUTE = r"(?:[01]\d|2[0-3]):[0-5]\d"
_RFC3339 = re.compile(
    rf"(?P<date>\d{{4}}-\d\d-\d\dT{_HOUR_MINUTE}:[0-5]\d)(?:\.(?P<fraction>\d{{1,9}}))?(?P<zone>Z|[+-]{_HOUR_MINUTE})",
    re.ASCII,
)


def parse_rfc3339(text: str) -> int:
    """Nanoseconds since 1970 of an RFC 3339 timestamp with an offset, upper-case `T` and `Z`, years 1 to 9998.

    Raises `ValueError` for anything else, leap seconds among it (RFC 3339 section 5.6, narrowed by the contract).
    """
    match = _RFC3339.fullmatch(text)
    if match is None or not 1 <= int(text[:4]) <= 9998:
        raise ValueError(f"{text!r} is not an RFC 3339 timestamp with an offset, such as 2026-03-02T09:00:00Z")
    moment = datetime.fromisoformat(match["date"] + match["zone"])
    # Subtraction instead of astimezone: an offset may carry the first and last days over the ends of the calendar.
    delta = moment - datetime(1970, 1, 1, tzinfo=UTC)
    seconds = delta.days * 86_400 + delta.seconds
    return seconds * NANOSECONDS + int((match["fraction"] or "0").ljust(9, "0"))


def format_rfc3339(nanoseconds: int) -> str:
    """`2026-03-02T09:00:00Z`: UTC, to the second, rounded down."""
    seconds = nanoseconds // NANOSECONDS
    days, rest = divmod(seconds, 86_400)
    date = datetime.fromordinal(719_163 + days)
    return f"{date.year:04d}-{date.month:02d}-{date.day:02d}T{rest // 3600:02d}:{rest // 60 % 60:02d}:{rest % 60:02d}Z"


class Clock:
    """The time of one sandbox, in integer nanoseconds since 1970.

    It runs with real time unless frozen. `start=None` begins at the machine's own time.
    Running, it never goes backwards, whatever the machine's wall clock does: the pace comes from a monotonic counter.
    """

    def __init__(
        self,
        start: int | None = None,
        *,
        frozen: bool = False,
        wall: Callable[[], int] = time.time_ns,
        monotonic: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self._monotonic = monotonic
        self._instant = wall() if start is None else start
        self._since: int | None = None if frozen else monotonic()

    @property
    def frozen(self) -> bool:
        return self._since is None

    @property
    def pace(self) -> tuple[int, int | None]:
        """Stays the same unless the clock is moved, stopped or let run."""
        return self._instant, self._since

    def now(self) -> int:
        """Nanoseconds since 1970."""
        if self._since is None:
            return self._instant
        return self._instant + self._monotonic() - self._since

    def advance(self, nanoseconds: int) -> int:
        """Moves the clock forward and returns the new instant; raises `ValueError` for a negative step."""
        if nanoseconds < 0:
            raise ValueError("a clock only moves forward; restore or reset the sandbox to go back")
        self._instant += nanoseconds
        return self.now()

    def move_to(self, instant: int) -> None:
        """Moves the clock forward to an instant; one that runs may be past it already, and stays there."""
        self._instant += max(0, instant - self.now())

    def freeze(self) -> None:
        if self._since is not None:
            self._instant, self._since = self.now(), None

    def resume(self) -> None:
        if self._since is None:
            self._since = self._monotonic()

    def state(self) -> dict[str, Any]:
        return {"now": self.now(), "frozen": self.frozen}

    def restore(self, state: dict[str, Any]) -> None:
        """The one way back; one that runs goes on from there."""
        self._instant = state["now"]
        self._since = None if state["frozen"] else self._monotonic()
