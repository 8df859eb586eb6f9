"""One person's days in quarter hours of wall time: what is taken, and where something still fits."""

from collections.abc import Iterable
from random import Random

QUARTER = 900
"""Seconds."""

MINUTE = 60
"""Seconds."""

OPENS, CLOSES = 36, 72
"""The working day, 9:00 to 18:00, in quarter hours."""

_DAY = (1 << 96) - 1
_HALF_HOURS = sum(1 << quarter for quarter in range(0, 96, 2))


class Diary:
    """Days are counted since 1970, times of day in quarter hours since midnight; a set of them is a bit mask."""

    def __init__(self) -> None:
        self._taken: dict[int, int] = {}

    def starts(
        self,
        days: Iterable[int],
        *,
        length: int,
        opens: int = OPENS,
        closes: int = CLOSES,
        before: int = 0,
        after: int = 0,
    ) -> int:
        """Quarter hours at which something of `length` can start on all of `days`, between `opens` and `closes`.

        `before` and `after` must be free as well, but may lie outside of the opening times.
        """
        taken = 0
        for day in days:
            taken |= self._taken.get(day, 0)
        free = _DAY & ~taken
        fits = free
        for step in range(1, before + length + after):
            fits &= free >> step
        return (fits << before) & ((1 << max(closes - length + 1, 0)) - 1) & -(1 << opens)

    def take(self, days: Iterable[int], *, first: int, length: int) -> None:
        for day in days:
            self._taken[day] = self._taken.get(day, 0) | ((1 << length) - 1) << first


def pick(rng: Random, starts: int) -> int:
    """One of the quarter hours of a mask that isn't empty; full and half hours go first, as people choose them."""
    starts = starts & _HALF_HOURS or starts
    for _ in range(int(rng.random() * starts.bit_count())):
        starts &= starts - 1
    return (starts & -starts).bit_length() - 1
