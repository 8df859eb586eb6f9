"""Webhooks from both sides.

For receivers, and light to import: `verify(body, header, secret)` and `parse(body, header, secret)`. The rest sends:
what happened is recorded in the store (`outbox`), and delivered from there (`dispatcher`, `attempt`, `network`).
"""

from smartcal_api.errors import InvalidDelivery
from smartcal_api.webhooks.events import (
    BookingCancelled,
    BookingCreated,
    BookingRescheduled,
    CalendarSynced,
    Event,
    EventCreated,
    EventDeleted,
    EventUpdated,
    OtherEvent,
)
from smartcal_api.webhooks.parsing import parse
from smartcal_api.webhooks.signing import sign, verify

__all__ = [
    "BookingCancelled",
    "BookingCreated",
    "BookingRescheduled",
    "CalendarSynced",
    "Event",
    "EventCreated",
    "EventDeleted",
    "EventUpdated",
    "InvalidDelivery",
    "OtherEvent",
    "parse",
    "sign",
    "verify",
]
