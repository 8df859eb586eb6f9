"""Webhook subscriptions: made, listed, deleted (law HOOK 1)."""

import secrets
from urllib.parse import urlsplit

from smartcal_api.api.resources import list_path, missing
from smartcal_api.clock import format_rfc3339
from smartcal_api.contract import Contract
from smartcal_api.errors import Invalid, Problem
from smartcal_api.http.answer import Answer, json_answer
from smartcal_api.http.exchange import Exchange
from smartcal_api.http.roots import is_loopback

_COLLECTION = "Webhook"


class Subscriptions:
    """The two operations that change subscriptions, with what the contract says of them."""

    def __init__(self, contract: Contract) -> None:
        self._at_most = contract.policy.resource_limits["webhooks"]
        self._prefix = contract.policy.secrets["webhook_secret"]

    def create(self, exchange: Exchange) -> Answer:
        sandbox, owner, wanted = exchange.sandbox, exchange.principal.owner, exchange.body
        self._check(wanted["url"])
        at = format_rfc3339(exchange.now)
        secret = self._prefix + secrets.token_urlsafe(32)
        with sandbox.store.transaction():
            _, count = sandbox.store.page(_COLLECTION, owner=owner, limit=1)
            if count >= self._at_most:
                raise Problem(
                    "webhook_limit_reached",
                    f"This account has {count} webhook subscriptions and may have {self._at_most}. "
                    f"DELETE {list_path(exchange)}/{{webhook_id}} ends one.",
                )
            webhook = {
                "id": sandbox.mint("webhook"),
                "object": "webhook",
                "url": wanted["url"],
                "events": wanted["events"],
                "description": wanted.get("description"),
                "active": True,
                "disabled_reason": None,
                "created_at": at,
                "updated_at": at,
            }
            sandbox.store.put(_COLLECTION, webhook, owner=owner)
            sandbox.store.query("INSERT INTO webhook_secrets VALUES (?, ?)", (webhook["id"], secret))
        location = f"{exchange.root}{exchange.scope['raw_path'].decode('ascii')}/{webhook['id']}"
        return json_answer(201, {**webhook, "secret": secret}, headers={"Location": location})

    def delete(self, exchange: Exchange) -> Answer:
        store, identifier = exchange.sandbox.store, exchange.identifier
        with store.transaction():
            if not store.delete(_COLLECTION, identifier, owner=exchange.principal.owner):
                raise missing(exchange, "webhook subscription", identifier)
            store.query("DELETE FROM webhook_secrets WHERE webhook = ?", (identifier,))
            exchange.sandbox.outbox.cancel(identifier)
        return Answer(204)

    def _check(self, url: str) -> None:
        """The rules that no schema can state."""
        fault = url_fault(url)
        if fault is not None:
            raise Problem(
                "invalid_webhook_url", f"The URL {fault}", errors=[Invalid(f"The URL {fault}", pointer="/url")]
            )


def url_fault(url: str) -> str | None:
    """What is wrong with a subscription's URL and what to do, or None."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return "has no valid host and port; write it as https://host/path."
    if not host or port == 0:
        return "has no valid host and port; write it as https://host/path."
    if parts.username is not None or parts.password is not None:
        return "carries user-info; take what stands before the @ out."
    if "#" in url:
        return "has a fragment; take it and its # out."
    if parts.scheme != "https" and not is_loopback(host):
        return "is plain http to a host that is not loopback; use https, or a loopback address for local tests."
    return None
