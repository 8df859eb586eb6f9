"""Cancelling a booking, and what that does to its calendar event (laws BOOK)."""

from typing import Any

import orjson

from smartcal_api.api.resources import find, getter, list_path
from smartcal_api.clock import format_rfc3339, parse_rfc3339
from smartcal_api.errors import Clause, Problem
from smartcal_api.http.answer import Answer, json_answer
from smartcal_api.http.exchange import Exchange
from smartcal_api.webhooks import emission

_NOUN = "booking"

get_booking = getter("Booking", _NOUN)


def cancel_booking(exchange: Exchange) -> Answer:
    sandbox, owner = exchange.sandbox, exchange.principal.owner
    with sandbox.store.transaction():
        booking = orjson.loads(find(exchange, "Booking", _NOUN, exchange.identifier))
        if booking["status"] == "cancelled":
            raise Problem(
                "booking_already_cancelled",
                f"This booking was cancelled at {booking['cancellation']['cancelled_at']}; nothing is left to do.",
                clause=_state(booking),
            )
        if parse_rfc3339(booking["end_time"]) <= exchange.now:
            raise Problem(
                "booking_in_the_past",
                f"This booking ended at {booking['end_time']}. "
                "Only bookings that have not ended can be cancelled: "
                f"GET {list_path(exchange)}?upcoming=true lists those to come.",
                clause=_state(booking),
            )
        at = format_rfc3339(exchange.now)
        reason = (exchange.body or {}).get("reason")
        booking |= {
            "status": "cancelled",
            "cancellation": {"reason": reason, "cancelled_by": "host", "cancelled_at": at},
            "updated_at": at,
        }
        sandbox.store.put("Booking", booking, owner=owner)
        event: Any = sandbox.store.get("Event", booking["event_id"], owner=owner)
        if event is not None:
            event = orjson.loads(event) | {"status": "cancelled", "updated_at": at}
            sandbox.store.put("Event", event, owner=owner)
        emission.booking_cancelled(sandbox.outbox, booking, event, owner=owner, now=exchange.now)
    return json_answer(200, booking)


def _state(booking: dict[str, Any]) -> Clause:
    """What of the booking's state is in the way."""
    return Clause(facts={"booking": booking["id"], **{name: booking[name] for name in ("status", "end_time")}})
