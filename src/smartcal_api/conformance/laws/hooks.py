"""HOOK: who subscribes is told of each event of its types, once, and nobody else is."""

import re

from smartcal_api.conformance.app import of
from smartcal_api.conformance.basis import SAFETY
from smartcal_api.conformance.capability import Capability
from smartcal_api.conformance.expecting import LAG
from smartcal_api.conformance.findings import NotVerified
from smartcal_api.conformance.law import Law, law
from smartcal_api.conformance.laws.told_once import are_fresh, is_untold
from smartcal_api.conformance.probe import Probe
from smartcal_api.conformance.receiver import Arrival
from smartcal_api.conformance.subscriber import (
    CANCELLED,
    CREATE,
    DELETE,
    LIST,
    UPDATED,
    Subscriber,
    Subscription,
    is_signed,
    kind_of,
)

_TYPES = "/components/schemas/EventType"
_TOLD = "/webhooks"
_CREATED = "/components/schemas/WebhookCreated"


@law(
    "HOOK 1",
    "A subscription is listed without its secret, which is fresh and told once; deleted, it is gone.",
    over=of(CREATE),
    needs=(Capability.WRITES,),
    requests=30,
    worth=70,
)
def a_subscription_is_listed_until_it_is_deleted(probe: Probe) -> None:
    subscriber = Subscriber(probe)
    secrets: list[str] = []
    made_before: list[str] = []
    for _ in range(4 if probe.full else 2):
        body = subscriber.body("https://hooks.example.com/smartcal", [CANCELLED, UPDATED], described=True)
        created = subscriber.make(body)
        made = created.object
        differing = sorted(name for name, value in body.items() if made.get(name) != value)
        said = f"{created} has another {', '.join(differing)} than was sent."
        other = " ".join(differing)
        probe.expect(not differing, said, by=_CREATED, at=created, kind="other", parameter=other)
        probe.expect(made.get("active") is True, f"{created} isn't active.", by=_CREATED, at=created, kind="active")
        made_before.append(identifier := str(made["id"]))
        secrets.append(subscriber.secret(created))
        is_untold(probe, probe.call(LIST), secrets)

        def listed(identifier: str = identifier) -> bool:
            return subscriber.listed(identifier) is not None

        there = probe.settles(listed)
        probe.expect(there, f"{identifier} was made, and isn't in the list.", by=SAFETY, kind="listed")
        kept = {name: value for name, value in made.items() if value != secrets[-1]}
        same = subscriber.listed(identifier) == kept
        probe.expect(same, f"{identifier} isn't in the list as it was created.", by=_CREATED, kind="listed otherwise")
    are_fresh(probe, secrets)
    scopes = probe.contract.operations[LIST].scopes
    for each in probe.credentials():
        if scopes <= probe.session.satisfied(each):
            is_untold(probe, probe.call(LIST, credential=each), secrets)
    made_before.remove(identifier)
    delete = probe.contract.operations[DELETE]
    path = dict.fromkeys(delete.path_names, identifier)
    gone = probe.call(delete, path=path)
    probe.succeeds(gone, "the subscription was there", kind="deleted")
    is_untold(probe, gone, secrets)
    again = probe.call(delete, path=path)
    by = f"{delete.pointer}/responses"
    probe.expect(gone.status == 204, f"{gone}; that is 204.", by=by, at=gone, kind="deleted as")
    probe.expect(again.status == 404, f"{again}; the subscription is gone.", by=by, at=again, kind="deleted again")
    lost = [each for each in made_before if subscriber.listed(each) is None]
    said = f"with {identifier} {', '.join(lost)} is deleted, too."
    probe.expect(not lost, said, by=SAFETY, at=gone, kind="others gone", seen="")
    left = probe.settles(lambda: not listed(identifier))
    probe.expect(left, f"{identifier} is deleted, and in the list.", by=SAFETY, kind="gone")


