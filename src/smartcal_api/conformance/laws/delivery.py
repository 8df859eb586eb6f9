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
from smartcal_api.conformance.subscriber import CANCEL, CANCELLED, CREATE, UPDATED, Subscriber, about, getter

_HANG = 8.0
"""Seconds that a receiver hangs at most; the law lets it go as soon as it has seen what it wanted."""


@law(
    "DELV 3",
    "What a delivery tells can be read when it comes; what was refused is told to nobody.",
    clause="/webhooks",
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
    for body, credential in (({"reason": 1}, probe.credential(operation.scopes)), ({}, None)):
        refused = probe.call(operation, path=path, body=body, credential=credential)
        probe.expect(refused.status >= 400, f"{refused}; that is to be refused.", kind="taken")
    subscriber.settle()
    probe.expect(not listener.came([booking]), "what was refused is told, as if it had happened.", kind="refused")
    read: list[tuple[Arrival, Exchange]] = []
    reader = probe.credential(getter(probe, booking).scopes)

    def look(arrival: Arrival) -> Reply:
        """While the sender waits: whatever it tells has happened."""
        identifier = arrival.json["data"]["id"]
        if arrival.json["type"] in (CANCELLED, UPDATED):
            own = getter(probe, identifier)
            sending = probe.sending(own, path=dict.fromkeys(own.path_names, identifier), credential=reader)
            with suppress(Finding):  # on the way: nothing was seen
                read.append((arrival, probe.session.send(sending, take_429=True)))
        return OK

    seer = subscriber.subscribe(CANCELLED, UPDATED, answering=look)
    happened = subscriber.cancelled(booking)
    came = seer.box.wait(len(happened.due), about(happened.ids))
    subscriber.settle()
    seen = [(arrival, answer) for arrival, answer in read if arrival in came and answer.status != 429]
    if not seen:
        probe.give_up("nothing was delivered")
    for arrival, answer in seen:
        told = arrival.json["data"]
        probe.show(answer)
        probe.expect(
            answer.status == 200 and answer.json == told,
            f"{answer} isn't what {arrival.json['type']} told at that moment: it was told before it had happened.",
            kind="before",
        )


@law(
    "DELV 5",
    "A receiver that hangs is in nobody's way.",
    clause="/x-retry-schedule",
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
    probe.expect(bool(came), f"while a receiver hung, another waited for {_HANG / 2:.0f} s.", kind="waits")


@law(
    "DELV 8",
    "A redirect is followed nowhere, and a receiver that is gone is sent nothing more.",
    clause="/x-retry-schedule/disable_on_status",
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
    probe.expect(not followed, f"a redirect was followed, by {'/'.join(a.method for a in followed)}.", kind="followed")
    for status, subscription in zip(disabling, gone, strict=True):
        listed = subscriber.listed(subscription.id) or {}
        probe.expect(listed.get("active") is False, f"a subscription that answered {status} is active.", kind="active")
        why = listed.get("disabled_reason")
        probe.expect(bool(why), f"a subscription that answered {status} is disabled without a reason.", kind="reason")
        before = len(subscription.box.those())
        again = subscriber.happen()
        led[0].box.wait(2 if again == first else 1, about([again]))
        subscriber.settle()
        more = len(subscription.box.those()) - before
        probe.expect(not more, f"a subscription that answered {status} was sent {more} more.", kind="more")


LAWS: tuple[Law, ...] = (what_is_told_can_be_read, nobody_is_in_the_way, who_says_no_is_not_asked_again)
