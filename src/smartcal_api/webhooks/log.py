"""The delivery log: what became of each event, for whoever looks into a sandbox (law DELV 7)."""

from collections.abc import Mapping
from typing import Any

import orjson

from smartcal_api.clock import MICROSECOND, format_rfc3339
from smartcal_api.store import Store

_SELECT = (
    "SELECT d.id, d.event, e.type, d.webhook, d.url, e.owner, d.state, d.cause, d.attempts, e.created_at, d.due_at "
    "FROM deliveries d JOIN webhook_events e ON e.id = d.event"
)
_FILTERS = {"state": "d.state = ?", "webhook": "d.webhook = ?", "event_type": "e.type = ?", "event": "d.event = ?"}


class DeliveryLog:
    """Reads what the outbox writes."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def deliveries(self, *, limit: int | None = None, **wanted: str | None) -> list[dict[str, Any]]:
        """The newest first; `wanted` are values of `state`, `webhook`, `event_type`, `event`."""
        named = {name: value for name, value in wanted.items() if value is not None}
        where = " AND ".join(_FILTERS[name] for name in named) or "TRUE"
        rows = self._store.query(
            f"{_SELECT} WHERE {where} ORDER BY d.number DESC LIMIT ?", (*named.values(), -1 if limit is None else limit)
        )
        return [_delivery(row) for row in rows]

    def delivery(self, identifier: str) -> dict[str, Any] | None:
        """One delivery with its attempts and the body that they sent."""
        rows = self._store.query(f"{_SELECT} WHERE d.id = ?", (identifier,))
        if not rows:
            return None
        ((body,),) = self._store.query("SELECT body FROM webhook_events WHERE id = ?", (rows[0][1].decode(),))
        attempts = self._store.query(
            "SELECT number, cause, at, duration, status, error, detail, head, next_at, misbehaviour "
            "FROM attempts WHERE delivery = ? ORDER BY number",
            (identifier,),
        )
        return {**_delivery(rows[0]), "body": orjson.loads(body), "attempt_log": [_attempt(row) for row in attempts]}

    def counts(self, *, event_type: str | None = None) -> dict[str, int]:
        """state → number of deliveries."""
        rows = self._store.query(
            "SELECT d.state, count(*) FROM deliveries d JOIN webhook_events e ON e.id = d.event "
            "WHERE ? IS NULL OR e.type = ? GROUP BY d.state",
            (event_type, event_type),
        )
        return {state.decode(): count for state, count in rows}

    def unsettled(self, now: int, *, event_type: str | None = None) -> int:
        """How many are on their way or due; those that wait for a later instant don't count."""
        rows = self._store.query(
            "SELECT count(*) FROM deliveries d JOIN webhook_events e ON e.id = d.event WHERE (? IS NULL OR e.type = ?) "
            "AND (d.state = 'leased' OR d.state = 'pending' AND d.due_at <= ?)",
            (event_type, event_type, now // MICROSECOND),
        )
        count: int = rows[0][0]
        return count

    def subscriptions(self) -> list[dict[str, Any]]:
        """Every subscription of every account, with its health."""
        failures = {
            webhook.decode(): count
            for webhook, count in self._store.query("SELECT webhook, exhausted FROM webhook_failures")
        }
        counted: dict[str, dict[str, int]] = {}
        for webhook, state, count in self._store.query(
            "SELECT webhook, state, count(*) FROM deliveries GROUP BY webhook, state"
        ):
            counted.setdefault(webhook.decode(), {})[state.decode()] = count
        found = []
        for owner, text in self._store.all("Webhook"):
            webhook = orjson.loads(text)
            identifier = webhook["id"]
            health = {"exhausted_in_a_row": failures.get(identifier, 0), "deliveries": counted.get(identifier, {})}
            found.append({**webhook, "account": owner, "health": health})
        return found


def forget_settled(store: Store, *, before: int) -> None:
    """Drops what was settled of the deliveries before a number, with their attempts, and events that nobody names."""
    store.query(
        "DELETE FROM attempts WHERE delivery IN "
        "(SELECT id FROM deliveries WHERE number < ? AND state IN ('delivered', 'failed', 'cancelled'))",
        (before,),
    )
    store.query("DELETE FROM deliveries WHERE number < ? AND state IN ('delivered', 'failed', 'cancelled')", (before,))
    store.query("DELETE FROM webhook_events WHERE id NOT IN (SELECT event FROM deliveries)")


def hold(store: Store) -> None:
    """In a fork's store: what is pending there was somebody else's, and waits until it is redelivered (law SBX 3)."""
    with store.transaction():
        store.query("UPDATE deliveries SET state = 'held', due_at = NULL WHERE state IN ('pending', 'leased')")


def _delivery(row: Any) -> dict[str, Any]:
    identifier, event, kind, webhook, url, owner, state, cause, attempts, created_at, due_at = row
    return {
        "id": identifier.decode(),
        "event": event.decode(),
        "event_type": kind.decode(),
        "webhook": webhook.decode(),
        "url": url.decode(),
        "account": owner,
        "state": state.decode(),
        "cause": cause.decode(),
        "attempts": attempts,
        "created_at": _instant(created_at),
        "due_at": _instant(due_at),
    }


def _attempt(row: Any) -> Mapping[str, Any]:
    number, cause, at, duration, status, error, detail, head, next_at, misbehaviour = row
    return {
        "number": number,
        "cause": cause.decode(),
        "at": _instant(at),
        "duration_ms": round(duration / 1_000_000, 3),
        "status": status,
        "error": None if error is None else error.decode(),
        "detail": detail.decode(),
        "answer": head.decode("utf-8", "replace"),
        "next_at": _instant(next_at),
        "misbehaviour": None if misbehaviour is None else misbehaviour.decode(),
    }


def _instant(microseconds: int | None) -> str | None:
    return None if microseconds is None else format_rfc3339(microseconds * MICROSECOND)
