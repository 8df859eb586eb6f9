"""A booking's life has one home: the API and the trigger answer the same of any booking (law BOOK 4)."""

import json
from itertools import product
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from smartcal_api import bookings
from smartcal_api.contract import Contract
from tests.control.plane import Plane, open_plane
from tests.wire import NOW

TRIGGER = "/sandboxes/default/triggers/booking.cancelled"
STATUSES = [bookings.PENDING, bookings.CONFIRMED, bookings.CANCELLED, bookings.COMPLETED, bookings.NO_SHOW]
SPANS = [
    ("2026-03-04T10:00:00Z", "2026-03-04T11:00:00Z"),
    ("2026-03-04T11:30:00Z", NOW),
    ("2026-03-04T11:30:00Z", "2026-03-04T12:30:00Z"),
    ("2026-03-05T10:00:00Z", "2026-03-05T11:00:00Z"),
]


def test_src_1_the_statuses_are_those_of_the_contract(contract: Contract) -> None:
    stated = contract.schema("BookingStatus")["enum"]
    assert list(bookings.EVENT_STATUS) == STATUSES == stated
    assert set(bookings.EVENT_STATUS.values()) <= set(contract.schema("EventStatus")["enum"])


@settings(max_examples=25)
@given(st.data())
def test_book_4_a_trigger_cancels_what_the_api_cancels_and_nothing_else(
    contract: Contract, data: st.DataObject
) -> None:
    status, (start, end) = data.draw(st.sampled_from(list(product(STATUSES, SPANS))))
    reason = data.draw(
        st.none() | st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=500)
    )
    by_api, by_trigger = open_plane(contract), open_plane(contract)
    chosen = _any_booking(by_api)
    for plane in (by_api, by_trigger):
        _put(plane, {**chosen, "status": status, "start_time": start, "end_time": end, "cancellation": _of(status)})
    body = {} if reason is None else {"reason": reason}
    key = by_api.world.key("write")
    asked = by_api.world.post(f"/api/v1/bookings/{chosen['id']}/cancel", body, key=key)
    given_ = {"id": chosen["id"]} if reason is None else {"id": chosen["id"], "cancellation": body}
    happened = by_trigger.post(TRIGGER, given_)
    can = status in bookings.OPEN and end > NOW
    assert (asked.status == 200) == (happened.status == 200) == can, (asked.body, happened.body)
    if not can:
        already = status == bookings.CANCELLED
        assert asked.status == happened.status == 409
        assert asked.code == ("booking_already_cancelled" if already else "booking_in_the_past")
    assert _documents(by_api) == _documents(by_trigger)


def _of(status: str) -> dict[str, Any] | None:
    return bookings.cancellation("2026-03-03T12:00:00Z") if status == bookings.CANCELLED else None


def _any_booking(plane: Plane) -> dict[str, Any]:
    _, text = next(iter(plane.world.sandbox.store.all("Booking")))
    return json.loads(text)


def _put(plane: Plane, booking: dict[str, Any]) -> None:
    store = plane.world.sandbox.store
    event = json.loads(store.get("Event", booking["event_id"], owner=1) or b"{}")
    with store.transaction():
        store.put("Booking", booking, owner=1)
        store.put("Event", bookings.followed(event, booking), owner=1)
    plane.world.sandbox.plan()


def _documents(plane: Plane) -> list[tuple[str, dict[str, Any]]]:
    store = plane.world.sandbox.store
    return [(kind, json.loads(text)) for kind in ("Booking", "Event") for _, text in store.all(kind)]
