"""What is to be delivered: recorded with the change that it tells of, kept until it is settled (laws HOOK, DELV)."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import orjson

from smartcal_api.clock import MICROSECOND, format_rfc3339
from smartcal_api.contract import Contract
from smartcal_api.store import Store
from smartcal_api.webhooks.lease import Lease
from smartcal_api.webhooks.log import forget_settled
from smartcal_api.webhooks.misbehaviour import Misbehaviours
from smartcal_api.webhooks.outcome import Outcome
from smartcal_api.webhooks.schedule import Schedule
from smartcal_api.webhooks.settlement import Settlement
from smartcal_api.webhooks.terms import Terms

_COLLECTION = "Webhook"
Whole = Callable[[str, dict[str, Any]], dict[str, Any]]  # event type, payload → with what the contract wants besides
_BATCH = 500
# Deliveries that are in the log at least, however long ago they were settled; what is yet to be sent is always there.
_KEPT = 10_000
RELEASE = "UPDATE deliveries SET state = 'pending' WHERE state = 'leased'"
# States: pending → leased → delivered or failed, or pending again. Cancelled: its subscription is gone or disabled.
# Held: it came with a fork, and waits for somebody to deliver it again.


class Outbox:
    """The deliveries of one sandbox. Its courier, where a server gave it one, sets `on_due`, which is called whenever
    something may have become due, and `deliver`, which attempts all that is due at an instant."""

    def __init__(
        self, contract: Contract, store: Store, *, mint: Callable[[str], str], seed: int, whole: Whole
    ) -> None:
        self._store = store
        self.turn = store.turn
        self._mint = mint
        self._seed = seed
        self.generation = 0
        self.on_due: Callable[[], None] | None = None
        self.deliver: Callable[[int], Awaitable[None]] | None = None
        self.misbehaviours = Misbehaviours(store)
        self._watching: list[asyncio.Future[None]] = []
        self.adopt(contract, whole)
        self._release()

    def adopt(self, contract: Contract, whole: Whole) -> None:
        """Another contract's schedule, terms and payloads from now on."""
        self.terms, self._whole = Terms(contract), whole
        self._schedule = Schedule(contract.policy.retry_schedule, seed=self._seed)
        self._settlement = Settlement(self._store, self._schedule)

    def wake(self) -> None:
        """To be called, besides, when the clock has been moved."""
        if self.on_due is not None:
            self.on_due()

    # -- what happens

    def record(self, event_type: str, data: Mapping[str, Any], *, owner: int, now: int) -> str | None:
        """Records an event and one delivery for each active subscription of the owner that names its type.

        Belongs in the transaction of the change itself: either both have happened, or neither (law DELV 3). Returns
        the event's id, or None where nobody hears of it.
        """
        matching = self._matching(event_type, owner)
        if not matching:
            return None
        at = format_rfc3339(now)
        minted = self._mint("webhook_event")
        event = self._whole(event_type, {"id": minted, "type": event_type, "created_at": at, "data": data})
        # Of the body of another API an id may be that of the resource.
        identifier = str(event["id"]) if event.get("type") == event_type and "id" in event else minted
        self._store.query(
            "INSERT INTO webhook_events VALUES (?, ?, ?, ?, ?)",
            (identifier, owner, event_type, now // MICROSECOND, orjson.dumps(event)),
        )
        self._enqueue(identifier, matching, cause="event", due=now + self._schedule.first)
        return identifier

    def cancel(self, webhook: str) -> None:
        """Drops what is still to be delivered to a subscription that is gone; belongs in its transaction."""
        self._settlement.cancel(webhook)
        self._tell()

    def rename(self, webhooks: Mapping[str, str]) -> None:
        """Subscriptions have got other ids, old → new, in the store already."""
        self.misbehaviours.rename(webhooks)

    def redeliver(self, delivery: str, *, now: int) -> bool:
        """Sends the same bytes again, whatever came of it before; False where it is on its way already, or where the
        subscription, whose secret would sign it, is gone."""
        with self._store.transaction():
            changed = self._store.query(
                "UPDATE deliveries SET state = 'pending', cause = 'redelivery', tries = 0, due_at = ? WHERE id = ? "
                "AND state != 'leased' AND webhook IN (SELECT webhook FROM webhook_secrets) RETURNING 1",
                (now // MICROSECOND, delivery),
            )
        self.wake()
        return bool(changed)

    def deliver_event(self, event: str, *, now: int) -> int:
        """Delivers an event to the subscriptions that name its type now; says to how many."""
        with self._store.transaction():
            found = self._store.query("SELECT type, owner FROM webhook_events WHERE id = ?", (event,))
            matching = self._matching(found[0][0].decode(), found[0][1]) if found else []
            self._enqueue(event, matching, cause="redelivery", due=now)
        return len(matching)

    def knows_event(self, identifier: str) -> bool:
        return bool(self._store.query("SELECT 1 FROM webhook_events WHERE id = ?", (identifier,)))

    def renew(self) -> None:
        """After a restore or a reset: outcomes of attempts that were on their way no longer count (law SBX 3)."""
        self.generation += 1
        self.misbehaviours.forget_overtaken()
        self._release()
        self._tell()
        self.wake()

    # -- what is due

    def next_due(self, *, after: int = -1) -> int | None:
        """The earliest instant later than `after` at which a delivery is due; None where none is."""
        select = "SELECT min(due_at) FROM deliveries WHERE state = 'pending' AND due_at > ?"
        due: int | None = self._store.query(select, (after // MICROSECOND,))[0][0]
        return None if due is None else due * MICROSECOND

    def take(self, now: int, *, most: int, each: int, busy: Mapping[str, int]) -> list[Lease]:
        """Leases up to `most` deliveries that are due, in the order of their due times and of their recording; of no
        subscription more than `each` with those that are `busy`, so that one that hangs is in nobody's way (DELV 5)."""
        chosen = list(self._due(now, most, each, busy))
        if not chosen:
            return []
        leases = []
        with self._store.transaction():
            for first in range(0, len(chosen), _BATCH):
                numbers = chosen[first : first + _BATCH]
                marks = _marks(numbers)
                self._store.query(f"UPDATE deliveries SET state = 'leased' WHERE number IN ({marks})", numbers)
                rows = self._store.query(
                    "SELECT d.id, d.number, d.webhook, e.type, d.url, s.secret, e.body, d.cause, d.tries, d.attempts, "
                    "d.due_at FROM deliveries d JOIN webhook_events e ON e.id = d.event "
                    f"LEFT JOIN webhook_secrets s ON s.webhook = d.webhook WHERE d.number IN ({marks}) "
                    "ORDER BY d.due_at, d.number",
                    numbers,
                )
                for row in rows:
                    if row[5] is None:
                        self.cancel(row[2].decode())
                    elif (lease := self.misbehaviours.befall(self._lease(row, now))) is not None:
                        leases.append(lease)
        return leases

    def settle(self, settled: Iterable[tuple[Lease, Outcome]], *, now: int) -> None:
        """Applies outcomes in the order given: logs the attempt, and plans the next one or ends the delivery."""
        with self._store.transaction():
            for lease, outcome in settled:
                if lease.generation == self.generation:
                    self._settlement.apply(lease, outcome, now=now)
                    self.misbehaviours.let_overtaken_go(lease.webhook, now=now)
        self._tell()

    async def changed(self) -> None:
        """Until the next time that attempts have been settled, or deliveries cancelled or brought back."""
        watching = asyncio.get_running_loop().create_future()
        self._watching.append(watching)
        await watching

    def release(self, leases: Iterable[Lease]) -> None:
        """Gives back what was not attempted to its end; it is due as it was."""
        with self._store.transaction():
            for lease in leases:
                if lease.generation == self.generation:
                    self._store.query(
                        "UPDATE deliveries SET state = 'pending' WHERE number = ? AND state = 'leased'", (lease.number,)
                    )

    # -- inside

    def _matching(self, event_type: str, owner: int) -> list[Any]:
        """(id, url) of each active subscription that names the type, in the order of creation."""
        table = self._store.collections[_COLLECTION].table
        return self._store.query(
            f"SELECT id, json_extract(document, '$.url') FROM {table} WHERE owner = ? "
            "AND json_extract(document, '$.active') "
            "AND EXISTS (SELECT 1 FROM json_each(document, '$.events') WHERE value = ?) ORDER BY rowid",
            (owner, event_type),
        )

    def _enqueue(self, event: str, matching: Sequence[Any], *, cause: str, due: int) -> None:
        number = 0
        for webhook, url in matching:
            ((number,),) = self._store.query(
                "INSERT INTO deliveries (id, event, webhook, url, state, cause, tries, attempts, due_at) "
                "VALUES (?, ?, ?, ?, 'pending', ?, 0, 0, ?) RETURNING number",
                (self._mint("delivery"), event, webhook.decode(), url.decode(), cause, due // MICROSECOND),
            )
        # Now and then, so that it is nearly free: an event has few deliveries, but for a load test.
        if number // _BATCH > (number - len(matching)) // _BATCH:
            forget_settled(self._store, before=number - _KEPT)
        self.wake()

    def _due(self, now: int, most: int, each: int, busy: Mapping[str, int]) -> Iterator[int]:
        """The numbers of what may be taken, a batch of rows at a time; rows of who is full are not even read."""
        taken = dict(busy)
        last = (-1, -1)
        while most > 0:
            limit = min(most, _BATCH)
            full = [webhook for webhook, count in taken.items() if count >= each]
            rows = self._store.query(
                "SELECT due_at, number, webhook FROM deliveries WHERE state = 'pending' AND due_at <= ? "
                f"AND (due_at, number) > (?, ?) AND webhook NOT IN ({_marks(full)}) "
                "ORDER BY due_at, number LIMIT ?",
                (now // MICROSECOND, *last, *full, limit),
            )
            for due, number, name in rows:
                last, webhook = (due, number), name.decode()
                if taken.get(webhook, 0) < each:
                    taken[webhook] = taken.get(webhook, 0) + 1
                    most -= 1
                    yield number
            if len(rows) < limit:
                return

    def _lease(self, row: Any, now: int) -> Lease:
        identifier, number, webhook, kind, url, secret, body, cause, tries, attempts, due = row
        return Lease(
            id=identifier.decode(), number=number, webhook=webhook.decode(), event_type=kind.decode(), url=url.decode(),
            secret=secret.decode(), body=body, cause=cause.decode(), tries=tries, attempts=attempts,
            due=due * MICROSECOND, at=now,
            generation=self.generation,
        )  # fmt: skip

    def _tell(self) -> None:
        for watching in self._watching:
            if not watching.done():
                watching.set_result(None)
        self._watching.clear()

    def _release(self) -> None:
        with self._store.transaction():
            self._store.query(RELEASE)


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))
