"""Somebody who subscribes: an address of the judge's receiver, what came to it, and what makes something come."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from smartcal_api.conformance.basis import SAFETY
from smartcal_api.conformance.credential import Credential
from smartcal_api.conformance.exchange import Exchange
from smartcal_api.conformance.findings import Inconclusive, Unreadable
from smartcal_api.conformance.probe import Probe
from smartcal_api.conformance.receiver import OK, Answering, Arrival, Mailbox
from smartcal_api.contract import Contract, Operation

CANCELLED, UPDATED = "booking.cancelled", "event.updated"
"""What a cancellation is told as, in this order."""
CREATE, DELETE, LIST, CANCEL = "createWebhook", "deleteWebhook", "listWebhooks", "cancelBooking"
BOOKING, EVENT = "getBooking", "getEvent"
_PLAIN = "smartcal-verify"
_SOON = 3.0
"""Seconds in which the rest comes where some of it came."""
_GRACE = 0.25
"""Seconds in which what must not come would have come, where no control plane says that all is done."""


@dataclass(frozen=True)
class Subscription:
    """One of the subscriber's. `of` what it is asked for are the resources that the law has changed: others may change
    theirs meanwhile."""

    created: Exchange
    box: Mailbox
    types: tuple[str, ...]
    secret: str

    @cached_property
    def id(self) -> str:
        return str(self.created.object["id"])

    def came(self, ids: Iterable[str]) -> list[Arrival]:
        """What came about these resources."""
        return self.box.those(about(ids))


@dataclass(frozen=True, slots=True)
class Cancelled:
    """A booking that was cancelled: the events that this leads to, each with the resource as it is now."""

    id: str
    booking: dict[str, Any]
    event: dict[str, Any] | None
    reason: str

    @property
    def due(self) -> dict[str, dict[str, Any]]:
        found = {CANCELLED: self.booking}
        return found if self.event is None else {**found, UPDATED: self.event}

    @property
    def ids(self) -> list[str]:
        return [str(each["id"]) for each in self.due.values()]


class Subscriber:
    """Of one case. What it makes is deleted when the case ends."""

    def __init__(self, probe: Probe) -> None:
        self._probe = probe
        self._told = False

    @property
    def operation(self) -> Operation:
        return self._probe.contract.operations[CREATE]

    def body(self, url: str, events: Iterable[str], *, described: bool = False) -> dict[str, Any]:
        """What asks for a subscription."""
        asked = {"url": url, "events": list(events)}
        return {**asked, "description": "smartcal-verify"} if described else asked

    def make(self, body: dict[str, Any], credential: Credential | None = None) -> Exchange:
        """The answer that a subscription was made with; without what is optional where that isn't taken."""
        credential = credential or self._probe.credential(self.operation.scopes)
        created = self._probe.create(self.operation, body=body, credential=credential)
        if not created.ok and "description" in body:
            body = {name: value for name, value in body.items() if name != "description"}
            created = self._probe.create(self.operation, body=body, credential=credential)
        if not created.ok:
            raise Inconclusive(f"{created}; nothing can be subscribed to {str(body['url']).rpartition('/')[0]}")
        return created

    def subscribe(
        self, *events: str, answering: Answering = lambda _: OK, credential: Credential | None = None
    ) -> Subscription:
        """A subscription to these event types, to all where none is named."""
        box = self._probe.session.receiver.mailbox(answering)
        types = events or tuple(sorted(self._probe.contract.data["webhooks"]))
        created = self.make(self.body(box.url, types), credential)
        return Subscription(created, box, types, self.secret(created))

    def secret(self, created: Exchange) -> str:
        """What deliveries are signed with, as the answer tells it: by the name that says so."""
        found = [value for name, value in created.object.items() if "secret" in name.lower() and isinstance(value, str)]
        if not found:
            raise Unreadable("the answer to a new subscription tells no secret, so no signature can be verified")
        return found[0]

    def unsubscribe(self, subscription: Subscription) -> Exchange:
        operation = self._probe.contract.operations[DELETE]
        return self._probe.call(operation, path=dict.fromkeys(operation.path_names, subscription.id))

    def listed(self, identifier: str) -> dict[str, Any] | None:
        """The subscription as the list has it now."""
        every = self._probe.read(self._probe.contract.operations[LIST], {})
        return next((each for each in every if str(each["id"]) == identifier), None)

    def cancel(self, reason: str | None = None) -> Cancelled:
        """A booking that nobody took yet is cancelled."""
        return self.cancelled(self._probe.cancellable(), reason)

    def cancelled(self, identifier: str, reason: str | None = None) -> Cancelled:
        probe = self._probe
        operation = probe.contract.operations[CANCEL]
        path = dict.fromkeys(operation.path_names, identifier)
        answer = probe.call(operation, path=path, body={"reason": reason or _PLAIN})
        if 400 <= answer.status < 500 and reason is not None:
            reason = None  # how long one may be, and of what, is not said
            answer = probe.call(operation, path=path, body={"reason": _PLAIN})
        if not answer.ok:
            raise Inconclusive(f"{answer}; no booking was cancelled, so nothing is told of it")
        booking = self.resource(BOOKING, identifier)
        event = booking.get("event_id")
        return Cancelled(identifier, booking, self._event(str(event)) if event else None, reason or _PLAIN)

    @property
    def kind(self) -> str:
        """What `happen` is told as. Bookings are cancelled only once, so it is something else where it can be."""
        return UPDATED if self._probe.has_control and self._probe.control.triggers else CANCELLED

    def happen(self) -> str:
        """Something that is told of once: the id of the resource that it is told of."""
        if self.kind == CANCELLED:
            return self.cancel().id
        events = self._probe.control.trigger(self.kind)
        if not events:
            raise Inconclusive(f"the control plane didn't make {self.kind} happen")
        self._probe.forget()
        return str(events[0]["data"]["id"])

    def resource(self, getter: str, identifier: str) -> dict[str, Any]:
        """A booking or an event, as it can be read now."""
        operation = self._probe.contract.operations[getter]
        return self._probe.call(operation, path=dict.fromkeys(operation.path_names, identifier)).object

    def _event(self, identifier: str) -> dict[str, Any] | None:
        """The event of a booking, where it can be read."""
        found = self.resource(EVENT, identifier)
        return found if str(found.get("id")) == identifier else None

    def wait(self, subscription: Subscription, count: int, ids: Iterable[str]) -> None:
        """Until so much has come about these resources. Where a control plane says that all that was due has been
        delivered, or where some of it has come, waiting long for what is missing would only be lost time."""
        if self._probe.has_control:
            self.settle()
        patience = 1.0 if self._probe.has_control else _SOON if self._told else None
        came = subscription.box.wait(min(count, 1), about(ids), seconds=patience)
        self._told = self._told or bool(came)
        if came and count > 1:
            subscription.box.wait(count, about(ids), seconds=1.0 if self._probe.has_control else _SOON)

    def settle(self) -> None:
        """Until what is due now has been delivered: by the control plane, else for a grace."""
        if self._probe.has_control:
            self._probe.control.advance(1)
        else:
            time.sleep(_GRACE)


