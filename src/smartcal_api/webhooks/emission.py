"""What happens, and the events that it leads to, in their order: the contract's table, as code.

Each belongs in the transaction of the change; a resource is as after it.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

Resource = Mapping[str, Any]


class Recorder(Protocol):
    """An outbox, or whoever stands before one."""

    def record(self, event_type: str, data: Resource, *, owner: int, now: int) -> object: ...


def booking_made(outbox: Recorder, booking: Resource, event: Resource, *, owner: int, now: int) -> None:
    outbox.record("booking.created", booking, owner=owner, now=now)
    outbox.record("event.created", event, owner=owner, now=now)


def booking_cancelled(outbox: Recorder, booking: Resource, event: Resource | None, *, owner: int, now: int) -> None:
    """A booking whose event is gone says nothing of that."""
    outbox.record("booking.cancelled", booking, owner=owner, now=now)
    if event is not None:
        outbox.record("event.updated", event, owner=owner, now=now)


def booking_rescheduled(outbox: Recorder, booking: Resource, event: Resource, *, owner: int, now: int) -> None:
    outbox.record("booking.rescheduled", booking, owner=owner, now=now)
    outbox.record("event.updated", event, owner=owner, now=now)


def event_made(outbox: Recorder, event: Resource, *, owner: int, now: int) -> None:
    outbox.record("event.created", event, owner=owner, now=now)


def event_changed(outbox: Recorder, event: Resource, *, owner: int, now: int) -> None:
    outbox.record("event.updated", event, owner=owner, now=now)


def event_deleted(outbox: Recorder, event: Resource, *, owner: int, now: int) -> None:
    """`event` is the last that it was."""
    outbox.record("event.deleted", event, owner=owner, now=now)


def calendar_synced(
    outbox: Recorder,
    calendar: Resource,
    *,
    created: Iterable[Resource] = (),
    updated: Iterable[Resource] = (),
    deleted: Iterable[Resource] = (),
    owner: int,
    now: int,
) -> None:
    """First what the sync has done to events, then the calendar, whose counts sum it up."""
    for event in created:
        event_made(outbox, event, owner=owner, now=now)
    for event in updated:
        event_changed(outbox, event, owner=owner, now=now)
    for event in deleted:
        event_deleted(outbox, event, owner=owner, now=now)
    outbox.record("calendar.synced", calendar, owner=owner, now=now)
