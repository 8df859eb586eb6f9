"""Moments of wall time at which people do things: by day, never in the hours in which clocks change."""

from random import Random

from smartcal_api.seeding.anchor import DAY

_WAKES, _RESTS = 7 * 3600, 22 * 3600


def daytime(rng: Random, day: int) -> int:
    """A second of wall time between 7:00 and 22:00 of a day (counted since 1970)."""
    return day * DAY + _WAKES + int(rng.random() * (_RESTS - _WAKES))


def later(rng: Random, moment: int, last_day: int) -> int:
    """A moment after another one, on its day (by less than an hour) or on one up to `last_day`, by day.

    `last_day` must not be before the moment's own day.
    """
    today = moment // DAY
    day = today + int(rng.random() * (last_day - today + 1))
    if day == today:
        return moment + 60 + int(rng.random() * 2940)
    return daytime(rng, day)
