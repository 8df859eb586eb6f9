"""A booking's life: its statuses, what each means for its calendar event, and how it is cancelled and completed.

The API, triggers, staging, seeding and the clock ask here. Adding a status touches this module, the enum
`BookingStatus` of the contract and the table in ARCHITECTURE.md.
"""

from collections.abc import Mapping
from typing import Any

from smartcal_api.clock import parse_rfc3339
from smartcal_api.errors import SmartCalError

PENDING, CONFIRMED, CANCELLED, COMPLETED, NO_SHOW = "pending", "confirmed", "cancelled", "completed", "no_show"
EVENT_STATUS: Mapping[str, str] = {
    PENDING: "tentative",
    CONFIRMED: "confirmed",
    CANCELLED: "cancelled",
    COMPLETED: "confirmed",
    NO_SHOW: "confirmed",
}
"""Of a booking → of its calendar event."""
OPEN = (PENDING, CONFIRMED)
"""What can be cancelled or moved, until it ends."""
KEPT = CONFIRMED
"""What the clock completes at its end: a booking that was never confirmed stays as it is."""
_SHARED = ("start_time", "end_time", "timezone", "location")

Document = dict[str, Any]


class NotOpen(SmartCalError):
    """A booking that can't be cancelled or moved any more."""


class AlreadyCancelled(NotOpen):
    pass


class Over(NotOpen):
    """It has ended, or its status says that it is over."""


def check_open(booking: Mapping[str, Any], now: int) -> None:
    """Raises `NotOpen` unless the booking is pending or confirmed and hasn't ended at `now` (nanoseconds)."""
    status = booking["status"]
    if status == CANCELLED:
        at = (booking.get("cancellation") or {}).get("cancelled_at")
        when = f" at {at}" if at else ""
        raise AlreadyCancelled(f"This booking was cancelled{when}; nothing is left to do.")
    if parse_rfc3339(booking["end_time"]) <= now:
        raise Over(
            f"This booking ended at {booking['end_time']}. Only bookings that have not ended can be changed.",
        )
    if status not in OPEN:
        raise Over(f"This booking is {status}. Only one that is {' or '.join(OPEN)} can be changed.")


def cancellation(at: str, reason: str | None = None) -> Document:
    """What a cancellation by the host says; `at` is RFC 3339."""
    return {"reason": reason, "cancelled_by": "host", "cancelled_at": at}


def cancelled(booking: Mapping[str, Any], at: str, reason: str | None = None) -> Document:
    """The booking as it is once it was cancelled by the host."""
    return {**booking, "status": CANCELLED, "cancellation": cancellation(at, reason), "updated_at": at}


def completed(booking: Mapping[str, Any]) -> Document:
    """The booking as it is after its end, which is when it is completed, not when somebody looks."""
    return {**booking, "status": COMPLETED, "updated_at": booking["end_time"]}


def followed(event: Mapping[str, Any], booking: Mapping[str, Any]) -> Document:
    """The calendar event as it is after its booking has changed."""
    shared = {name: booking[name] for name in _SHARED if name in booking}
    return {**event, **shared, "status": EVENT_STATUS.get(booking["status"], "confirmed")}
