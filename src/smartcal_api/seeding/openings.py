"""Openings: where a page's rules and somebody's diary leave room for a booking, and how long ahead it was made."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from random import Random

from smartcal_api.seeding.anchor import DAY, TODAY
from smartcal_api.seeding.diary import QUARTER, Diary, pick
from smartcal_api.seeding.pages import Page, earliest_notice_days, weekday

_LONGEST_EXTRA_LEAD = 25
"""Days before the latest possible day, beyond which hardly anybody books."""


def between(days: Sequence[int], first: int, last: int) -> Sequence[int]:
    """Of ascending days, those from `first` to `last`, both included."""
    return days[bisect_left(days, first) : bisect_right(days, last)]


def find(rng: Random, diary: Diary, page: Page, days: Sequence[int]) -> int | None:
    """The wall time of a start on one of the days that the page offers and the diary has free, or None."""
    if not days:
        return None
    turn = int(rng.random() * len(days))
    for day in (*days[turn:], *days[:turn]):
        starts = 0
        for opens, closes in page.windows.get(weekday(day), ()):
            starts |= diary.starts(
                (day,), length=page.length, opens=opens, closes=closes, before=page.before, after=page.after
            )
        if starts:
            return day * DAY + pick(rng, starts) * QUARTER
    return None


def reserve(diary: Diary, page: Page, start: int) -> None:
    """Takes the time of a booking and of the buffers around it."""
    day, second = divmod(start, DAY)
    diary.take((day,), first=second // QUARTER - page.before, length=page.before + page.length + page.after)


def offered(rng: Random, page: Page, days: Sequence[int]) -> int:
    """A start that the page offers on one of the days, free or not; `IndexError` if it offers none on any of them."""
    day = rng.choice([day for day in days if weekday(day) in page.windows])
    opens, closes = rng.choice(page.windows[weekday(day)])
    return day * DAY + rng.randrange(opens, closes - page.length + 1) * QUARTER


def elsewhen(rng: Random, page: Page, days: Sequence[int], start: int) -> int:
    """A start on another day, up to a week away, that the page offers, free or not."""
    home = start // DAY
    return offered(rng, page, [day for day in between(days, home - 7, home + 7) if day != home])


def made_on(rng: Random, page: Page, starts: Sequence[int]) -> int:
    """The day on which a booking was made that could be for any of `starts`, by the page's notice and horizon.

    It lies before the anchor's day, and rather shortly before the first start than long before it.
    """
    first, last = min(starts) // DAY, max(starts) // DAY
    least = max(earliest_notice_days(page.offer), first - TODAY + 1)
    most = min(page.offer.days_ahead - 1 - (last - first), least + _LONGEST_EXTRA_LEAD)
    return first - least - int(rng.random() ** 2 * (most - least + 1))
