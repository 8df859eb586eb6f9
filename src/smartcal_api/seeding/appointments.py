"""When a member has events that no booking stands behind: single meetings, series, whole days."""

from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from smartcal_api.seeding.anchor import DAY
from smartcal_api.seeding.diary import QUARTER, Diary, pick
from smartcal_api.seeding.meetings import PATTERNS, SERIES, SINGLES, STAND_UP, WHOLE_DAYS, Kind
from smartcal_api.seeding.members import Member
from smartcal_api.seeding.pages import weekday
from smartcal_api.seeding.stays import Stay

_RRULE_DAYS = ("MO", "TU", "WE", "TH", "FR")
_STATUSES = ("confirmed",) * 34 + ("tentative",) * 3 + ("cancelled",) * 3


class Appointment(NamedTuple):
    """When something is, in wall time of `zone`, and what; the rest of its document is drawn when it is written."""

    kind: Kind
    zone: str
    start: int
    end: int
    status: str
    all_day: bool = False
    rule: str | None = None


def appointments(member: Member, diary: Diary) -> Iterator[Appointment]:
    """As many as the member has events without a booking, each taking its time in the diary.

    Of sixteen one covers whole days and one is a series; the others are single. Nothing repeats, and nothing is
    private, on trips.
    """
    rng = member.random("appointments")
    days = member.working_days()
    trips = [stay for stay in member.stays if stay.city is not None]
    homes = [stay for stay in member.stays if stay.city is None]
    routines = [stay for stay in homes if len(stay.days) > 7]
    count = member.events - member.bookings
    for number in range(count // 16):
        # Series first, while there is room for them on many days at once. One stand-up is enough for anybody.
        kind, pattern = (STAND_UP, (0, 1, 2, 3, 4)) if number == 0 else (rng.choice(SERIES), rng.choice(PATTERNS))
        yield _series(rng, diary, kind, pattern, rng.choice(routines)) or _single(rng, diary, days)
    for number in range(count // 16):
        yield _trip(trips[number]) if number < len(trips) else _whole_days(rng, rng.choice(homes))
    for _ in range(count - count // 16 * 2):
        yield _single(rng, diary, days)


def _single(rng: Random, diary: Diary, days: list[tuple[int, Stay]]) -> Appointment:
    kind, status = rng.choice(SINGLES), rng.choice(_STATUSES)
    length = rng.choice(kind.lengths)
    turn = int(rng.random() * len(days))
    for number in range(turn, turn + len(days)):
        day, stay = days[number % len(days)]
        if kind.private and stay.city is not None:
            continue
        starts = diary.starts((day,), length=length, opens=kind.opens, closes=kind.closes)
        if starts:
            first = pick(rng, starts)
            break
    else:
        # No room on any day: it was called off.
        (day, stay), first, status = days[turn], kind.opens, "cancelled"
    if status != "cancelled":
        diary.take((day,), first=first, length=length)
    start = day * DAY + first * QUARTER
    return Appointment(kind, stay.zone, start, start + length * QUARTER, status)


def _series(rng: Random, diary: Diary, kind: Kind, pattern: tuple[int, ...], stay: Stay) -> Appointment | None:
    """A series within one stay, so within one zone; shorter where no time is free on all of its days, or None."""
    days = [day for day in stay.days if weekday(day) in pattern]
    length = rng.choice(kind.lengths)
    while len(days) > 1:
        starts = diary.starts(days, length=length, opens=kind.opens, closes=kind.closes)
        if starts:
            first = pick(rng, starts)
            diary.take(days, first=first, length=length)
            start = days[0] * DAY + first * QUARTER
            by_day = ",".join(_RRULE_DAYS[day] for day in pattern)
            rule = f"RRULE:FREQ=WEEKLY;BYDAY={by_day};COUNT={len(days)}"
            return Appointment(kind, stay.zone, start, start + length * QUARTER, "confirmed", rule=rule)
        days = days[: len(days) // 2]
    return None


def _trip(stay: Stay) -> Appointment:
    kind = Kind(f"In {stay.city}", "", (), (0, 0), ("",), "smartcal")
    return Appointment(kind, stay.zone, stay.days.start * DAY, stay.days.stop * DAY, "confirmed", all_day=True)


def _whole_days(rng: Random, stay: Stay) -> Appointment:
    title, most, source = rng.choice(WHOLE_DAYS)
    kind = Kind(title, "", (), (0, 0), ("",), source)
    first = rng.choice(stay.days)
    until = min(first + most, stay.days.stop)
    status = "cancelled" if rng.random() < 0.1 else "confirmed"
    return Appointment(kind, stay.zone, first * DAY, until * DAY, status, all_day=True)