@law(
    "HOOK 2",
    "An event leads to one delivery for each subscription that names its type, and to none for others.",
    over=of(CREATE),
    needs=(Capability.WRITES, Capability.RECEIVER),
    requests=24,
    worth=74,
)
def who_subscribed_is_told_once(probe: Probe) -> None:
    subscriber = Subscriber(probe)
    others = sorted({*probe.contract.data["webhooks"]} - {CANCELLED, UPDATED})
    subscriptions = {
        (CANCELLED,): subscriber.subscribe(CANCELLED),
        (UPDATED,): subscriber.subscribe(UPDATED),
        (CANCELLED, UPDATED): subscriber.subscribe(*reversed([CANCELLED, *others, UPDATED])),
        (): subscriber.subscribe(*others),
    }
    deleted = subscriber.subscribe()
    subscriber.unsubscribe(deleted)
    foreign = _of_another_account(probe, subscriber)
    happened = subscriber.cancel("smartcal-verify: told once")
    due = {types: [kind for kind in types if kind in happened.due] for types in subscriptions}
    for types, subscription in subscriptions.items():
        subscriber.wait(subscription, len(due[types]), happened.ids)
    subscriber.settle()
    ended = len(deleted.came(happened.ids))
    said = f"a subscription that was deleted before was told {ended} times when a booking was cancelled."
    if ended and not probe.has_control:
        # A deletion, too, may take some seconds to get around.
        at_once = f"a subscription was told {ended} times right after it was deleted."
        probe.expect(False, at_once, by=_TOLD, kind="deleted lags", seen="")
        probe.session.pacing.rest_for(LAG)
        later = subscriber.cancel("smartcal-verify: told after a deletion")
        subscriber.wait(subscriptions[(CANCELLED,)], 1, [later.id])
        subscriber.settle()
        ended = len(deleted.came(later.ids))
    probe.expect(not ended, said, by=SAFETY, kind="deleted", seen="")
    if foreign is not None:
        told = len(foreign.came(happened.ids))
        said = f"a subscription of another account was told {told} times when a booking was cancelled."
        probe.expect(not told, said, by=SAFETY, kind="account", seen="")
    for types, subscription in subscriptions.items():
        for method in {each.method for each in subscription.came(happened.ids)}:
            said = f"a delivery came by {method}."
            by = f"{_TOLD}/{CANCELLED}/post"
            probe.expect(method == "POST", said, by=by, kind="method", seen=method)
        _is_told(probe, subscription, types, happened.ids, due[types])
    again = subscriber.cancel("smartcal-verify: à nouveau 🗓️")
    subscriber.wait(subscriptions[(CANCELLED,)], 1, [again.id])
    _is_told(probe, subscriptions[(CANCELLED,)], (CANCELLED, "again"), [again.id], [CANCELLED])
    identifiers: dict[str, set[str]] = {}
    for subscription in subscriptions.values():
        for arrival in subscription.came([*happened.ids, again.id]):
            is_signed(probe, arrival, subscription)
        for arrival in subscription.came(happened.ids):
            is_right(probe, arrival)
            body, kind = arrival.json, kind_of(arrival, probe.contract)
            identifiers.setdefault(kind, set()).add(str(body.get("id")))
            same = body.get("data") == happened.due.get(kind)
            said = f"{kind} tells another resource than can be read after it."
            probe.expect(same, said, by=_TOLD, kind="data", parameter=kind, seen="")
    for kind, ids in identifiers.items():
        said = f"one {kind} has {len(ids)} ids, by subscription."
        probe.expect(len(ids) == 1, said, by=_TOLD, kind="ids", parameter=kind, seen="")
    distinct = len({*map(str, identifiers.values())}) == len(identifiers)
    probe.expect(distinct, "two events have one id.", by=_TOLD, kind="one id", seen="")


@law(
    "HOOK 4",
    "Whatever happens is told as the contract has it, to a subscription that names its type alone.",
    over=of(CREATE),
    needs=(Capability.WRITES, Capability.RECEIVER, Capability.CONTROL),
    requests=30,
    worth=40,
)
def everything_that_happens_is_told(probe: Probe) -> None:
    subscriber = Subscriber(probe)
    every = subscriber.subscribe()
    some = 0
    for kind in probe.contract.data["webhooks"]:
        alone = subscriber.subscribe(kind)
        events = probe.control.trigger(kind)
        if not events:
            continue
        probe.forget()
        some += 1
        ids = [each["data"]["id"] for each in events]
        due = sorted(each["type"] for each in events)
        said = f"{kind} was triggered, and {', '.join(due)} came of it."
        probe.expect(kind in due, said, by=_TOLD, kind="type", parameter=kind, seen="")
        subscriber.wait(every, len(due), ids)
        subscriber.wait(alone, due.count(kind), ids)
        subscriber.settle()
        # One resource may have been triggered before, for another type.
        came = every.came(ids)[-len(due) :]
        seen = sorted(kind_of(each, probe.contract) for each in came)
        told = f"{kind} was told as {', '.join(seen)}; {', '.join(due)} happened."
        probe.expect(seen == due, told, by=_TYPES, kind="told", parameter=kind, seen="")
        _is_told(probe, alone, (kind,), ids, [kind] * due.count(kind))
        for arrival in came:
            is_right(probe, arrival)
            is_signed(probe, arrival, every)
        subscriber.unsubscribe(alone)
    if not some:
        raise NotVerified(Capability.CONTROL)


def _is_told(probe: Probe, subscription: Subscription, types: tuple[str, ...], ids: list[str], due: list[str]) -> None:
    """Of what it names; what is due by a choice of the contract alone is due by that, and so is how often."""
    seen = sorted(kind_of(each, probe.contract) for each in subscription.came(ids))
    named, told = (", ".join(each) or "nothing" for each in (due, seen))
    said = f"a subscription to {', '.join(subscription.types)} was told {told}; {named} was due."
    parameter = " ".join(types)
    foreign = sorted({*seen} - {*subscription.types})
    probe.expect(not foreign, said, by=_TYPES, kind="not named", parameter=parameter, seen=" ".join(foreign))
    lacking = [kind for kind in due if kind not in seen]
    documented = _TYPES if CANCELLED in lacking or probe.case.law.id == "HOOK 4" else _TOLD
    probe.expect(not lacking, said, by=documented, kind="missing", parameter=parameter, seen=" ".join(lacking))
    probe.expect(seen == sorted(due), said, by=_TOLD, kind="too many", parameter=parameter, seen=" ".join(seen))


def _of_another_account(probe: Probe, subscriber: Subscriber) -> Subscription | None:
    try:
        theirs = probe.credential(subscriber.operation.scopes, account=1)
    except NotVerified:
        return None
    return subscriber.subscribe(credential=theirs)


def is_right(probe: Probe, arrival: Arrival) -> None:
    for fault in probe.session.delivery_judge.faults(arrival):
        said = f"a delivery isn't as the contract has it: {fault.message}"
        probe.expect(False, said, by=fault.clause, kind="invalid", parameter=fault.clause, seen="")
    spaced = re.sub(rb'"(?:[^"\\]|\\.)*"', b"", arrival.body)
    compact = not re.search(rb"\s", spaced)
    said = "a delivery has space between its members; it is compact JSON."
    probe.expect(compact, said, by=_TOLD, kind="compact", seen="", cause=said)


LAWS: tuple[Law, ...] = (
    a_subscription_is_listed_until_it_is_deleted,
    who_subscribed_is_told_once,
    everything_that_happens_is_told,
)
