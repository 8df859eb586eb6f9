"""The OAuth clients that a server starts with: two to try the flow with, and those that were asked for."""

from smartcal_api.auth import SHORTEST
from smartcal_api.auth.oauth import check_redirect_uri
from smartcal_api.contract import Contract
from smartcal_api.errors import UsageError
from smartcal_api.http.roots import is_loopback
from smartcal_api.sandbox import Sandbox
from smartcal_api.sandbox.credentials import CONFIDENTIAL, KnownClient, demo_clients
from smartcal_api.settings import Settings


def client_ring(sandbox: Sandbox, contract: Contract, settings: Settings) -> tuple[KnownClient, ...]:
    """The demo clients, whose secret is well known on loopback and random on any other bind, and those given."""
    clients = sandbox.oauth.clients
    prefix = contract.policy.secrets["client_secret"]
    secret = f"{prefix}{CONFIDENTIAL}" if is_loopback(settings.host) else clients.random_secret()
    demo = demo_clients(sandbox, contract, secret=secret, public_url=settings.public_url)
    known = {each.client_id: each for each in demo}
    for given in settings.oauth_clients:
        for uri in given.redirect_uris:
            try:
                check_redirect_uri(uri)
            except ValueError as error:
                raise UsageError(f"--oauth-client: the redirect URI {uri!r} of {given.client_id} {error}.") from None
        if not is_loopback(settings.host) and given.secret == f"{prefix}{CONFIDENTIAL}":
            raise UsageError("--oauth-client: the demo secret is known to everybody; beyond loopback give another.")
        if not is_loopback(settings.host) and given.secret is not None and len(given.secret) < SHORTEST:
            raise UsageError(
                f"--oauth-client: the secret of {given.client_id} has fewer than {SHORTEST} characters, which can be "
                "guessed; beyond loopback give a longer one."
            )
        clients.add(given.client_id, given.redirect_uris, secret=given.secret)
        known[given.client_id] = KnownClient(given.client_id, given.secret, given.redirect_uris)
    return tuple(known.values())
