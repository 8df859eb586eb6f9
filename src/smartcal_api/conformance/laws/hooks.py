"""HOOK: who subscribes is told of each event of its types, once, and nobody else is."""

import math
import re
from itertools import combinations

from smartcal_api.conformance.app import of
from smartcal_api.conformance.capability import Capability
from smartcal_api.conformance.findings import NotVerified
from smartcal_api.conformance.invalid import request_example
from smartcal_api.conformance.law import Law, law
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
)

_BITS = 192
_ALPHABETS = ((r"[0-9]+", 10), (r"[0-9a-f]+|[0-9A-F]+", 16), (r"[0-9a-z]+|[0-9A-Z]+", 36), (r"[0-9A-Za-z_-]+", 64))


@law(
    "HOOK 1",
    "A subscription is listed without its secret, which is fresh and told once; deleted, it is gone.",
    over=of(CREATE),
    needs=(Capability.WRITES,),
    requests=18,
    worth=70,
)
def a_subscription_is_listed_until_it_is_deleted(probe: Probe) -> None:
    subscriber = Subscriber(probe)
    secrets: list[str] = []
    body = request_example(probe.operation, probe.contract)
    for _ in range(4 if probe.full else 2):
        created = probe.create(probe.operation, body=body)
        probe.expect(created.status == 201, f"{created}; the body is the contract's own.", kind="created")
        made = created.json
        differing = sorted(name for name, value in body.items() if made.get(name) != value)
        probe.expect(not differing, f"{created} has another {', '.join(differing)} than was sent.", kind="other")
        probe.expect(made.get("active") is True, f"{created} isn't active.", kind="active")
        secrets.append(str(made.get("secret")))
        listed = subscriber.listed(made["id"])
        kept = {name: value for name, value in made.items() if name != "secret"}
        probe.expect(listed == kept, f"{made['id']} isn't in the list as it was created.", kind="listed")
        told = probe.evidence(probe.contract.operations[LIST])
        leaked = any(secret.encode() in each.body for each in told for secret in secrets)
        probe.expect(not leaked, f"{probe.last} has a secret; it is told at creation alone.", kind="secret told")
    _are_fresh(probe, secrets)
    delete = probe.contract.operations[DELETE]
    path = dict.fromkeys(delete.path_names, made["id"])
    gone, again = probe.call(delete, path=path), probe.call(delete, path=path)
    probe.expect(gone.status == 204, f"{gone}; the subscription was there.", kind="deleted")
    probe.expect(again.status == 404, f"{again}; the subscription is gone.", kind="deleted again")
    probe.expect(subscriber.listed(made["id"]) is None, f"{made['id']} is deleted, and in the list.", kind="gone")


@law(
    "HOOK 2",
    "An event leads to one delivery for each subscription that names its type, and to none for others.",
    clause="/webhooks",
    over=of(CREATE),
    needs=(Capability.WRITES, Capability.RECEIVER),
    requests=22,
    worth=74,
)
def who_subscribed_is_told_once(probe: Probe) -> None:
    subscriber = Subscriber(probe)
    others = sorted({*probe.contract.data["webhooks"]} - {CANCELLED, UPDATED})
    subscriptions = {
        (CANCELLED,): subscriber.subscribe(CANCELLED),
        (UPDATED,): subscriber.subscribe(UPDATED),
        (CANCELLED, UPDATED): subscriber.subscribe(),
        (): subscriber.subscribe(*others),
    }
    deleted = subscriber.subscribe()
    subscriber.unsubscribe(deleted)
    foreign = _of_another_account(probe, subscriber)
    happened = subscriber.cancel("Told once")
    due = {types: [kind for kind in types if kind in happened.due] for types in subscriptions}
    for types, subscription in subscriptions.items():
        subscriber.wait(subscription, len(due[types]), happened.ids)
    subscriber.settle()
    identifiers: dict[str, set[str]] = {}
    for types, subscription in subscriptions.items():
        came = subscription.came(happened.ids)
        seen = sorted(str(each.json.get("type")) for each in came)
        named, told = (", ".join(each) or "nothing" for each in (due[types], seen))
        probe.expect(
            seen == sorted(due[types]),
            f"a subscription to {', '.join(subscription.created.json['events'])} was told {told} when a booking was "
            f"cancelled; {named} was due.",
            kind="missing" if len(seen) < len(due[types]) else "too many",
        )
        for arrival in came:
            is_right(probe, arrival)
            body = arrival.json
            identifiers.setdefault(body["type"], set()).add(body["id"])
            same = body["data"] == happened.due[body["type"]]
            probe.expect(same, f"{body['type']} tells another resource than can be read after it.", kind="data")
    for kind, ids in identifiers.items():
        probe.expect(len(ids) == 1, f"one {kind} has {len(ids)} ids, by subscription.", kind="ids")
    probe.expect(len({*map(str, identifiers.values())}) == len(identifiers), "two events have one id.", kind="one id")
    probe.expect(not deleted.came(happened.ids), "a subscription was told that was deleted before.", kind="deleted")
    probe.expect(
        foreign is None or not foreign.came(happened.ids), "a subscription of another account was told.", kind="account"
    )


