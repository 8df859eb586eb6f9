"""The webhook subscriptions that a server starts with, and where it delivers to."""

import ssl
from dataclasses import dataclass
from typing import Any

from smartcal_api.auth import SHORTEST
from smartcal_api.contract import Contract
from smartcal_api.errors import UsageError
from smartcal_api.http.roots import is_loopback
from smartcal_api.sandbox import Sandbox
from smartcal_api.sandbox.subscriptions import ensure_subscribed, url_fault
from smartcal_api.settings import Settings
from smartcal_api.webhooks.network import Receivers
from smartcal_api.webhooks.signing import fresh_secret
from smartcal_api.webhooks.trust import tls_context


@dataclass(frozen=True, slots=True)
class KnownWebhook:
    """A subscription with its secret, for the first account."""

    id: str
    url: str
    events: tuple[str, ...]
    secret: str

    def as_json(self) -> dict[str, Any]:
        return {"id": self.id, "url": self.url, "events": list(self.events), "secret": self.secret}


def webhook_ring(
    sandbox: Sandbox, contract: Contract, settings: Settings, receivers: Receivers
) -> tuple[KnownWebhook, ...]:
    """Subscribes what `--webhook` names; raises `UsageError`. A store that has such a subscription keeps that one."""
    types = tuple(contract.data["webhooks"])
    if settings.webhook_secret == "":
        raise UsageError("--webhook-secret: is empty, so that anybody could sign; give some text, or leave it out.")
    if not is_loopback(settings.host) and len(settings.webhook_secret or "x" * SHORTEST) < SHORTEST:
        raise UsageError(
            f"--webhook-secret: has fewer than {SHORTEST} characters, which can be guessed; beyond loopback give a "
            "longer one."
        )
    if settings.webhook_secret is not None:
        sandbox.secrets.know(settings.webhook_secret)
    known = []
    for given in settings.webhooks:
        fault = "is not an http or https URL." if "://" not in given.url else url_fault(given.url, receivers)
        if fault is not None:
            raise UsageError(f"--webhook: {given.url} {fault}")
        unknown = [each for each in given.events if each not in types]
        if unknown:
            raise UsageError(f"--webhook: the contract has no event type {unknown[0]}; it has {', '.join(types)}.")
        policy = contract.policy
        fresh = fresh_secret(policy.secrets["webhook_secret"], policy.webhook_signature.key)
        secret = settings.webhook_secret or fresh
        events = given.events or types
        made = ensure_subscribed(sandbox, given.url, events, secret=secret, owner=1, now=sandbox.clock.now())
        known.append(KnownWebhook(made["id"], given.url, events, secret))
    return tuple(known)


def subscribe_again(sandbox: Sandbox, webhooks: tuple[KnownWebhook, ...]) -> None:
    """In a sandbox that begins anew: the same subscriptions, with the secrets that were told at the start."""
    for each in webhooks:
        ensure_subscribed(sandbox, each.url, each.events, secret=each.secret, owner=1, now=sandbox.clock.now())


def receiver_trust(settings: Settings) -> ssl.SSLContext | None:
    """What `--receiver-ca` adds to the authorities of this machine; raises `UsageError`."""
    return tls_context(settings.receiver_ca) if settings.receiver_ca is not None else None
