"""What follows from the outcome of an attempt: delivered, tried again, given up, or the subscription disabled."""

import orjson

from smartcal_api.clock import MICROSECOND, format_rfc3339
from smartcal_api.store import Store
from smartcal_api.webhooks.lease import Lease
from smartcal_api.webhooks.misbehaviour import DROPPED, DUPLICATE
from smartcal_api.webhooks.outcome import INVALID, Outcome
from smartcal_api.webhooks.schedule import Schedule

_COLLECTION = "Webhook"


class Settlement:
    """Works inside the outbox's transactions."""

    def __init__(self, store: Store, schedule: Schedule) -> None:
        self._store = store
        self._schedule = schedule

    def apply(self, lease: Lease, outcome: Outcome, *, now: int) -> None:
        state, name = self._store.query("SELECT state, webhook FROM deliveries WHERE number = ?", (lease.number,))[0]
        webhook = name.decode()  # not the lease's: an edited contract may have made it another one meanwhile
        tries = lease.tries + 1
        delay: int | None = None
        reason: str | None = None
        cause = "retry"
        if state != b"leased":
            # Cancelled while it was on its way; that it was tried stands in the log all the same.
            after = state.decode()
        elif lease.misbehaviour == DROPPED or outcome.error == INVALID:
            after = "failed"  # no receiver is to blame
        elif outcome.success and lease.misbehaviour == DUPLICATE:
            after, delay, cause = "pending", 0, DUPLICATE
        elif outcome.success:
            after = "delivered"
            self._store.query("DELETE FROM webhook_failures WHERE webhook = ?", (webhook,))
        elif outcome.status in self._schedule.disable_on:
            after, reason = "failed", f"The receiver answered {outcome.status}: it wants no more."
        else:
            delay = self._schedule.delay(lease.id, tries, outcome.retry_after)
            after = "failed" if delay is None else "pending"
            reason = self._exhausted(webhook, outcome) if delay is None else None
        due = None if delay is None else (now + delay) // MICROSECOND
        self._store.query(
            "UPDATE deliveries SET state = ?, cause = ?, tries = ?, attempts = attempts + 1, due_at = ? "
            "WHERE number = ?",
            (after, cause if due is not None else lease.cause, tries, due, lease.number),
        )
        self._store.query(
            "INSERT INTO attempts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(lease.id, lease.attempts + 1, lease.cause, lease.at // MICROSECOND, outcome.duration),
                *(outcome.status, outcome.error, outcome.detail, outcome.head, due, lease.misbehaviour),
            ),
        )
        if reason is not None:
            self._disable(webhook, reason, now)

    def cancel(self, webhook: str) -> None:
        """Nothing more is sent to this subscription."""
        self._store.query(
            "UPDATE deliveries SET state = 'cancelled', due_at = NULL "
            "WHERE webhook = ? AND state IN ('pending', 'leased', 'held')",
            (webhook,),
        )
        self._store.query("DELETE FROM webhook_failures WHERE webhook = ?", (webhook,))

    def _exhausted(self, webhook: str, outcome: Outcome) -> str | None:
        """Counts a delivery that has used up its attempts; why to disable its subscription, or None."""
        (count,) = self._store.query(
            "INSERT INTO webhook_failures VALUES (?, 1) "
            "ON CONFLICT (webhook) DO UPDATE SET exhausted = exhausted + 1 RETURNING exhausted",
            (webhook,),
        )[0]
        if count < self._schedule.disable_after:
            return None
        last = f"status {outcome.status}" if outcome.status is not None else (outcome.error or "").replace("_", " ")
        return f"{count} deliveries in a row used up their attempts; the last one with {last}."

    def _disable(self, webhook: str, reason: str, now: int) -> None:
        owner = self._store.owner_of(_COLLECTION, webhook)
        document = None if owner is None else self._store.get(_COLLECTION, webhook, owner=owner)
        if owner is not None and document is not None:
            changed = {"active": False, "disabled_reason": reason, "updated_at": format_rfc3339(now)}
            self._store.put(_COLLECTION, orjson.loads(document) | changed, owner=owner)
        self.cancel(webhook)
