"""The OAuth clients that a server starts with: two to try the flow with, and those that were asked for."""

from dataclasses import dataclass
from typing import Any

from smartcal_api.auth.oauth import check_redirect_uri
from smartcal_api.contract import Contract
from smartcal_api.errors import UsageError
from smartcal_api.http.roots import is_loopback
from smartcal_api.sandbox import Sandbox
from smartcal_api.settings import Settings

CONFIDENTIAL, PUBLIC = "demo_app", "demo_public"
# Any port does on the addresses, and on localhost, since these are development clients.
_CALLBACKS = ("http://127.0.0.1/callback", "http://localhost/callback", "http://[::1]/callback")
_OPERATIONS = {
    "authorize_url": "authorize",
    "token_url": "issueToken",
    "revoke_url": "revokeToken",
    "metadata_url": "getAuthorizationServerMetadata",
}


@dataclass(frozen=True, slots=True)
class KnownClient:
    """A client and its secret, which is None for a public one; it is valid while the server runs."""

    client_id: str
    client_secret: str | None
    redirect_uris: tuple[str, ...]


def client_ring(sandbox: Sandbox, contract: Contract, settings: Settings) -> tuple[KnownClient, ...]:
    """The demo clients, whose secret is well known on loopback and random on any other bind, and those given."""
    clients = sandbox.oauth.clients
    prefix = contract.policy.secrets["client_secret"]
    secret = f"{prefix}{CONFIDENTIAL}" if is_loopback(settings.host) else clients.random_secret()
    # Nobody can keep an app without a secret from being imitated, so it can't ask for what stands for everything.
    modest = [scope for scope in contract.scopes if scope not in contract.policy.scope_implies]
    clients.add(CONFIDENTIAL, _CALLBACKS, secret=secret, name="Demo app", development=True)
    clients.add(PUBLIC, _CALLBACKS, secret=None, name="Demo app without a secret", scopes=modest, development=True)
    known = {
        CONFIDENTIAL: KnownClient(CONFIDENTIAL, secret, _CALLBACKS),
        PUBLIC: KnownClient(PUBLIC, None, _CALLBACKS),
    }
    for given in settings.oauth_clients:
        for uri in given.redirect_uris:
            try:
                check_redirect_uri(uri)
            except ValueError as error:
                raise UsageError(f"--oauth-client: the redirect URI {uri!r} of {given.client_id} {error}.") from None
        if not is_loopback(settings.host) and given.secret == f"{prefix}{CONFIDENTIAL}":
            raise UsageError("--oauth-client: the demo secret is known to everybody; beyond loopback give another.")
        clients.add(given.client_id, given.redirect_uris, secret=given.secret)
        known[given.client_id] = KnownClient(given.client_id, given.secret, given.redirect_uris)
    return tuple(known.values())


def oauth_document(root: str, contract: Contract, clients: tuple[KnownClient, ...]) -> dict[str, Any]:
    """What the ready file says of OAuth; an endpoint that the contract lacks has no URL."""
    urls = {
        name: root + contract.operations[operation].path
        for name, operation in _OPERATIONS.items()
        if operation in contract.operations
    }
    listed = [
        {
            "client_id": each.client_id,
            "client_secret": each.client_secret,
            "redirect_uris": list(each.redirect_uris),
        }
        for each in clients
    ]
    return {**urls, "clients": listed}