def is_signed(probe: Probe, arrival: Arrival, subscription: Subscription) -> None:
    """The signature is that of the bytes under the secret, in the form that is documented."""
    by = "/x-webhook-signature"
    wrong = probe.session.delivery_judge.signed(arrival, subscription.secret)
    ground = by if wrong is None or wrong.formal else SAFETY
    kind = kind_of(arrival, probe.contract)
    said = f"a delivery of {kind}: {wrong.said if wrong else ''}."
    probe.expect(
        wrong is None, said, by=ground, at=subscription.created, kind="signature", seen=wrong.kind if wrong else ""
    )


def kind_of(arrival: Arrival, contract: Contract) -> str:
    """The event type that a delivery tells: by its `type`, else by whatever string of it or header of it is one."""
    types = contract.data["webhooks"]
    try:
        body = arrival.json
    except Unreadable:
        body = None
    if isinstance(body, dict) and body.get("type") in types:
        return str(body["type"])
    named = [*(value for _, value in arrival.headers), *_strings(body)]
    return next((each for each in named if each in types), "an unknown type")


def about(ids: Iterable[str]) -> Callable[[Any], bool]:
    """Whether a body is about one of these resources: its `data` has the id, or, in another form, anything has."""
    wanted = frozenset(ids)

    def fits(body: Any) -> bool:
        data = body.get("data") if isinstance(body, dict) else None
        if isinstance(data, dict) and "id" in data:
            return str(data["id"]) in wanted
        return not wanted.isdisjoint(_strings(body))

    return fits


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _strings(each)
    elif value is not None:
        yield str(value)
