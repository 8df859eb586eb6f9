"""DELV: deliveries that come too early, too late, too often, or changed."""

import asyncio
from dataclasses import replace
from typing import Any

import orjson
from starlette.types import ASGIApp, Receive, Scope, Send

from smartcal_api.clock import NANOSECONDS
from smartcal_api.defects.defect import Defect, defect
from smartcal_api.defects.message import Asked
from smartcal_api.defects.subject import Subject
from smartcal_api.webhooks.outcome import Outcome


@defect("DELV 3", "A cancellation is delivered before it can be read.")
def delivered_before_it_can_be_read(subject: Subject) -> None:
    """It is told at once, and done a little later."""
    store, outbox = subject.sandbox.store, subject.sandbox.outbox
    told: list[str] = []
    right = outbox.record

    def early(app: ASGIApp) -> ASGIApp:
        async def application(scope: Scope, receive: Receive, send: Send) -> None:
            asked = Asked(scope) if scope["type"] == "http" else None
            identifier = ((asked.below(subject.path("listBookings")) or "") if asked else "").removesuffix("/cancel")
            found = store.get("Booking", identifier, owner=1) if asked and asked.path.endswith("/cancel") else None
            if found is not None and asked and asked.header("authorization"):
                booking = orjson.loads(found) | {"status": "cancelled"}
                with store.transaction():
                    right("booking.cancelled", booking, owner=1, now=subject.sandbox.clock.now())
                told.append(identifier)
                await asyncio.sleep(0.2)
            await app(scope, receive, send)

        return application

    def record(right: Any, event_type: str, data: Any, **rest: Any) -> None:
        if event_type != "booking.cancelled" or data["id"] not in told:
            right(event_type, data, **rest)

    subject.replaced(outbox, "record", record)
    subject.wrap(early)


@defect("DELV 4", "What failed is tried again after five minutes, never sooner.", decided=True)
def first_retry_is_late(subject: Subject) -> None:
    _delay(subject, lambda delay, tries: max(delay, 300 * NANOSECONDS) if tries == 1 else delay)


@defect("DELV 4", "The last of the attempts is left out.", decided=True)
def last_attempt_is_left_out(subject: Subject) -> None:
    last = len(subject.contract.policy.retry_schedule.delays_seconds) - 1
    _delay(subject, lambda delay, tries: None if tries == last else delay)


@defect("DELV 4", "A subscription is never disabled, however often it fails.", decided=True)
def nothing_is_disabled(subject: Subject) -> None:
    subject.sandbox.outbox._settlement._exhausted = lambda *_: None  # type: ignore[method-assign]  # the defect


@defect("DELV 4", "Retries tell in their body when they were sent.", decided=True)
def retries_have_other_bytes(subject: Subject) -> None:
    def lease(right: Any, row: Any, now: int) -> Any:
        made = right(row, now)
        return replace(made, body=orjson.dumps(orjson.loads(made.body) | {"sent": now})) if made.tries else made

    subject.replaced(subject.sandbox.outbox, "_lease", lease)


@defect("DELV 5", "Deliveries go out one at a time, so that one that hangs holds up all others.", decided=True)
def one_at_a_time(subject: Subject) -> None:
    def take(right: Any, now: int, *, most: int, busy: Any, **rest: Any) -> Any:
        return right(now, most=min(most, 0 if busy else 1), busy=busy, **rest)

    subject.replaced(subject.sandbox.outbox, "take", take)


@defect("DELV 7", "The log of deliveries has the last attempt alone.", decided=True)
def log_has_the_last_attempt_alone(subject: Subject) -> None:
    store = subject.sandbox.store

    def settle(right: Any, settled: Any, **rest: Any) -> None:
        ended = list(settled)
        with store.transaction():
            for lease, _ in ended:
                store.query("DELETE FROM attempts WHERE delivery = ?", (lease.id,))
            right(ended, **rest)

    subject.replaced(subject.sandbox.outbox, "settle", settle)


@defect("DELV 8", "A receiver that answers 410 is tried again like any other.", decided=True)
def gone_is_tried_again(subject: Subject) -> None:
    _outcome(subject, lambda outcome: replace(outcome, status=500) if outcome.status == 410 else outcome)


@defect("DELV 9", "A receiver that asks for time is given none.", decided=True)
def retry_after_is_ignored(subject: Subject) -> None:
    _outcome(subject, lambda outcome: replace(outcome, retry_after=None))


@defect("DELV 9", "A receiver that answers 202 is delivered to again, as if only 200 were a success.", decided=True)
def accepted_is_no_success(subject: Subject) -> None:
    _outcome(subject, lambda outcome: replace(outcome, status=400) if outcome.status == 202 else outcome)


@defect("DELV 9", "What is still to be delivered to a webhook is delivered after it was deleted.")
def deleted_webhook_is_delivered_to(subject: Subject) -> None:
    store = subject.sandbox.store

    def cancel(_: Any, webhook: str) -> None:
        store.query("INSERT OR IGNORE INTO webhook_secrets VALUES (?, ?)", (webhook, "forgotten"))

    subject.replaced(subject.sandbox.outbox, "cancel", cancel)


def _delay(subject: Subject, change: Any) -> None:
    def delay(right: Any, delivery: str, tries: int, retry_after: int | None) -> int | None:
        due = right(delivery, tries, retry_after)
        changed: int | None = due if due is None else change(due, tries)
        return changed

    subject.replaced(subject.sandbox.outbox._schedule, "delay", delay)


def _outcome(subject: Subject, change: Any) -> None:
    def settle(right: Any, settled: Any, **rest: Any) -> None:
        changed: list[tuple[Any, Outcome]] = [(lease, change(outcome)) for lease, outcome in settled]
        right(changed, **rest)

    subject.replaced(subject.sandbox.outbox, "settle", settle)


DEFECTS: tuple[Defect, ...] = (
    delivered_before_it_can_be_read,
    first_retry_is_late,
    last_attempt_is_left_out,
    nothing_is_disabled,
    retries_have_other_bytes,
    one_at_a_time,
    log_has_the_last_attempt_alone,
    gone_is_tried_again,
    retry_after_is_ignored,
    accepted_is_no_success,
    deleted_webhook_is_delivered_to,
)
