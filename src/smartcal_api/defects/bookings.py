"""BOOK: cancelling that works too often, too little, or for whoever was refused."""

import asyncio
from collections.abc import Callable
from typing import Any

import orjson
from starlette.types import ASGIApp, Receive, Scope, Send

from smartcal_api.clock import NANOSECONDS
from smartcal_api.defects.defect import Defect, defect
from smartcal_api.defects.message import Answered, Asked
from smartcal_api.defects.subject import Subject
from smartcal_api.http.answer import Answer, json_answer
from smartcal_api.http.exchange import Exchange
from smartcal_api.http.served import Handler


@defect("BOOK 1", "Cancelling what is cancelled works again.")
def cancelling_again_works(subject: Subject) -> None:
    def handler(right: Handler, exchange: Exchange) -> Answer:
        booking = _booking(exchange)
        return json_answer(200, booking) if booking and booking["status"] == "cancelled" else right(exchange)

    subject.handled("cancelBooking", handler)


@defect("BOOK 1", "The reason loses the blanks at its ends.", decided=True)
def reason_is_trimmed(subject: Subject) -> None:
    _reword(subject, str.strip)


@defect("BOOK 1", "The reason is cut after 255 characters.", decided=True)
def reason_is_cut(subject: Subject) -> None:
    _reword(subject, lambda reason: reason[:255])


@defect("BOOK 1", "The list shows a booking as it was before it was cancelled, until it is read again.", decided=True)
def list_is_stale_after_a_cancel(subject: Subject) -> None:
    seen: dict[str, Any] = {}

    def spoil(asked: Asked, answer: Answered) -> None:
        if asked.get(subject.path("listBookings")) and (body := answer.json) and "data" in body:
            stale = [seen.get(each["id"], each) for each in body["data"]]
            seen.update((each["id"], each) for each in body["data"])
            answer.json = body | {"data": stale}

    subject.answered(spoil)


@defect("BOOK 1", "The calendar event of a cancelled booking stays confirmed.", decided=True)
def event_stays_confirmed(subject: Subject) -> None:
    def handler(right: Handler, exchange: Exchange) -> Answer:
        store, booking = exchange.sandbox.store, _booking(exchange)
        event = store.get("Event", booking["event_id"], owner=exchange.owner) if booking else None
        answer = right(exchange)
        if event is not None:
            store.put("Event", orjson.loads(event), owner=exchange.owner)
        return answer

    subject.handled("cancelBooking", handler)


@defect("BOOK 1", "Cancelling without a reason stores an empty one.", decided=True)
def no_reason_is_an_empty_one(subject: Subject) -> None:
    def handler(right: Handler, exchange: Exchange) -> Answer:
        exchange.body = {"reason": ""} | (exchange.body or {})
        return right(exchange)

    subject.handled("cancelBooking", handler)


@defect("BOOK 2", "Two cancellations at the same moment both succeed.")
def two_at_once_succeed(subject: Subject) -> None:
    def racing(app: ASGIApp) -> ASGIApp:
        """Looks at the booking first, and acts on what it saw a moment later."""

        async def application(scope: Scope, receive: Receive, send: Send) -> None:
            asked = Asked(scope) if scope["type"] == "http" else None
            identifier = (asked.below(subject.path("listBookings")) or "") if asked else ""
            if identifier.endswith("/cancel"):
                found = subject.sandbox.store.get("Booking", identifier[: -len("/cancel")], owner=1)
                await asyncio.sleep(0.05)
                if found is not None:
                    subject.sandbox.store.put("Booking", orjson.loads(found), owner=1)
            await app(scope, receive, send)

        return application

    subject.wrap(racing)


@defect("BOOK 3", "A member that there isn't is refused, once the booking is cancelled.")
def refused_and_done(subject: Subject) -> None:
    body = subject.served("cancelBooking").body

    def read(right: Any, exchange: Exchange, received: bytes) -> Any:
        try:
            return right(exchange, received)
        except Exception:
            if booking := _booking(exchange):
                exchange.sandbox.store.put("Booking", booking | {"status": "cancelled"}, owner=exchange.owner)
            raise

    subject.replaced(body, "read", read)


@defect("BOOK 4", "A booking that has ended can still be cancelled.", decided=True)
def ended_booking_is_cancelled(subject: Subject) -> None:
    def handler(right: Handler, exchange: Exchange) -> Answer:
        exchange.now = 0
        if (booking := _booking(exchange)) and booking["status"] in ("completed", "no_show"):
            exchange.sandbox.store.put("Booking", booking | {"status": "confirmed"}, owner=exchange.owner)
        return right(exchange)

    subject.handled("cancelBooking", handler)


@defect("BOOK 4", "Cancelling a booking that has ended is refused as if it were cancelled already.", decided=True)
def ended_is_called_cancelled(subject: Subject) -> None:
    def spoil(_: Asked, answer: Answered) -> None:
        if answer.status == 409 and (problem := answer.json) and problem["code"] == "booking_in_the_past":
            answer.json = problem | {"code": "booking_already_cancelled"}

    subject.answered(spoil)


@defect("BOOK 5", "A booking that was cancelled is confirmed again three seconds later.")
def cancelled_is_confirmed_again(subject: Subject) -> None:
    clock, ended = subject.sandbox.clock, dict[str, Any]()

    def spoil(asked: Asked, answer: Answered) -> None:
        if asked.path.endswith("/cancel") and answer.status == 200:
            ended[answer.json["id"]] = clock.now()
        if asked.get(subject.path("listBookings")) and answer.status == 200:
            back = {each for each, at in ended.items() if clock.now() - at >= 3 * NANOSECONDS}
            body = answer.json
            rows = [each | ({"status": "confirmed"} if each["id"] in back else {}) for each in body["data"]]
            answer.json = body | {"data": rows}

    subject.answered(spoil)


def _booking(exchange: Exchange) -> Any:
    identifier = exchange.parameters.get("booking_id", "")
    found = exchange.sandbox.store.get("Booking", identifier, owner=exchange.owner)
    return orjson.loads(found) if found is not None else None


def _reword(subject: Subject, word: Callable[[str], str]) -> None:
    def handler(right: Handler, exchange: Exchange) -> Answer:
        if exchange.body and exchange.body.get("reason"):
            exchange.body = exchange.body | {"reason": word(exchange.body["reason"])}
        return right(exchange)

    subject.handled("cancelBooking", handler)


DEFECTS: tuple[Defect, ...] = (
    cancelling_again_works,
    reason_is_trimmed,
    reason_is_cut,
    list_is_stale_after_a_cancel,
    event_stays_confirmed,
    no_reason_is_an_empty_one,
    two_at_once_succeed,
    refused_and_done,
    ended_booking_is_cancelled,
    ended_is_called_cancelled,
    cancelled_is_confirmed_again,
)
