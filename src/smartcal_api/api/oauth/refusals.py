"""One line of log for each refusal, without anything secret in it."""

import logging

from smartcal_api.auth.oauth import Client, Refused
from smartcal_api.http.exchange import Exchange
from smartcal_api.http.problems import as_reference

_log = logging.getLogger("smartcal")


def note(exchange: Exchange, refused: Refused, client: Client | None) -> None:
    """Of what was sent only the client's id is named, and only where such a client is registered."""
    who = f" (client {client.id})" if client is not None else ""
    hidden = exchange.sandbox.secrets.hidden
    path, said = hidden(as_reference(exchange.scope["path"])), hidden(str(refused))
    method = exchange.scope["method"]
    _log.info("%s %s %s: %s%s See %s", exchange.request_id, method, path, said, who, exchange.story)
