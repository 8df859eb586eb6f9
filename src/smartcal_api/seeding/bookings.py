"""The two documents of a reservation: the booking, and the calendar event that stands for it."""

from typing import Any

from smartcal_api.bookings import CONFIRMED, EVENT_STATUS
from smartcal_api.seeding.people import Person
from smartcal_api.seeding.reservations import Reservation
from smartcal_api.seeding.zones import Stamps


def booking(reservation: Reservation, *, id_: str, event_id: str, stamps: Stamps) -> dict[str, Any]:
    """A document of the schema `Booking`."""
    page, invitee, cancellation = reservation.page, reservation.invitee, reservation.cancellation
    zone: str = page.document["timezone"]
    moved_from = reservation.moved_from
    return {
        "id": id_,
        "object": "booking",
        "booking_page_id": page.id,
        "event_id": event_id,
        "status": reservation.status,
        "start_time": stamps.utc(zone, reservation.start),
        "end_time": stamps.utc(zone, reservation.end),
        "timezone": zone,
        "invitee": {
            "name": invitee.name,
            "email": invitee.email,
            "timezone": invitee.timezone,
            "phone": invitee.phone,
        },
        "answers": reservation.answers,
        "location": dict(reservation.location),
        "cancellation": cancellation
        and {
            "reason": cancellation.reason,
            "cancelled_by": cancellation.cancelled_by,
            "cancelled_at": stamps.utc(zone, cancellation.at),
        },
        "rescheduled_from": None
        if moved_from is None
        else {
            "start_time": stamps.utc(zone, moved_from),
            "end_time": stamps.utc(zone, moved_from + reservation.end - reservation.start),
        },
        "created_at": stamps.utc(zone, reservation.created),
        "updated_at": stamps.utc(zone, reservation.updated),
    }


def booked_event(
    reservation: Reservation, *, id_: str, booking_id: str, calendar_id: str, host: Person, stamps: Stamps
) -> dict[str, Any]:
    """A document of the schema `Event`, on the calendar of the SmartCal Pro account that was booked."""
    page, invitee, cancellation = reservation.page, reservation.invitee, reservation.cancellation
    zone: str = page.document["timezone"]
    declines = cancellation is not None and cancellation.cancelled_by == "invitee"
    return {
        "id": id_,
        "object": "event",
        "calendar_id": calendar_id,
        "title": f"{page.document['title']}: {invitee.name}",
        "description": f"Booked on {page.document['public_url']}",
        "status": EVENT_STATUS.get(reservation.status, EVENT_STATUS[CONFIRMED]),
        "source": "smartcal",
        "start_time": stamps.utc(zone, reservation.start),
        "end_time": stamps.utc(zone, reservation.end),
        "all_day": False,
        "timezone": zone,
        "location": dict(reservation.location),
        "attendees": [
            attendee(host, "needs_action" if reservation.status == "pending" else "accepted", organizer=True),
            attendee(invitee, "declined" if declines else "accepted", organizer=False),
        ],
        "booking_id": booking_id,
        "recurrence": None,
        "visibility": "public",
        "created_at": stamps.utc(zone, reservation.created),
        "updated_at": stamps.utc(zone, reservation.event_updated),
    }


def attendee(person: Person, response: str, *, organizer: bool) -> dict[str, Any]:
    return {"email": person.email, "name": person.name, "response_status": response, "organizer": organizer}
