"""Makes webhook subscriptions, for whoever asked: a request, or a flag of the server."""

import secrets
from collections.abc import Sequence
from typing import Any

import orjson

from smartcal_api.clock import format_rfc3339
from smartcal_api.sandbox.sandbox import Sandbox

COLLECTION = "Webhook"


def fresh_secret(prefix: str) -> str:
    """256 random bits behind the contract's prefix (law HOOK 1)."""
    return prefix + secrets.token_urlsafe(32)


def subscribe(
    sandbox: Sandbox,
    url: str,
    events: Sequence[str],
    *,
    secret: str,
    owner: int,
    now: int,
    description: str | None = None,
) -> dict[str, Any]:
    """The new subscription, without its secret."""
    at = format_rfc3339(now)
    with sandbox.store.transaction():
        webhook = {
            "id": sandbox.mint("webhook"),
            "object": "webhook",
            "url": url,
            "events": list(events),
            "description": description,
            "active": True,
            "disabled_reason": None,
            "created_at": at,
            "updated_at": at,
        }
        sandbox.store.put(COLLECTION, webhook, owner=owner)
        sandbox.store.query("INSERT INTO webhook_secrets VALUES (?, ?)", (webhook["id"], secret))
    return webhook


def ensure_subscribed(
    sandbox: Sandbox, url: str, events: Sequence[str], *, secret: str, owner: int, now: int
) -> dict[str, Any]:
    """The subscription of that URL to those events, made unless it is there; it has this secret from now on."""
    for who, text in sandbox.store.all(COLLECTION):
        webhook: dict[str, Any] = orjson.loads(text)
        if who == owner and webhook["url"] == url and webhook["events"] == list(events) and webhook["active"]:
            with sandbox.store.transaction():
                sandbox.store.query("UPDATE webhook_secrets SET secret = ? WHERE webhook = ?", (secret, webhook["id"]))
            return webhook
    return subscribe(sandbox, url, events, secret=secret, owner=owner, now=now)
