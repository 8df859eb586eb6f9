"""Where an account's calendar has room: for a booking by its page's rules, for a meeting in working hours."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random

import orjson

from smartcal_api.clock import NANOSECONDS, format_rfc3339, parse_rfc3339
from smartcal_api.sandbox.moments import FIRST, LAST
from smartcal_api.seeding.diary import MINUTE, QUARTER, Diary, pick
from smartcal_api.seeding.meetings import Kind
from smartcal_api.seeding.pages import Page, weekday
from smartcal_api.seeding.zones import zone
from smartcal_api.store import Store

_DAY = 86_400
_WEEK = 7
_WEEKS_OF_MEETINGS = 9
_A_TEAMS = 256
# A zone may be a day away from UTC, and a calendar ends.
_FIRST, _LAST = FIRST + 2 * _DAY * NANOSECONDS, LAST - 2 * _DAY * NANOSECONDS
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Openings:
    """Looks at an account's events as they are stored, a week at a time. Of a series its first time counts alone, and
    in a week with more events than one person has, somebody of the team is free."""

    def __init__(self, store: Store, owner: int, now: int) -> None:
        self._store, self._owner, self._now = store, owner, now

    def next_for(self, page: Page, *, after: int | None = None, without: str = "") -> int | None:
        """The start, as wall time of the page, of its next opening after an instant; None where it has none.

        `without` is the id of an event that leaves its time when the opening is taken.
        """
        zone_name = known_zone(page.document.get("timezone"))
        notice = self._now + page.offer.notice_minutes * MINUTE * NANOSECONDS
        earliest = wall(zone_name, notice if after is None else max(notice, after + NANOSECONDS))
        last = min(wall(zone_name, self._now) // _DAY + page.offer.days_ahead, _LAST // NANOSECONDS // _DAY)
        for day, diary in self._days(zone_name, earliest // _DAY, last, without):
            starts = 0
            for opens, closes in page.windows.get(weekday(day), ()):
                starts |= diary.starts(
                    (day,), length=page.length, opens=opens, closes=closes, before=page.before, after=page.after
                )
            starts &= -(1 << max(0, -(-(earliest - day * _DAY) // QUARTER)))
            if starts:
                return day * _DAY + ((starts & -starts).bit_length() - 1) * QUARTER
        return None

    def next_meeting(self, rng: Random, kind: Kind, length: int, zone_name: str) -> int:
        """The start, as wall time, on the next working day that has room; of no such day, tomorrow all the same."""
        tomorrow = wall(zone_name, self._now) // _DAY + 1
        for day, diary in self._days(zone_name, tomorrow, tomorrow + _WEEK * _WEEKS_OF_MEETINGS, ""):
            if weekday(day) < 5:
                starts = diary.starts((day,), length=length, opens=kind.opens, closes=kind.closes)
                if starts:
                    return day * _DAY + pick(rng, starts) * QUARTER
        return tomorrow * _DAY + kind.opens * QUARTER

    def _days(self, zone_name: str, first: int, last: int, without: str) -> Iterator[tuple[int, Diary]]:
        for monday in range(first, last + 1, _WEEK):
            diary = self._diary(zone_name, monday, monday + _WEEK, without)
            for day in range(monday, min(monday + _WEEK, last + 1)):
                yield day, diary

    def _diary(self, zone_name: str, first: int, until: int, without: str) -> Diary:
        shape = self._store.collections["Event"]
        start = shape.expression("start_time")
        # A day more on either side: zones differ, and a meeting may last over midnight.
        bounds = (_stamp((first - 2) * _DAY), _stamp((until + 1) * _DAY))
        rows = self._store.query(
            f"SELECT document FROM {shape.table} WHERE owner = ? AND {start} >= ? AND {start} < ? LIMIT {_A_TEAMS}",
            (self._owner, *bounds),
        )
        diary = Diary()
        if len(rows) == _A_TEAMS:
            return diary
        for (text,) in rows:
            event = orjson.loads(text)
            if event["id"] != without and event.get("status") != "cancelled" and not event.get("all_day"):
                since, end = (wall(zone_name, parse_rfc3339(event[name])) for name in ("start_time", "end_time"))
                _take(diary, max(since, first * _DAY), min(end, until * _DAY))
        return diary


def wall(zone_name: str, instant: int) -> int:
    """The seconds since 1970-01-01T00:00 on a wall clock of the zone."""
    local = (_EPOCH + timedelta(seconds=min(max(instant, _FIRST), _LAST) // NANOSECONDS)).astimezone(zone(zone_name))
    return int((local.replace(tzinfo=UTC) - _EPOCH).total_seconds())


def known_zone(name: object) -> str:
    """A zone that `tzdata` has, where a document made under an edited contract may name none."""
    try:
        return zone(str(name)).key
    except ValueError:
        return "UTC"


def _stamp(wall_seconds: int) -> str:
    return format_rfc3339(min(max(wall_seconds * NANOSECONDS, _FIRST), _LAST))


def _take(diary: Diary, since: int, end: int) -> None:
    while since < end:
        day = since // _DAY
        stop = min(end, (day + 1) * _DAY)
        first = (since - day * _DAY) // QUARTER
        diary.take((day,), first=first, length=-(-(stop - day * _DAY) // QUARTER) - first)
        since = stop
