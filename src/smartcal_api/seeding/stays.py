"""Where somebody is, week by week: at home, or on a trip to another time zone."""

from random import Random
from typing import NamedTuple

from smartcal_api.seeding.anchor import MONDAY

HOMES = ("America/New_York", "Europe/London", "Europe/Berlin", "Europe/Paris", "Europe/Stockholm")
"""Zones of hosts: their clocks change between 0:00 and 4:00, within the weeks around the anchor."""

ABROAD = (
    ("America/Los_Angeles", "San Francisco"),
    ("America/New_York", "New York"),
    ("America/Sao_Paulo", "São Paulo"),
    ("Asia/Kolkata", "Bengaluru"),
    ("Asia/Tokyo", "Tokyo"),
    ("Australia/Sydney", "Sydney"),
    ("Europe/Madrid", "Madrid"),
)
_WEEKS_BETWEEN_TRIPS = 6


class Stay(NamedTuple):
    """Whole weeks in one zone. `city` is None at home; `days` counts days since 1970, from a Monday to a Sunday."""

    zone: str
    city: str | None
    days: range


def stays(rng: Random, home: str, half: int) -> tuple[Stay, ...]:
    """The weeks from `half` before to `half` after the anchor's Monday, as stays that follow one another.

    A trip takes a whole week: a weekend lies between two zones, so that a shift which moves zones against each other
    by an hour lets nothing overlap. The anchor's week and the next are at home, where bookings lie.
    """
    abroad = [place for place in ABROAD if place[0] != home]
    rng.shuffle(abroad)
    trips: dict[int, tuple[str, str]] = {}
    for first in range(-half, half, _WEEKS_BETWEEN_TRIPS):
        weeks = [week for week in range(first + 1, min(first + _WEEKS_BETWEEN_TRIPS - 1, half)) if week not in (0, 1)]
        if weeks:
            trips[rng.choice(weeks)] = abroad[len(trips) % len(abroad)]
    result = []
    since = -half
    for week in [*sorted(trips), half]:
        if since < week:
            result.append(Stay(home, None, _days(since, week)))
        if week in trips:
            result.append(Stay(*trips[week], _days(week, week + 1)))
        since = week + 1
    return tuple(result)


def _days(since: int, until: int) -> range:
    return range(MONDAY + 7 * since, MONDAY + 7 * until)