@law(
    "HOOK 3",
    "A URL that nothing may be delivered to is refused, and so is one subscription too many; neither is kept.",
    clause="/components/responses/InvalidWebhookUrl",
    over=of(CREATE),
    needs=(Capability.WRITES,),
    requests=52,
    worth=26,
    quick=False,
)
def what_is_refused_is_not_kept(probe: Probe) -> None:
    listing = probe.contract.operations[LIST]
    before = len(probe.read(listing, {}))
    body = request_example(probe.operation, probe.contract)
    wrong = ("http://hooks.example.com/x", "https://user:word@hooks.example.com/", "https://hooks.example.com/#part")
    for url in wrong:
        answer = probe.create(probe.operation, body={**body, "url": url})
        refused = answer.status == 422 and answer.code == "invalid_webhook_url"
        probe.expect(refused, f"{answer} with {answer.code!r} to {url}; that is a 422 invalid_webhook_url.", kind="url")
    probe.expect(len(probe.read(listing, {})) == before, "what was refused is in the list.", kind="kept")
    most = probe.contract.policy.resource_limits["webhooks"]
    for number in range(before, most):
        answer = probe.create(probe.operation, body=body)
        if answer.status == 409 and len(probe.read(listing, {})) >= most:
            break  # somebody else has subscribed meanwhile
        probe.expect(answer.status == 201, f"{answer}; the account has {number} of {most}.", kind="room")
    answer = probe.create(probe.operation, body=body)
    full = answer.status == 409 and answer.code == "webhook_limit_reached"
    probe.expect(full, f"{answer} with {answer.code!r}; the account has {most} subscriptions.", kind="limit")


@law(
    "HOOK 4",
    "Whatever happens is told as the contract has it, to a subscription that names its type alone.",
    clause="/webhooks",
    over=of(CREATE),
    needs=(Capability.WRITES, Capability.RECEIVER, Capability.CONTROL),
    requests=30,
    worth=40,
    quick=False,
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
        probe.expect(kind in due, f"{kind} was triggered, and {', '.join(due)} came of it.", kind="type")
        subscriber.wait(every, len(due), ids)
        subscriber.wait(alone, due.count(kind), ids)
        subscriber.settle()
        # One resource may have been triggered before, for another type.
        came = every.came(ids)[-len(due) :]
        seen = sorted(each.json["type"] for each in came)
        probe.expect(seen == due, f"{kind} was told as {', '.join(seen)}; {', '.join(due)} happened.", kind=kind)
        one = [each.json["type"] for each in alone.came(ids)]
        probe.expect(
            one == [kind] * due.count(kind),
            f"a subscription to {kind} was told {', '.join(one) or 'nothing'}.",
            kind=kind,
        )
        for arrival in came:
            is_right(probe, arrival)
            wrong = probe.session.delivery_judge.signed(arrival, every.secret)
            probe.expect(
                wrong is None, f"{arrival.json['type']}: {wrong}.", clause="/x-webhook-signature", kind="signed"
            )
        subscriber.unsubscribe(alone)
    if not some:
        raise NotVerified(Capability.CONTROL)


def _are_fresh(probe: Probe, secrets: list[str]) -> None:
    """No two begin or end alike, and each is long enough for its alphabet."""
    prefix = probe.contract.policy.secrets["webhook_secret"]
    clause = "/components/schemas/WebhookCreated/properties/secret"
    for secret in secrets:
        own = secret.removeprefix(prefix)
        size = next((size for form, size in _ALPHABETS if re.fullmatch(form, own)), 94)
        bits = len(own) * math.log2(size)
        probe.expect(
            bits >= _BITS, f"a secret has {bits:.0f} bits at most; {_BITS} are due.", kind="bits", clause=clause
        )
    for one, two in combinations((each.removeprefix(prefix) for each in secrets), 2):
        alike = sum(a == b for a, b in zip(one, two, strict=False))
        probe.expect(alike < len(one) / 3, "two secrets are alike.", kind="fresh", clause=clause)


def _of_another_account(probe: Probe, subscriber: Subscriber) -> Subscription | None:
    try:
        theirs = probe.credential(subscriber.operation.scopes, account=1)
    except NotVerified:
        return None
    return subscriber.subscribe(credential=theirs)


def is_right(probe: Probe, arrival: Arrival) -> None:
    for fault in probe.session.delivery_judge.faults(arrival):
        probe.fail(f"a delivery isn't as the contract has it: {fault.message}", clause=fault.clause, kind="invalid")
    spaced = re.sub(rb'"(?:[^"\\]|\\.)*"', b"", arrival.body)
    compact = not re.search(rb"\s", spaced)
    probe.expect(compact, "a delivery has space between its members; it is compact JSON.", kind="compact")


LAWS: tuple[Law, ...] = (
    a_subscription_is_listed_until_it_is_deleted,
    who_subscribed_is_told_once,
    what_is_refused_is_not_kept,
    everything_that_happens_is_told,
)
