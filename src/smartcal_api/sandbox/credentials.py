"""The keys and the OAuth clients that a sandbox starts with, in clear: whoever made it is told them, once."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from smartcal_api.auth import random_key
from smartcal_api.contract import Contract
from smartcal_api.sandbox.sandbox import Sandbox

CONFIDENTIAL, PUBLIC = "demo_app", "demo_public"
DOCS_CLIENT = "demo_docs"
"""The page of the documents, which signs in without a secret."""
DOCS_CALLBACK = "/_sandbox/docs/oauth2-redirect.html"
# Any port does on the addresses, and on localhost, since these are development clients.
CALLBACKS = ("http://127.0.0.1/callback", "http://localhost/callback", "http://[::1]/callback")

METADATA = "getAuthorizationServerMetadata"
_OPERATIONS = {
    "authorize_url": "authorize",
    "token_url": "issueToken",
    "revoke_url": "revokeToken",
    "metadata_url": METADATA,
}


@dataclass(frozen=True, slots=True)
class KeyRing:
    """scope → key, for the main account and for the second one; each is valid while the server runs."""

    main: Mapping[str, str]
    other: Mapping[str, str]
    well_known: bool = False


@dataclass(frozen=True, slots=True)
class KnownClient:
    """A client and its secret, which is None for a public one; it is valid while the server runs."""

    client_id: str
    client_secret: str | None
    redirect_uris: tuple[str, ...]


def random_keys(sandbox: Sandbox, contract: Contract) -> KeyRing:
    """One key for each of `key_scopes` and account, taken in by the sandbox."""
    prefix = contract.policy.secrets["api_key"]
    main, other = ({name: random_key(prefix) for name in contract.key_scopes} for _ in (1, 2))
    for owner, ring in ((1, main), (2, other)):
        for name, value in ring.items():
            sandbox.keys.add(value, contract.key_scopes[name], owner=owner)
    return KeyRing(main, other)


def demo_clients(
    sandbox: Sandbox, contract: Contract, *, secret: str, public_url: str | None = None, suffix: str = ""
) -> tuple[KnownClient, ...]:
    """A confidential client and a public one to try the flow with, taken in by the sandbox; and beside them the page of
    the documents, which is also at the `public_url`."""
    # Nobody can keep an app without a secret from being imitated, so it can't ask for what stands for everything.
    modest = [scope for scope in contract.scopes if scope not in contract.policy.scope_implies]
    confidential, public = CONFIDENTIAL + suffix, PUBLIC + suffix
    add = sandbox.oauth.clients.add
    add(confidential, CALLBACKS, secret=secret, name="Demo app", development=True)
    add(public, CALLBACKS, secret=None, name="Demo app without a secret", scopes=modest, development=True)
    pages = [each.replace("/callback", DOCS_CALLBACK) for each in CALLBACKS]
    pages += [public_url.rstrip("/") + DOCS_CALLBACK] if public_url is not None else []
    add(DOCS_CLIENT + suffix, pages, secret=None, name="The page of the documents", scopes=modest, development=True)
    return KnownClient(confidential, secret, CALLBACKS), KnownClient(public, None, CALLBACKS)


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
