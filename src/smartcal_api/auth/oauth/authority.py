"""What a sandbox knows of OAuth: its clients, codes and tokens, and how strict it is."""

from collections.abc import Callable

from smartcal_api.auth.oauth.clients import Clients
from smartcal_api.auth.oauth.codes import Codes
from smartcal_api.auth.oauth.tickets import Tickets
from smartcal_api.auth.oauth.tokens import Tokens
from smartcal_api.auth.secrecy import Secrets
from smartcal_api.clock import Clock
from smartcal_api.contract import Contract
from smartcal_api.contract.schemes import flows
from smartcal_api.store import Store


class OAuth:
    """`pkce_required` demands a challenge of every client, `auto_consent` answers for the user, without a page."""

    def __init__(
        self,
        contract: Contract,
        store: Store,
        clock: Clock,
        *,
        secrets: Secrets,
        announce: Callable[[bytes | str], None],
    ) -> None:
        policy = contract.policy
        self.store = store
        self.pkce_required = False
        self.auto_consent = False
        self.scopes = contract.scopes
        self.flows = flows(contract.data)
        self.clients = Clients(store, clock, prefix=policy.secrets["client_secret"], secrets=secrets, announce=announce)
        self.codes = Codes(store, clock, prefix=policy.secrets["authorization_code"], lifetimes=policy.lifetimes)
        self.tokens = Tokens(
            store,
            clock,
            prefixes=policy.secrets,
            lifetimes=policy.lifetimes,
            implies=policy.scope_implies,
            announce=announce,
        )
        self.tickets = Tickets(store, clock)

    def remove_client(self, identifier: str) -> bool:
        """Whether there was one; every grant that it has ends with it."""
        with self.store.transaction():
            self.codes.revoke(client=identifier)
            return self.clients.remove(identifier)

    def adopt(self, contract: Contract) -> None:
        """Goes on under an edited contract; what was issued keeps the lifetime that it was given."""
        policy = contract.policy
        self.scopes = contract.scopes
        self.flows = flows(contract.data)
        self.clients.adopt(prefix=policy.secrets["client_secret"])
        self.codes.adopt(prefix=policy.secrets["authorization_code"], lifetimes=policy.lifetimes)
        self.tokens.adopt(prefixes=policy.secrets, lifetimes=policy.lifetimes, implies=policy.scope_implies)
