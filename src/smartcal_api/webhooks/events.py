"""What a delivery says, as typed values: one class for each event type, so that `match` and type checkers tell them
apart."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from smartcal_api.webhooks.resources import Booking, Calendar, CalendarEvent


@dataclass(frozen=True, slots=True)
class BookingCreated:
    id: str
    created_at: str
    data: Booking
    type: Literal["booking.created"] = "booking.created"


@dataclass(frozen=True, slots=True)
class BookingCancelled:
    id: str
    created_at: str
    data: Booking
    type: Literal["booking.cancelled"] = "booking.cancelled"


@dataclass(frozen=True, slots=True)
class BookingRescheduled:
    id: str
    created_at: str
    data: Booking
    type: Literal["booking.rescheduled"] = "booking.rescheduled"


@dataclass(frozen=True, slots=True)
class EventCreated:
    id: str
    created_at: str
    data: CalendarEvent
    type: Literal["event.created"] = "event.created"


@dataclass(frozen=True, slots=True)
class EventUpdated:
    id: str
    created_at: str
    data: CalendarEvent
    type: Literal["event.updated"] = "event.updated"


@dataclass(frozen=True, slots=True)
class EventDeleted:
    """`data` is the event as it last was."""

    id: str
    created_at: str
    data: CalendarEvent
    type: Literal["event.deleted"] = "event.deleted"


@dataclass(frozen=True, slots=True)
class CalendarSynced:
    id: str
    created_at: str
    data: Calendar
    type: Literal["calendar.synced"] = "calendar.synced"


@dataclass(frozen=True, slots=True)
class OtherEvent:
    """An event type that this version doesn't know; answer 2xx to it, or it is sent again and again."""

    id: str
    created_at: str
    data: Mapping[str, Any]
    type: str


Event = (
    BookingCreated
    | BookingCancelled
    | BookingRescheduled
    | EventCreated
    | EventUpdated
    | EventDeleted
    | CalendarSynced
    | OtherEvent
)
KNOWN = {
    "booking.created": (BookingCreated, Booking),
    "booking.cancelled": (BookingCancelled, Booking),
    "booking.rescheduled": (BookingRescheduled, Booking),
    "event.created": (EventCreated, CalendarEvent),
    "event.updated": (EventUpdated, CalendarEvent),
    "event.deleted": (EventDeleted, CalendarEvent),
    "calendar.synced": (CalendarSynced, Calendar),
}
"""event type → its class, and the shape of its data."""
