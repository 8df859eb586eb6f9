"""Believable documents in which everything is left to the toolkit; what somebody asks for is laid over them."""

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from smartcal_api.bookings import followed
from smartcal_api.clock import NANOSECONDS, format_rfc3339, parse_rfc3339
from smartcal_api.sandbox.moments import LAST
from smartcal_api.sandbox.staging.change import Change, Document
from smartcal_api.sandbox.staging.openings import Openings, known_zone, wall
from smartcal_api.sandbox.subscriptions import COLLECTION as WEBHOOK
from smartcal_api.seeding.answers import answers
from smartcal_api.seeding.appointments import Appointment
from smartcal_api.seeding.bookings import booked_event, booking
from smartcal_api.seeding.diary import MINUTE, QUARTER
from smartcal_api.seeding.events import Writer
from smartcal_api.seeding.meetings import SINGLES
from smartcal_api.seeding.members import Member
from smartcal_api.seeding.pages import Page, booking_page
from smartcal_api.seeding.people import Cast
from smartcal_api.seeding.places import PROVIDERS, video
from smartcal_api.seeding.reservations import Reservation
from smartcal_api.seeding.zones import Stamps

# A title is cut to what calendars show of it.
_TITLE = 200
_PAGES = (0, 1, 2, 4, 5, 6)
"""Numbers of offers that aren't retired."""
_TEXTS = (
    "The agenda has changed; the new one is in the shared folder.",
    "Please bring last month's figures.",
    "We start with questions this time.",
    "Shorter than planned: the decision was made this morning.",
)


class Drafts:
    """Draws from a cast, and from the randomness of a change."""

    def __init__(self, cast: Cast, event_types: Sequence[str]) -> None:
        self._cast = cast
        self._event_types = list(event_types)

    def event(self, change: Change, *, source: str | None = None) -> Document:
        """A meeting in the account's own zone, where its calendar has room."""
        rng, stamps, host = change.rng, Stamps(), change.host()
        kind = rng.choice([kind for kind in SINGLES if source in (None, kind.source)] or SINGLES)
        kind = kind._replace(source=source or kind.source)
        length = rng.choice(kind.lengths)
        zone_name = known_zone(host.timezone)
        start = Openings(change.store, change.owner, change.now).next_meeting(rng, kind, length, zone_name)
        calendars = {kind.source: change.calendar(kind.source)}
        member = Member(change.salt, host, calendars, (), 0, 1, 0, 0)
        writer = Writer(member, cast=self._with_places(zone_name), stamps=stamps)
        appointment = Appointment(kind, zone_name, start, start + length * QUARTER, "confirmed")
        return _made(writer.event(appointment, id_=change.sandbox.mint("event")), change)

    def booking(self, change: Change, page: Page, start: int, status: str = "confirmed") -> Document:
        """Made now by somebody of the cast, for a start in wall time of the page."""
        return _made(
            booking(self._reservation(change, page, start, status), id_="", event_id="", stamps=Stamps()), change
        )

    def booked_event(self, change: Change, page: Page, document: Document) -> Document:
        """The calendar event of a booking, on the calendar of the account that was booked."""
        zone_name = known_zone(page.document.get("timezone"))
        start = wall(zone_name, parse_rfc3339(document["start_time"]))
        reservation = self._reservation(change, page, start, document["status"])
        invitee = reservation.invitee._replace(name=document["invitee"]["name"], email=document["invitee"]["email"])
        event = booked_event(
            reservation._replace(invitee=invitee),
            id_=document["event_id"],
            booking_id=document["id"],
            calendar_id=change.calendar("smartcal"),
            host=change.host(),
            stamps=Stamps(),
        )
        event["title"] = event["title"][:_TITLE]
        return followed(_made(event, change), document)

    def page(self, change: Change) -> Document:
        """One of the offers that hosts make."""
        host, rng = change.host(), change.rng
        zone_name = known_zone(host.timezone)
        made = booking_page(
            change.sandbox.mint("booking_page"),
            rng.choice(_PAGES),
            rng=rng,
            host=host._replace(timezone=zone_name),
            address=rng.choice(self._with_places(zone_name).addresses[zone_name]),
            stamps=Stamps(),
        )
        return _made(made.document, change)

    def webhook(self, change: Change) -> Document:
        """A subscription to everything."""
        document = {
            "id": change.sandbox.mint("webhook"),
            "object": WEBHOOK.lower(),
            "url": "https://hooks.example.com/smartcal",
            "events": self._event_types,
            "description": None,
            "active": True,
            "disabled_reason": None,
        }
        return _made(document, change)

    def account(self, change: Change) -> Document:
        """One of the cast's hosts."""
        host = self._cast.hosts[change.owner - 1]
        document = {"id": change.sandbox.mint("account"), "object": "account", "name": host.name, "email": host.email}
        document |= {"timezone": host.timezone, "plan": "pro" if change.owner == 1 else "free"}
        return {**document, "scopes": [], "auth_method": "api_key", "created_at": change.at}

    def _reservation(self, change: Change, page: Page, start: int, status: str) -> Reservation:
        rng, invitee = change.rng, change.rng.choice(self._cast.people)
        place = page.document.get("location")
        own = dict(place) if isinstance(place, dict) and page.offer.place != "video" else None
        now = wall(known_zone(page.document.get("timezone")), change.now)
        return Reservation(
            page=page,
            status=status,
            start=start,
            end=start + page.offer.minutes * MINUTE,
            invitee=invitee,
            answers=answers(rng, page.offer.questions, invitee),
            location=own or video(rng, rng.choice(PROVIDERS)),
            cancellation=None,
            moved_from=None,
            created=now,
            event_updated=now,
            updated=now,
        )

    def _with_places(self, zone_name: str) -> Cast:
        """The cast, with places to meet in a zone where nobody of it lives."""
        addresses = self._cast.addresses
        return (
            self._cast
            if zone_name in addresses
            else self._cast._replace(addresses={zone_name: next(iter(addresses.values()))})
        )


def moved(document: Mapping[str, Any], given: Mapping[str, Any]) -> Document:
    """What was given, and an end that keeps the length where a start alone was given."""
    start, before, end = (
        told(each) for each in (given.get("start_time"), document.get("start_time"), document.get("end_time"))
    )
    if start is None or before is None or end is None or "end_time" in given:
        return dict(given)
    return {**given, "end_time": format_rfc3339(min(start + max(end - before, NANOSECONDS), LAST))}


def told(value: object) -> int | None:
    """The instant that a member of a document tells, if it does."""
    try:
        return parse_rfc3339(value) if isinstance(value, str) else None
    except ValueError:
        return None


def other_text(rng: Random, former: str) -> str:
    """Another description than before, as somebody who changes an event writes."""
    return rng.choice([text for text in _TEXTS if text != former])


def _made(document: Document, change: Change) -> Document:
    return {**document, "created_at": change.at, "updated_at": change.at}
