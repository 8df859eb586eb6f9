"""The resources that deliveries carry, typed for receivers; a test holds them to the contract's schemas."""

from typing import Literal, TypedDict


class PhysicalLocation(TypedDict):
    type: Literal["physical"]
    address: str


class PhoneLocation(TypedDict):
    type: Literal["phone"]
    number: str


class VideoLocation(TypedDict):
    type: Literal["video"]
    url: str
    provider: str


Location = PhysicalLocation | PhoneLocation | VideoLocation


class Attendee(TypedDict):
    email: str
    name: str
    response_status: Literal["needs_action", "accepted", "declined", "tentative"]
    organizer: bool


class CalendarEvent(TypedDict):
    """An event in a calendar; times are RFC 3339 in UTC."""

    id: str
    object: Literal["event"]
    calendar_id: str
    title: str
    description: str
    status: Literal["confirmed", "tentative", "cancelled"]
    source: Literal["smartcal", "google", "outlook", "icloud"]
    start_time: str
    end_time: str
    all_day: bool
    timezone: str
    location: Location | None
    attendees: list[Attendee]
    booking_id: str | None
    recurrence: list[str] | None
    visibility: Literal["public", "private"]
    created_at: str
    updated_at: str


class Invitee(TypedDict):
    name: str
    email: str
    timezone: str
    phone: str | None


class Answer(TypedDict):
    question: str
    answer: str


class Cancellation(TypedDict):
    reason: str | None
    cancelled_by: str
    cancelled_at: str


class TimeSpan(TypedDict):
    start_time: str
    end_time: str


class Booking(TypedDict):
    """A booking; `cancellation` and `rescheduled_from` tell of what has happened to it."""

    id: str
    object: Literal["booking"]
    booking_page_id: str
    event_id: str
    status: Literal["pending", "confirmed", "cancelled", "completed", "no_show"]
    start_time: str
    end_time: str
    timezone: str
    invitee: Invitee
    answers: list[Answer]
    location: Location | None
    cancellation: Cancellation | None
    rescheduled_from: TimeSpan | None
    created_at: str
    updated_at: str


class Calendar(TypedDict):
    """A calendar, and how many events its sync added, changed and removed."""

    id: str
    object: Literal["calendar"]
    source: Literal["smartcal", "google", "outlook", "icloud"]
    synced_at: str
    created: int
    updated: int
    deleted: int
