"""The account behind a credential, and what this credential may do."""

import orjson

from smartcal_api.http.answer import Answer
from smartcal_api.http.exchange import Exchange


def get_account(exchange: Exchange) -> Answer:
    principal = exchange.principal
    (account,), _ = exchange.sandbox.store.page("Account", owner=principal.owner, limit=1)
    return exchange.success.value(
        orjson.loads(account) | {"scopes": principal.granted, "auth_method": principal.method}
    )
