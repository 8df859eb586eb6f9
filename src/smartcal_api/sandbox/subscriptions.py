"""Makes webhook subscriptions, for whoever asked: a request, or a flag of the server."""

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

import orjson

from smartcal_api.clock import format_rfc3339
from smartcal_api.sandbox.sandbox import Sandbox
from smartcal_api.webhooks.network import Receivers, literal

COLLECTION = "Webhook"
_HOST = re.compile(r"[A-Za-z0-9._-]{1,253}", re.ASCII)


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
        webhook = subscription(sandbox.mint("webhook"), url, events, description=description, at=at)
        webhook = sandbox.keep(COLLECTION, webhook, owner=owner)
        sandbox.store.query("INSERT INTO webhook_secrets VALUES (?, ?)", (webhook["id"], secret))
        sandbox.secrets.keep(secret, sandbox.store)
    return webhook


def subscription(
    identifier: str, url: str, events: Sequence[str], *, description: str | None, at: str
) -> dict[str, Any]:
    """An active one, as it is when it has just been made."""
    return {
        "id": identifier,
        "object": "webhook",
        "url": url,
        "events": list(events),
        "description": description,
        "active": True,
        "disabled_reason": None,
        "created_at": at,
        "updated_at": at,
    }


def unsubscribe(sandbox: Sandbox, identifier: str, *, owner: int) -> bool:
    """Whether there was one to end; what is still to be delivered to it is cancelled."""
    with sandbox.store.transaction():
        if not sandbox.store.delete(COLLECTION, identifier, owner=owner):
            return False
        sandbox.store.query("DELETE FROM webhook_secrets WHERE webhook = ?", (identifier,))
        sandbox.outbox.cancel(identifier)
    return True


def ensure_subscribed(
    sandbox: Sandbox, url: str, events: Sequence[str], *, secret: str, owner: int, now: int
) -> dict[str, Any]:
    """The subscription of that URL to those events, made unless it is there; it has this secret from now on."""
    for who, text in sandbox.store.all(COLLECTION):
        webhook: dict[str, Any] = orjson.loads(text)
        if who == owner and webhook["url"] == url and webhook["events"] == list(events) and webhook["active"]:
            with sandbox.store.transaction():
                sandbox.store.query("UPDATE webhook_secrets SET secret = ? WHERE webhook = ?", (secret, webhook["id"]))
                sandbox.secrets.keep(secret, sandbox.store)
            return webhook
    return subscribe(sandbox, url, events, secret=secret, owner=owner, now=now)


def url_fault(url: str, receivers: Receivers) -> str | None:
    """What is wrong with a subscription's URL and what to do, or None."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return "has no valid host and port; write it as https://host/path."
    # Names beyond ASCII come as punycode, and an address in the way that addresses are written.
    if not host or port == 0 or not (_HOST.fullmatch(host) or literal(host)):
        return "has no valid host and port; write it as https://host/path."
    if parts.username is not None or parts.password is not None:
        return "carries user-info; take what stands before the @ out."
    if "#" in url:
        return "has a fragment; take it and its # out."
    if parts.scheme != "https" and not receivers.takes_plain_http(host):
        return (
            "is plain http to a host that is not loopback; use https, a loopback address for local tests, "
            f"or start the server with --allow-receiver {host}."
        )
    return None
