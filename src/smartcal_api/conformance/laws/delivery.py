"""DELV, as far as it takes no clock: what is told can be read, who says no isn't asked again, nobody is in the way."""

import threading
from contextlib import suppress

from smartcal_api.conformance.app import of
from smartcal_api.conformance.capability import Capability
from smartcal_api.conformance.exchange import Exchange
from smartcal_api.conformance.findings import Finding
from smartcal_api.conformance.law import Law, law
from smartcal_api.conformance.probe import Probe
from smartcal_api.conformance.receiver import OK, Arrival, Reply, answers
from smartcal_api.conformance.subscriber import (
    BOOKING,
    CANCEL,
    CANCELLED,
    CREATE,
    Subscriber,
    about,
    kind_of,
)

_SCHEDULE = "/x-retry-schedule"
_HANG = 8.0
"""Seconds that a receiver hangs at most; the law lets it go as soon as it has seen what it wanted."""


@law(
    "DELV 3",
    "What a delivery tells can be read when it comes; what was refused is told to nobody.",
    over=of(CREATE),
    needs=(Capability.WRITES, Capability.RECEIVER),
    requests=16,
    worth=72,
)
def what_is_told_can_be_read(probe: Probe) -> None:
    subscriber = Subscriber(probe)
    booking = probe.cancellable()
    operation = probe.contract.operations[CANCEL]
    path = dict.fromkeys(operation.path_names, booking)
    listener = subscriber.subscribe()
    for body, credential in (({}, None), ({"reason": 1}, probe.credential(operation.scopes))):
        refused = probe.call(operation, path=path, body=body, credential=credential)
        by = (
            "/components/securitySchemes/bearerKey"
            if credential is None
            else "/components/schemas/CancelBookingRequest"
        )
        if not probe.expect(not refused.ok, f"{refused}; that is to be refused.", by=by, at=refused, kind="taken"):
            booking = probe.cancellable()
            break
        subscriber.settle()
        told = listener.came([booking])
        said = "what was refused is told, as if it had happened."
        probe.expect(not told, said, by="/components/schemas/EventType", at=refused, kind="refused", seen="")
    own = probe.contract.operations[BOOKING]
    reader = probe.credential(own.scopes)
    before = probe.call(own, path=dict.fromkeys(own.path_names, booking), credential=reader).object["status"]
    sending = probe.sending(own, path=dict.fromkeys(own.path_names, booking), credential=reader)
    read: list[tuple[Arrival, Exchange]] = []

    def look(arrival: Arrival) -> Reply:
        """While the sender waits: whatever it tells has happened."""
        with suppress(Finding):  # on the way, or in another form: nothing was seen
            if about([booking])(arrival.json):
                read.append((arrival, probe.session.send(sending, take_429=True)))
        return OK

    seer = subscriber.subscribe(CANCELLED, answering=look)
    subscriber.cancelled(booking)
    subscriber.wait(seer, 1, [booking])
    subscriber.settle()
    seen = [(arrival, answer) for arrival, answer in read if answer.status != 429]
    if not seen:
        probe.give_up("nothing was delivered whose booking could be read")
    for arrival, answer in seen:
        said = f"{answer} at the moment at which {kind_of(arrival, probe.contract)} was told: it hadn't happened yet."
        data = arrival.json.get("data") if isinstance(arrival.json, dict) else None
        same = answer.ok and answer.object.get("status") != before
        probe.expect(same, said, by="/webhooks", at=answer, kind="before", seen="")
        said = f"{answer} isn't what {kind_of(arrival, probe.contract)} told at that moment."
        probe.expect(answer.json == data, said, by="/webhooks", at=answer, kind="other", seen="")


@law(
    "DELV 5",
    "A receiver that hangs is in nobody's way.",
    over=of(CREATE),
    needs=(Capability.WRITES, Capability.RECEIVER),
    requests=10,
    worth=43,
    quick=False,
)
def nobody_is_in_the_way(probe: Probe) -> None:
    subscriber = Subscriber(probe)
    go = threading.Event()

    def hang(_: Arrival) -> Reply:
        go.wait(_HANG)
        return OK

    hanging = [subscriber.subscribe(CANCELLED, answering=hang) for _ in range(3)]
    other = subscriber.subscribe(CANCELLED)
    try:
        happened = subscriber.cancel()
        came = other.box.wait(1, about(happened.ids), seconds=_HANG / 2)
        stuck = any(each.box.wait(1, about(happened.ids), seconds=2.0) for each in hanging)
    finally:
        go.set()
    if not stuck:
        probe.give_up("nothing was delivered")
    said = f"while a receiver hung, another waited for {_HANG / 2:.0f} s."
    probe.expect(bool(came), said, by=_SCHEDULE, kind="waits", seen="")


@law(
    "DELV 8",
    "A redirect is followed nowhere, and a receiver that is gone is sent nothing more.",
    over=of(CREATE),
    needs=(Capability.WRITES, Capability.RECEIVER),
    requests=20,
    worth=71,
)
def who_says_no_is_not_asked_again(probe: Probe) -> None:
    subscriber = Subscriber(probe)
    elsewhere = probe.session.receiver.mailbox()
    statuses = (301, 302, 303, 307, 308) if probe.full else (probe.rng.choice((301, 302, 303)), 307)
    led = [
        subscriber.subscribe(subscriber.kind, answering=answers(status, ("Location", elsewhere.url)))
        for status in statuses
    ]
    disabling = sorted(probe.contract.policy.retry_schedule.disable_on_status)
    gone = [subscriber.subscribe(subscriber.kind, answering=answers(status)) for status in disabling]
    first = subscriber.happen()
    for subscription in (*led, *gone):
        if not subscription.box.wait(1, about([first])):
            probe.give_up("nothing was delivered")
    subscriber.settle()
    with elsewhere.changed:
        followed = list(elsewhere.arrivals)
    said = f"a redirect was followed, by {'/'.join(a.method for a in followed)}."
    probe.expect(not followed, said, by=_SCHEDULE, kind="followed", seen="")
    by = f"{_SCHEDULE}/disable_on_status"
    for status, subscription in zip(disabling, gone, strict=True):
        what = f"a subscription that answered {status}"
        listed = subscriber.listed(subscription.id) or {}
        active = listed.get("active")
        probe.expect(active is False, f"{what} is active: {active}.", by=by, kind="active", parameter=str(status))
        why = listed.get("disabled_reason")
        said = f"{what} is disabled without a reason."
        probe.expect(bool(why), said, by=by, kind="reason", parameter=str(status))
        before = len(subscription.box.those())
        again = subscriber.happen()
        led[0].box.wait(2 if again == first else 1, about([again]))
        subscriber.settle()
        more = len(subscription.box.those()) - before
        probe.expect(not more, f"{what} was sent {more} more.", by=by, kind="more", parameter=str(status))


LAWS: tuple[Law, ...] = (what_is_told_can_be_read, nobody_is_in_the_way, who_says_no_is_not_asked_again)
