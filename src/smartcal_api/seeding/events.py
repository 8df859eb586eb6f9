"""Calendar events that no booking stands behind, as documents."""

from typing import Any

from smartcal_api.seeding.anchor import DAY, TODAY
from smartcal_api.seeding.appointments import Appointment
from smartcal_api.seeding.bookings import attendee
from smartcal_api.seeding.members import Member
from smartcal_api.seeding.moments import daytime, later
from smartcal_api.seeding.people import Cast, Person
from smartcal_api.seeding.places import PROVIDERS, phone, physical, video
from smartcal_api.seeding.zones import Stamps


class Writer:
    """Writes a member's appointments as documents of the schema `Event`."""

    def __init__(self, member: Member, *, cast: Cast, stamps: Stamps) -> None:
        self._rng = member.random("documents")
        self._member = member
        self._cast = cast
        self._stamps = stamps

    def event(self, appointment: Appointment, *, id_: str) -> dict[str, Any]:
        rng, member, kind, zone = self._rng, self._member, appointment.kind, appointment.zone
        source = kind.source if kind.source in member.calendars else "smartcal"
        guests = rng.sample(
            self._cast.people, kind.guests[0] + int(rng.random() * (kind.guests[1] - kind.guests[0] + 1))
        )
        topic = guests[0] if guests else rng.choice(self._cast.people)
        day = appointment.start // DAY
        created = daytime(rng, min(day, TODAY) - 1 - int(rng.random() ** 2 * 60))
        changed = rng.random() < 0.4 or appointment.status == "cancelled"
        updated = later(rng, created, min(day, TODAY) - 1) if changed else created
        return {
            "id": id_,
            "object": "event",
            "calendar_id": member.calendars[source],
            "title": kind.title.format(first=topic.first_name, company=topic.company),
            "description": kind.description.format(first=topic.first_name, company=topic.company),
            "status": appointment.status,
            "source": source,
            "start_time": self._stamps.utc(zone, appointment.start),
            "end_time": self._stamps.utc(zone, appointment.end),
            "all_day": appointment.all_day,
            "timezone": zone,
            "location": self._location(rng.choice(kind.places), zone, guests),
            "attendees": self._attendees(guests, tentative=appointment.status == "tentative"),
            "booking_id": None,
            "recurrence": appointment.rule and [appointment.rule],
            "visibility": "private" if kind.private else "public",
            "created_at": self._stamps.utc(zone, created),
            "updated_at": self._stamps.utc(zone, updated),
        }

    def _location(self, place: str, zone: str, guests: list[Person]) -> dict[str, Any] | None:
        rng = self._rng
        if place == "physical":
            return physical(rng.choice(self._cast.addresses[zone]))
        if place == "video":
            return video(rng, rng.choice(PROVIDERS))
        numbers = [guest.phone for guest in guests if guest.phone is not None]
        return phone(numbers[0]) if place == "phone" and numbers else None

    def _attendees(self, guests: list[Person], *, tentative: bool) -> list[dict[str, Any]]:
        """The member and the guests, one of them the organizer; nobody where there are no guests."""
        if not guests:
            return []
        rng = self._rng
        # Nobody organizes what they haven't accepted: a tentative event is somebody else's.
        invited = tentative or rng.random() < 0.4
        own = attendee(self._member.person, "tentative" if tentative else "accepted", organizer=not invited)
        responses = rng.choices(("accepted", "needs_action", "declined", "tentative"), (70, 15, 8, 7), k=len(guests))
        if invited:
            responses[0] = "accepted"
        others = [
            attendee(guest, response, organizer=invited and number == 0)
            for number, (guest, response) in enumerate(zip(guests, responses, strict=True))
        ]
        return [own, *others]
