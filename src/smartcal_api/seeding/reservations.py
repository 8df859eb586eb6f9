"""The plan of a member's bookings: when, by whom and with what end pages are booked."""

from collections.abc import Iterator, Sequence
from random import Random
from typing import Any, NamedTuple

from smartcal_api.seeding.anchor import DAY, TODAY
from smartcal_api.seeding.answers import answers, reason
from smartcal_api.seeding.diary import Diary
from smartcal_api.seeding.members import Member
from smartcal_api.seeding.moments import daytime, later
from smartcal_api.seeding.openings import between, elsewhen, find, made_on, offered, reserve
from smartcal_api.seeding.pages import Page, earliest_notice_days
from smartcal_api.seeding.people import Cast, Person
from smartcal_api.seeding.places import PROVIDERS, video

_NEAR = (TODAY + 1, TODAY + 7)
# Content is shifted by whole weeks, so that now lies up to seven days after the anchor: what must still be upcoming
# then lies from eight days to six weeks after it.
_AHEAD = (TODAY + 9, TODAY + 41)


class Cancellation(NamedTuple):
    reason: str | None
    cancelled_by: str
    at: int


class Reservation(NamedTuple):
    """What a booking and its event have in common. Times are seconds of wall time in the page's zone."""

    page: Page
    status: str
    start: int
    end: int
    invitee: Person
    answers: list[dict[str, Any]]
    location: dict[str, Any]
    cancellation: Cancellation | None
    moved_from: int | None
    created: int
    event_updated: int
    updated: int


class _Wish(NamedTuple):
    status: str
    first: int
    last: int


def reservations(member: Member, *, pages: Sequence[Page], cast: Cast, diary: Diary) -> Iterator[Reservation]:
    """As many as the member has bookings, each taking its time in the diary; the same ones however often asked.

    In a diary so full that nothing else fits, a booking becomes a cancelled one.
    """
    rng = member.random("bookings")
    days = member.home_days()
    active = [page for page in pages if page.active]
    for wish in _wishes(rng, member.bookings, days[0]):
        page = rng.choice(pages if wish.last < TODAY else active)
        anywhere = between(days, days[0], TODAY - 1) if wish.last < TODAY else between(days, *_AHEAD)
        start = find(rng, diary, page, between(days, wish.first, wish.last))
        if start is None:
            start = find(rng, diary, page, anywhere)
        status = wish.status
        if start is None:
            status, start = "cancelled", offered(rng, page, anywhere)
        if status != "cancelled":
            reserve(diary, page, start)
        moved_from = elsewhen(rng, page, days, start) if rng.random() < 0.12 else None
        yield _reservation(rng, page, status, start, moved_from, rng.choice(cast.people))


def _wishes(rng: Random, count: int, first_day: int) -> Iterator[_Wish]:
    """The statuses that bookings shall have and between which days, those that must find room first."""
    ahead = min(24, max(3, count * 3 // 10)) if count >= 4 else (count + 1) // 2
    near, off = count * 8 // 100, count * 6 // 100
    first, last = _AHEAD
    for number in range(ahead):
        # Spread evenly: a part of the days for each.
        since, until = (first + (last + 1 - first) * part // ahead for part in (number, number + 1))
        yield _Wish("pending" if number % 3 == 1 else "confirmed", since, until - 1)
    for number in range(near):
        yield _Wish("pending" if number % 3 == 1 else "confirmed", *_NEAR)
    for _ in range(off):
        yield _Wish("cancelled", *_AHEAD)
    for _ in range(count - ahead - near - off):
        yield _Wish(rng.choices(("completed", "no_show", "cancelled"), (72, 12, 16))[0], first_day, TODAY - 1)


def _reservation(
    rng: Random, page: Page, status: str, start: int, moved_from: int | None, invitee: Person
) -> Reservation:
    """The story of a booking: made, perhaps moved, then confirmed, cancelled, kept or missed."""
    end = start + page.offer.minutes * 60
    starts = [start] if moved_from is None else [start, moved_from]
    created = event_updated = daytime(rng, made_on(rng, page, starts))
    if moved_from is not None:
        last = min(min(starts) // DAY - earliest_notice_days(page.offer), TODAY - 1)
        event_updated = later(rng, created, last)
    cancellation = None
    if status == "cancelled":
        event_updated = later(rng, event_updated, min(start // DAY - 1, TODAY - 1))
        cancellation = Cancellation(reason(rng), rng.choice(("host", "invitee")), event_updated)
    elif status != "pending":
        event_updated = later(rng, event_updated, event_updated // DAY)
    ended = {"completed": end, "no_show": end + 300 + int(rng.random() * 3000)}
    return Reservation(
        page=page,
        status=status,
        start=start,
        end=end,
        invitee=invitee,
        answers=answers(rng, page.offer.questions, invitee),
        location=video(rng, rng.choice(PROVIDERS)) if page.offer.place == "video" else page.document["location"],
        cancellation=cancellation,
        moved_from=moved_from,
        created=created,
        event_updated=event_updated,
        updated=ended.get(status, event_updated),
    )
