"""Secrets of subscriptions: told once, and each another one."""

from collections.abc import Sequence
from itertools import combinations

from smartcal_api.conformance.basis import SAFETY
from smartcal_api.conformance.exchange import Exchange
from smartcal_api.conformance.probe import Probe
from smartcal_api.conformance.secret import most_bits

_BITS = 192


def is_untold(probe: Probe, answer: Exchange, secrets: Sequence[str]) -> None:
    """No answer but that to the creation has one of them."""
    leaked = any(secret.encode() in answer.body for secret in secrets)
    said = f"{answer} has a secret; it is told at creation alone."
    probe.expect(not leaked, said, by=SAFETY, at=answer, kind="secret told", seen="")


def are_fresh(probe: Probe, secrets: list[str]) -> None:
    """No two begin or end alike, and each is long enough for its alphabet."""
    prefix = probe.contract.policy.secrets["webhook_secret"]
    by = "/components/schemas/WebhookCreated/properties/secret"
    for secret in secrets:
        bits = most_bits(secret.removeprefix(prefix))
        said = f"a secret has {bits:.0f} bits at most; {_BITS} are due."
        probe.expect(bits >= _BITS, said, by=by, kind="bits", seen="")
    for one, two in combinations((each.removeprefix(prefix) for each in secrets), 2):
        alike = sum(a == b for a, b in zip(one, two, strict=False))
        probe.expect(alike < len(one) / 3, "two secrets are alike.", by=by, kind="fresh", seen="")
