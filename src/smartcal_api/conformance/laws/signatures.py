"""SIGN: who knows the secret can tell that a delivery is the deployment's, byte for byte."""

from smartcal_api.conformance.app import of
from smartcal_api.conformance.capability import Capability
from smartcal_api.conformance.law import Law, law
from smartcal_api.conformance.probe import Probe
from smartcal_api.conformance.subscriber import CANCELLED, CREATE, UPDATED, Subscriber, about

_REASONS = ("Ünïcödé 🗓️ </script>", ' zwei  Leerzeichen "\\/\n\t', "\u2028\u00e9e\u0301")


@law(
    "SIGN 1",
    "The signature is that of exactly the bytes that came, under the secret of the subscription, and no other.",
    clause="/x-webhook-signature",
    over=of(CREATE),
    needs=(Capability.WRITES, Capability.RECEIVER),
    requests=14,
    worth=73,
)
def the_signature_is_of_the_bytes(probe: Probe) -> None:
    subscriber, judge = Subscriber(probe), probe.session.delivery_judge
    one, two = subscriber.subscribe(CANCELLED, UPDATED), subscriber.subscribe(CANCELLED)
    header = probe.contract.policy.webhook_signature.header
    for reason in _REASONS[: 2 if probe.full else 1]:
        happened = subscriber.cancel(reason)
        came = one.box.wait(len(happened.due), about(happened.ids))
        others = two.box.wait(1, about(happened.ids))
        if not came or not others:
            probe.give_up("nothing was delivered")
        for arrivals, subscription in ((came, one), (others, two)):
            for arrival in arrivals:
                wrong = judge.signed(arrival, subscription.secret)
                probe.expect(wrong is None, f"{arrival.json['type']}: {wrong}.", kind="signature")
        told = next((each.json for each in came if each.json["type"] == CANCELLED), None)
        kept = told is not None and told["data"]["cancellation"]["reason"] == reason
        probe.expect(kept, f"the reason {reason!r} was told as something else.", kind="bytes", clause="/webhooks")
        same = {value for each in came if each.json["type"] == CANCELLED for value in each.every(header)}
        probe.expect(
            not same & {value for each in others for value in each.every(header)},
            "two subscriptions have one signature, so they have one key.",
            kind="one key",
        )


LAWS: tuple[Law, ...] = (the_signature_is_of_the_bytes,)
