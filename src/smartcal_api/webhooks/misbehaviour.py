"""Deliveries that go wrong on demand, for receivers to be tried with."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import orjson

from smartcal_api.clock import MICROSECOND
from smartcal_api.store import Store
from smartcal_api.webhooks.lease import Lease

DUPLICATE, OUT_OF_ORDER, LATE, DROPPED = "duplicate", "out_of_order", "late", "dropped"
WRONG_SIGNATURE, OLD_SECRET, WRONG_CONTENT = "wrong_signature", "old_secret", "wrong_content"


@dataclass(slots=True, kw_only=True)
class Misbehaviour:
    """What befalls the next `count` deliveries, of one subscription or one event type if such is named."""

    kind: str
    count: int = 1
    webhook: str | None = None
    event_type: str | None = None
    by: int = 0
    """How late, in nanoseconds of the sandbox's clock."""

    def befalls(self, lease: Lease) -> bool:
        """Whether it is for this one: first attempts alone, or nobody could tell it from a failure of his own."""
        fits = self.webhook in (None, lease.webhook) and self.event_type in (None, lease.event_type)
        return self.count > 0 and fits and lease.tries == 0 and lease.cause in ("event", "redelivery")


class Misbehaviours:
    """What was asked for and has not happened yet; it lives as long as the process."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._planned: list[Misbehaviour] = []
        self._overtaken: list[Lease] = []

    def plan(self, misbehaviour: Misbehaviour) -> None:
        self._planned.append(misbehaviour)

    def planned(self) -> tuple[Misbehaviour, ...]:
        return tuple(self._planned)

    def clear(self) -> None:
        self._planned.clear()

    def state(self) -> list[dict[str, Any]]:
        """A snapshot has what was asked for and has not happened yet."""
        return [asdict(each) for each in self._planned]

    def restore(self, state: list[dict[str, Any]]) -> None:
        self._planned = [Misbehaviour(**each) for each in state]

    def rename(self, names: Mapping[str, str]) -> None:
        """Subscriptions have got other ids: old → new."""
        for each in self._planned:
            each.webhook = names.get(each.webhook, each.webhook) if each.webhook is not None else None
        self._overtaken = [replace(each, webhook=names.get(each.webhook, each.webhook)) for each in self._overtaken]

    def forget_overtaken(self) -> None:
        """They are pending again, as everything that was on its way."""
        self._overtaken.clear()

    def befall(self, lease: Lease) -> Lease | None:
        """The lease with the misbehaviour that is its turn; None where that keeps it from being attempted now."""
        for each in self._planned:
            if each.befalls(lease):
                each.count -= 1
                self._planned = [left for left in self._planned if left.count > 0]
                if each.kind == LATE:
                    self._postpone(lease, lease.at + each.by, cause=LATE)
                    return None
                if each.kind == OUT_OF_ORDER:
                    self._overtaken.append(lease)
                    return None
                return replace(lease, misbehaviour=each.kind)
        return lease

    def let_overtaken_go(self, webhook: str, *, now: int) -> None:
        """A later delivery of this subscription has been attempted: those that it was to overtake are due now."""
        for lease in [each for each in self._overtaken if each.webhook == webhook]:
            self._overtaken.remove(lease)
            self._postpone(lease, now, cause=OUT_OF_ORDER)

    def _postpone(self, lease: Lease, due: int, *, cause: str) -> None:
        self._store.query(
            "UPDATE deliveries SET state = 'pending', due_at = ?, cause = ? WHERE number = ? AND state = 'leased'",
            (due // MICROSECOND, cause, lease.number),
        )


def spoilt(lease: Lease) -> Lease:
    """The lease with the body or the secret that its misbehaviour wants; it is signed as any other."""
    if lease.misbehaviour == WRONG_SIGNATURE:
        return replace(lease, secret=f"not {lease.secret}")
    if lease.misbehaviour == OLD_SECRET:
        # There is no rotation yet, so it is one that this subscription might have had: the same text, backwards.
        return replace(lease, secret=lease.secret[::-1])
    if lease.misbehaviour == WRONG_CONTENT:
        return replace(lease, body=orjson.dumps({**orjson.loads(lease.body), "data": None}))
    return lease
