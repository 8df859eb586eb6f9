"""Somebody who subscribes: an address of the judge's receiver, what came to it, and what makes something come."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from smartcal_api.conformance.credential import Credential
from smartcal_api.conformance.exchange import Exchange
from smartcal_api.conformance.findings import Inconclusive
from smartcal_api.conformance.probe import Probe
from smartcal_api.conformance.receiver import OK, Answering, Arrival, Mailbox
from smartcal_api.contract import Operation

CANCELLED, UPDATED = "booking.cancelled", "event.updated"
"""What a cancellation is told as, in this order."""
CREATE, DELETE, LIST, CANCEL = "createWebhook", "deleteWebhook", "listWebhooks", "cancelBooking"
_GRACE = 0.25
"""Seconds in which what must not come would have come, where no control plane says that all is done."""


@dataclass(frozen=True)
class Subscription:
    """One of the subscriber's. `of` what it is asked for are the resources that the law has changed: others may change
    theirs meanwhile."""

    created: Exchange
    box: Mailbox

    @cached_property
    def id(self) -> str:
        return str(self.created.json["id"])

    @cached_property
    def secret(self) -> str:
        return str(self.created.json["secret"])

    def came(self, ids: Iterable[str]) -> list[Arrival]:
        """What came about these resources."""
        return self.box.those(about(ids))


@dataclass(frozen=True, slots=True)
class Cancelled:
    """A booking that was cancelled: the events that this leads to, each with the resource as it is now."""

    booking: dict[str, Any]
    event: dict[str, Any] | None

    @property
    def due(self) -> dict[str, dict[str, Any]]:
        found = {CANCELLED: self.booking}
        return found if self.event is None else {**found, UPDATED: self.event}

    @property
    def ids(self) -> list[str]:
        return [each["id"] for each in self.due.values()]


class Subscriber:
    """Of one case. What it makes is deleted when the case ends."""

    def __init__(self, probe: Probe) -> None:
        self._probe = probe

    @property
    def operation(self) -> Operation:
        return self._probe.contract.operations[CREATE]

    def subscribe(
        self, *events: str, answering: Answering = lambda _: OK, credential: Credential | None = None
    ) -> Subscription:
        """A subscription to these event types, to all where none is named."""
        box = self._probe.session.receiver.mailbox(answering)
        body = {"url": box.url, "events": list(events) or sorted(self._probe.contract.data["webhooks"])}
        credential = credential or self._probe.credential(self.operation.scopes)
        created = self._probe.create(self.operation, body=body, credential=credential)
        if created.status != 201:
            raise Inconclusive(f"{created}; the receiver {box.url.rpartition('/')[0]} can't be subscribed")
        return Subscription(created, box)

    def unsubscribe(self, subscription: Subscription) -> Exchange:
        operation = self._probe.contract.operations[DELETE]
        return self._probe.call(operation, path=dict.fromkeys(operation.path_names, subscription.id))

    def listed(self, identifier: str) -> dict[str, Any] | None:
        """The subscription as the list has it now."""
        every = self._probe.read(self._probe.contract.operations[LIST], {})
        return next((each for each in every if each["id"] == identifier), None)

    def cancel(self, reason: str | None = None) -> Cancelled:
        """A booking that nobody took yet is cancelled."""
        return self.cancelled(self._probe.cancellable(), reason)

    def cancelled(self, identifier: str, reason: str | None = None) -> Cancelled:
        probe = self._probe
        operation = probe.contract.operations[CANCEL]
        body = None if reason is None else {"reason": reason}
        answer = probe.call(operation, path=dict.fromkeys(operation.path_names, identifier), body=body)
        if answer.status != 200:
            raise Inconclusive(f"{answer}; no booking was cancelled, so nothing is told of it")
        booking = self.resource(identifier)
        event = booking.get("event_id")
        return Cancelled(booking, self.resource(event) if event else None)

    @property
    def kind(self) -> str:
        """What `happen` is told as. Bookings are cancelled only once, so it is something else where it can be."""
        return UPDATED if self._probe.has_control and self._probe.control.triggers else CANCELLED

    def happen(self) -> str:
        """Something that is told of once: the id of the resource that it is told of."""
        if self.kind == CANCELLED:
            return str(self.cancel().booking["id"])
        events = self._probe.control.trigger(self.kind)
        if not events:
            raise Inconclusive(f"the control plane didn't make {self.kind} happen")
        self._probe.forget()
        return str(events[0]["data"]["id"])

    def resource(self, identifier: str) -> dict[str, Any]:
        """A booking or an event, as it can be read now."""
        answer = self._probe.call(
            getter(self._probe, identifier), path={"booking_id": identifier, "event_id": identifier}
        )
        found: dict[str, Any] = answer.json
        return found

    def wait(self, subscription: Subscription, count: int, ids: Iterable[str]) -> None:
        """Until so much has come about these resources. Where a control plane says that all that was due has been
        delivered, waiting long for what is missing would only be lost time."""
        if self._probe.has_control:
            self.settle()
        subscription.box.wait(count, about(ids), seconds=1.0 if self._probe.has_control else 10.0)

    def settle(self) -> None:
        """Until what is due now has been delivered: by the control plane, else for a grace."""
        if self._probe.has_control:
            self._probe.control.advance(1)
        else:
            time.sleep(_GRACE)


def getter(probe: Probe, identifier: str) -> Operation:
    """What reads a booking or an event of this id."""
    prefixes = probe.contract.policy.ids["prefixes"]
    name = "getBooking" if identifier.startswith(prefixes["booking"]) else "getEvent"
    return probe.contract.operations[name]


def about(ids: Iterable[str]) -> Callable[[Any], bool]:
    """Whether a body is about one of these resources."""
    wanted = frozenset(ids)
    return lambda body: isinstance(body, dict) and (body.get("data") or {}).get("id") in wanted
