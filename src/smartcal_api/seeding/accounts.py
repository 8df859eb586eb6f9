"""One account: who is in it, and the documents that it owns."""

from collections.abc import Iterator
from random import Random
from typing import Any, NamedTuple

from smartcal_api.ids import Ids
from smartcal_api.seeding.anchor import TODAY
from smartcal_api.seeding.appointments import appointments
from smartcal_api.seeding.bookings import booked_event, booking
from smartcal_api.seeding.diary import Diary
from smartcal_api.seeding.events import Writer
from smartcal_api.seeding.members import SOURCES, Member, itinerary
from smartcal_api.seeding.moments import daytime
from smartcal_api.seeding.pages import Page, booking_page
from smartcal_api.seeding.people import Cast
from smartcal_api.seeding.reservations import reservations
from smartcal_api.seeding.zones import Stamps

# What fits into a year of one person's working days with room to spare; more takes a team.
_EVENTS_PER_MEMBER = 1000
_BOOKINGS_PER_MEMBER = 120
_CALENDARS_OF_A_COLLEAGUE = 2


class Sizes(NamedTuple):
    events: int
    bookings: int
    booking_pages: int


class Serials(NamedTuple):
    """The first ones that are still free."""

    account: int = 0
    event: int = 0
    booking: int = 0
    booking_page: int = 0
    calendar: int = 0


class Account:
    """The account of one of the cast's hosts. It takes the serials from `first` on, up to those of `next`.

    Nothing is kept: events and bookings are planned again, member by member, whenever they are asked for.
    """

    def __init__(self, sizes: Sizes, *, first: Serials, ids: Ids, seed: int, cast: Cast, stamps: Stamps) -> None:
        self._sizes = sizes
        self._first = first
        self._ids = ids
        self._stream = f"{seed}/{first.account}"
        self._cast = cast
        self._host = cast.hosts[first.account]
        self._stamps = stamps
        self._team = max(1, -(-sizes.events // _EVENTS_PER_MEMBER), -(-sizes.bookings // _BOOKINGS_PER_MEMBER))
        self.id = ids.mint("account", first.account)
        self.pages = [self._page(number) for number in range(sizes.booking_pages)]

    @property
    def next(self) -> Serials:
        return Serials(
            account=self._first.account + 1,
            event=self._first.event + self._sizes.events,
            booking=self._first.booking + self._sizes.bookings,
            booking_page=self._first.booking_page + self._sizes.booking_pages,
            calendar=self._first_calendar(self._team),
        )

    def document(self) -> dict[str, Any]:
        """A document of the schema `Account`, without what depends on the credential that asks."""
        rng = Random(f"{self._stream}/account")
        plan = "team" if self._team > 1 else "pro"
        return {
            "id": self.id,
            "object": "account",
            "name": self._host.name,
            "email": self._host.email,
            "timezone": self._host.timezone,
            "plan": "free" if self._first.account else plan,
            "created_at": self._stamps.utc(self._host.timezone, daytime(rng, TODAY - rng.randint(400, 700))),
        }

    def events(self) -> Iterator[dict[str, Any]]:
        for member in self._members():
            diary = Diary()
            event, booking_ = member.first_event, member.first_booking
            for reservation in reservations(member, pages=self.pages, cast=self._cast, diary=diary):
                yield booked_event(
                    reservation,
                    id_=self._ids.mint("event", event),
                    booking_id=self._ids.mint("booking", booking_),
                    calendar_id=member.calendars["smartcal"],
                    host=member.person,
                    stamps=self._stamps,
                )
                event, booking_ = event + 1, booking_ + 1
            writer = Writer(member, cast=self._cast, stamps=self._stamps)
            for appointment in appointments(member, diary):
                yield writer.event(appointment, id_=self._ids.mint("event", event))
                event += 1

    def bookings(self) -> Iterator[dict[str, Any]]:
        for member in self._members():
            plan = reservations(member, pages=self.pages, cast=self._cast, diary=Diary())
            for number, reservation in enumerate(plan):
                yield booking(
                    reservation,
                    id_=self._ids.mint("booking", member.first_booking + number),
                    event_id=self._ids.mint("event", member.first_event + number),
                    stamps=self._stamps,
                )

    def _members(self) -> Iterator[Member]:
        """The host and, where there is more than one person's work, colleagues in the same zone; equal shares."""
        event, booking_ = self._first.event, self._first.booking
        for number in range(self._team):
            events, bookings = (_share(size, number, self._team) for size in self._sizes[:2])
            stream = f"{self._stream}/{number}"
            sources = SOURCES if number == 0 else ("smartcal", SOURCES[1 + number % 3])
            calendars = {
                source: self._ids.mint("calendar", self._first_calendar(number) + place)
                for place, source in enumerate(sources)
            }
            yield Member(
                stream=stream,
                person=self._cast.hosts[(self._first.account + number) % len(self._cast.hosts)],
                calendars=calendars,
                stays=itinerary(stream, self._host.timezone, events=events, bookings=bookings),
                first_event=event,
                events=events,
                first_booking=booking_,
                bookings=bookings,
            )
            event, booking_ = event + events, booking_ + bookings

    def _first_calendar(self, member: int) -> int:
        """The host has a calendar of every source, a colleague two."""
        return self._first.calendar + (len(SOURCES) + _CALENDARS_OF_A_COLLEAGUE * (member - 1) if member else 0)

    def _page(self, number: int) -> Page:
        rng = Random(f"{self._stream}/page/{number}")
        return booking_page(
            self._ids.mint("booking_page", self._first.booking_page + number),
            number,
            rng=rng,
            host=self._host,
            address=rng.choice(self._cast.addresses[self._host.timezone]),
            stamps=self._stamps,
        )


def _share(size: int, number: int, of: int) -> int:
    return size // of + (number < size % of)
