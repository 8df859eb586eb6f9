"""Cancelling a booking, and what that does to its calendar event (laws BOOK)."""

from typing import Any

import orjson

from smartcal_api import bookings
from smartcal_api.api.resources import find, getter, list_path
from smartcal_api.clock import format_rfc3339
from smartcal_api.errors import Clause, Problem
from smartcal_api.http.answer import Answer
from smartcal_api.http.exchange import Exchange
from smartcal_api.webhooks import emission

_NOUN = "booking"

get_booking = getter("Booking", _NOUN)


def cancel_booking(exchange: Exchange) -> Answer:
    sandbox, owner = exchange.sandbox, exchange.principal.owner
    with sandbox.store.transaction():
        booking = orjson.loads(find(exchange, "Booking", _NOUN, exchange.identifier))
        try:
            bookings.check_open(booking, exchange.now)
        except bookings.AlreadyCancelled as error:
            raise Problem("booking_already_cancelled", str(error), clause=_state(booking)) from None
        except bookings.Over as error:
            ahead = f"GET {list_path(exchange)}?upcoming=true lists those to come."
            raise Problem("booking_in_the_past", f"{error} {ahead}", clause=_state(booking)) from None
        at = format_rfc3339(exchange.now)
        booking = bookings.cancelled(booking, at, (exchange.body or {}).get("reason"))
        booking = sandbox.keep("Booking", booking, owner=owner)
        event: Any = sandbox.store.get("Event", booking["event_id"], owner=owner)
        if event is not None:
            event = bookings.followed(orjson.loads(event), booking) | {"updated_at": at}
            event = sandbox.keep("Event", event, owner=owner)
        emission.booking_cancelled(sandbox.outbox, booking, event, owner=owner, now=exchange.now)
    return exchange.success.value(booking)


def _state(booking: dict[str, Any]) -> Clause:
    """What of the booking's state is in the way."""
    return Clause(facts={"booking": booking["id"], **{name: booking[name] for name in ("status", "end_time")}})
