"""Webhook subscriptions: made, listed, deleted (law HOOK 1)."""

import logging
from urllib.parse import urlsplit

from smartcal_api.api.resources import list_path, missing
from smartcal_api.contract import Contract
from smartcal_api.errors import Clause, Invalid, Problem
from smartcal_api.http.answer import Answer
from smartcal_api.http.exchange import Exchange
from smartcal_api.sandbox.subscriptions import COLLECTION, subscribe, unsubscribe, url_fault
from smartcal_api.webhooks.network import Receivers
from smartcal_api.webhooks.signing import fresh_secret

_log = logging.getLogger("smartcal")


class Subscriptions:
    """The two operations that change subscriptions, with what the contract says of them."""

    def __init__(self, contract: Contract, receivers: Receivers) -> None:
        self._at_most = contract.policy.resource_limits["webhooks"]
        self._prefix = contract.policy.secrets["webhook_secret"]
        self._key = contract.policy.webhook_signature.key
        self._receivers = receivers

    def create(self, exchange: Exchange) -> Answer:
        sandbox, owner, wanted = exchange.sandbox, exchange.principal.owner, exchange.body
        self._check(wanted["url"])
        secret = fresh_secret(self._prefix, self._key)
        with sandbox.store.transaction():
            _, count = sandbox.store.page(COLLECTION, owner=owner, limit=1)
            if count >= self._at_most:
                raise Problem(
                    "webhook_limit_reached",
                    f"This account has {count} webhook subscriptions and may have {self._at_most}. "
                    f"DELETE {list_path(exchange)}/{{webhook_id}} ends one.",
                    clause=Clause("/x-resource-limits/webhooks", {"limit": self._at_most}),
                )
            webhook = subscribe(
                sandbox,
                wanted["url"],
                wanted["events"],
                secret=secret,
                owner=owner,
                now=exchange.now,
                description=wanted.get("description"),
            )
        location = f"{exchange.root}{exchange.scope['raw_path'].decode('ascii')}/{webhook['id']}"
        doubt = self._receivers.doubt(urlsplit(webhook["url"]).hostname or "")
        if doubt is not None:
            _log.warning("%s: %s", webhook["id"], doubt)
        warning = {} if doubt is None else {"Warning": f'299 smartcal "{doubt}"'}
        return exchange.success.value({**webhook, "secret": secret}, headers={"Location": location, **warning})

    def delete(self, exchange: Exchange) -> Answer:
        if not unsubscribe(exchange.sandbox, exchange.identifier, owner=exchange.principal.owner):
            raise missing(exchange, "webhook subscription", exchange.identifier)
        return exchange.success.empty()

    def _check(self, url: str) -> None:
        """The rules that no schema can state."""
        fault = url_fault(url, self._receivers)
        if fault is not None:
            raise Problem(
                "invalid_webhook_url", f"The URL {fault}", errors=[Invalid(f"The URL {fault}", pointer="/url")]
            )
