"""Has settings go wrong, if they are going to, before anything of the user's is touched."""

from contextlib import closing

from smartcal_api.clock import Clock
from smartcal_api.contract import Contract
from smartcal_api.sandbox import Sandbox
from smartcal_api.server.clients import client_ring
from smartcal_api.server.webhooks import webhook_ring
from smartcal_api.server.world import check_sizes, key_ring
from smartcal_api.settings import Settings
from smartcal_api.store import open_store
from smartcal_api.webhooks.network import LOOPBACK, Receivers


def rehearse(contract: Contract, settings: Settings, receivers: Receivers = LOOPBACK) -> None:
    """Takes them up in a sandbox that nobody keeps; raises the `UsageError` that taking them up would."""
    with closing(open_store(contract)) as store:
        sandbox = Sandbox("rehearsal", contract, store, Clock(settings.now, frozen=True))
        check_sizes(sandbox, settings)
        key_ring(sandbox, contract, settings)
        client_ring(sandbox, contract, settings)
        webhook_ring(sandbox, contract, settings, receivers)
