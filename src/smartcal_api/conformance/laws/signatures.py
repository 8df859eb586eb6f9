"""SIGN: who knows the secret can tell that a delivery is the deployment's, byte for byte."""

from smartcal_api.conformance.app import of
from smartcal_api.conformance.basis import SAFETY
from smartcal_api.conformance.capability import Capability
from smartcal_api.conformance.law import Law, law
from smartcal_api.conformance.probe import Probe
from smartcal_api.conformance.receiver import OK, Arrival, Reply
from smartcal_api.conformance.subscriber import CANCELLED, CREATE, UPDATED, Subscriber, Subscription, is_signed
from smartcal_api.conformance.text import LOST, Kept, kept

_RETRIED = 6.0
"""Seconds in which a first retry is waited for."""
_REASONS = (
    "smartcal-verify Ünïcödé 🗓️ </script>".ljust(400, "x"),
    'smartcal-verify: zwei  Leerzeichen "\\/\n\t',
    "\u2028\u00e9e\u0301",
)


@law(
    "SIGN 1",
    "The signature is that of exactly the bytes that came, under the secret of the subscription, and no other.",
    over=of(CREATE),
    needs=(Capability.WRITES, Capability.RECEIVER),
    requests=14,
    worth=73,
)
def the_signature_is_of_the_bytes(probe: Probe) -> None:
    """Whatever comes is verified, since what it tells is in a form that the contract alone decides."""
    subscriber = Subscriber(probe)
    one, two = subscriber.subscribe(CANCELLED, UPDATED), subscriber.subscribe(CANCELLED)
    replies = iter([Reply(500)])
    failing = subscriber.subscribe(CANCELLED, answering=lambda _: next(replies, OK))
    header = probe.contract.policy.webhook_signature.header
    for reason in _REASONS[: 2 if probe.full else 1]:
        happened = subscriber.cancel(reason)
        for subscription in (one, two):
            for arrival in subscription.box.wait(1):
                is_signed(probe, arrival, subscription)  # before anything is read in it
        subscriber.wait(two, 1, happened.ids)
        subscriber.wait(one, len(happened.due), happened.ids)
        subscriber.settle()
        for subscription in (one, two):
            came = subscription.box.those()
            if not came:
                probe.give_up("nothing was delivered")
            for arrival in came:
                is_signed(probe, arrival, subscription)
        _tells(probe, happened.reason, one.came([happened.id]))
        _is_signed_again(probe, failing)
        signatures = [{v for each in s.box.those() for v in each.every(header)} for s in (one, two)]
        said = "two subscriptions have one signature, so they have one key."
        shared = signatures[0] & signatures[1]
        probe.expect(
            not shared, said, by="/components/schemas/WebhookCreated/properties/secret", kind="one key", seen=""
        )


def _is_signed_again(probe: Probe, failing: Subscription) -> None:
    """What failed may be tried again, soon: then it is signed like any other."""
    if probe.has_control:
        probe.control.advance(probe.contract.policy.retry_schedule.delays_seconds[1] + 1)
    for arrival in failing.box.wait(2, seconds=1.0 if probe.has_control else _RETRIED):
        is_signed(probe, arrival, failing)


def _tells(probe: Probe, reason: str, came: list[Arrival]) -> None:
    for arrival in came:
        how = kept(reason, arrival.json)
        said = f"the reason {reason!r} was told as {how.told!r}."
        probe.expect(how.kind not in LOST, said, by=SAFETY, kind="bytes", seen="mangled")
    exact = any(kept(reason, each.json).kind is Kept.EXACT for each in came)
    probe.expect(exact, f"the reason {reason!r} was told as something else.", by="/webhooks", kind="bytes", seen="")


LAWS: tuple[Law, ...] = (the_signature_is_of_the_bytes,)
