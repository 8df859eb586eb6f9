"""STATE: one thing that is two things, links that lead astray, and changes that don't last."""

from typing import Any

import orjson

from smartcal_api.defects.defect import Defect, defect
from smartcal_api.defects.message import Answered, Asked
from smartcal_api.defects.subject import Subject


@defect("STATE 1", "An event, read alone, says that it was changed when it was read.", decided=True)
def reading_touches_an_event(subject: Subject) -> None:
    reads = iter(range(10, 10**9))
    _alone(subject, "listEvents", lambda item: item | {"updated_at": f"2026-01-01T00:{next(reads) % 50 + 10}:00Z"})


@defect("STATE 1", "The list of bookings has the zone of all their times as UTC.", decided=True)
def list_has_another_zone(subject: Subject) -> None:
    def spoil(asked: Asked, answer: Answered) -> None:
        if asked.get(subject.path("listBookings")) and answer.status == 200:
            body = answer.json
            answer.json = body | {"data": [item | {"timezone": "Etc/UTC"} for item in body["data"]]}

    subject.answered(spoil)


@defect("STATE 1", "A booking page, read alone, has lost what its description is in the list.", decided=True)
def page_alone_has_another_title(subject: Subject) -> None:
    _alone(subject, "listBookingPages", lambda item: item | {"title": item["title"].upper() + "!"})


@defect("STATE 2", "The event of a booking can't be read: only what came from elsewhere can.", decided=True)
def event_of_a_booking_is_missing(subject: Subject) -> None:
    store = subject.sandbox.store

    def get(right: Any, collection: str, identifier: str, *, owner: int) -> bytes | None:
        found: bytes | None = right(collection, identifier, owner=owner)
        return None if collection == "Event" and found and orjson.loads(found)["booking_id"] else found

    subject.replaced(store, "get", get)


@defect("STATE 2", "The link of a list leads to another resource than the one it names.")
def link_leads_to_another(subject: Subject) -> None:
    first = orjson.loads(subject.sandbox.store.page("BookingPage", owner=1, limit=1, offset=1)[0][0])
    _alone(subject, "listBookingPages", lambda item: item | {"id": first["id"]})


@defect("STATE 3", "A cancelled booking is back after a restart.")
def cancelled_booking_is_back(subject: Subject) -> None:
    store = subject.sandbox.store
    if int(store.meta("opened") or 0) < 2:
        return
    with store.transaction():
        for owner, text in list(store.all("Booking")):
            booking = orjson.loads(text)
            if booking["status"] == "cancelled":
                store.put("Booking", booking | {"status": "confirmed", "cancellation": None}, owner=owner)


@defect("STATE 3", "A webhook subscription is gone after a restart.")
def subscription_is_gone(subject: Subject) -> None:
    store = subject.sandbox.store
    if int(store.meta("opened") or 0) > 1:
        for owner, text in list(store.all("Webhook")):
            store.delete("Webhook", orjson.loads(text)["id"], owner=owner)


def _alone(subject: Subject, listing: str, edit: Any) -> None:
    def spoil(asked: Asked, answer: Answered) -> None:
        if asked.method == "GET" and asked.below(subject.path(listing)) and answer.status == 200:
            answer.json = edit(answer.json)

    subject.answered(spoil)


DEFECTS: tuple[Defect, ...] = (
    reading_touches_an_event,
    list_has_another_zone,
    page_alone_has_another_title,
    event_of_a_booking_is_missing,
    link_leads_to_another,
    cancelled_booking_is_back,
    subscription_is_gone,
)
