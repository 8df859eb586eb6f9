"""Gives every sandbox of a server its courier, and all of them one way to the network."""

import asyncio
import logging
import ssl
from typing import TYPE_CHECKING, Protocol

from smartcal_api.clock import Clock
from smartcal_api.webhooks.courier import Courier
from smartcal_api.webhooks.lease import Lease
from smartcal_api.webhooks.misbehaviour import DROPPED, spoilt
from smartcal_api.webhooks.network import Receivers
from smartcal_api.webhooks.outbox import Outbox
from smartcal_api.webhooks.outcome import INVALID, Outcome
from smartcal_api.webhooks.own_plane import OwnPlane

if TYPE_CHECKING:
    from smartcal_api.webhooks.attempt import Sender
    from smartcal_api.webhooks.dialling import Resolve

_JSON = "application/json"  # of a type that an edited contract has no more
_log = logging.getLogger("smartcal")


class World(Protocol):
    """What a sandbox has that delivering needs."""

    outbox: Outbox
    clock: Clock


class Dispatcher:
    """Lives in a running event loop; `attach` a sandbox when it is made, `detach` it when it goes."""

    def __init__(
        self,
        receivers: Receivers,
        *,
        tls: ssl.SSLContext | None = None,
        resolve: "Resolve | None" = None,
        own_plane: OwnPlane | None = None,
    ) -> None:
        self._receivers, self._tls, self._resolve, self._own_plane = receivers, tls, resolve, own_plane
        self._sender: Sender | None = None
        self._couriers: dict[Outbox, Courier] = {}

    def attach(self, world: World) -> None:
        async def send(lease: Lease) -> Outcome:
            return await self._send(lease, world.outbox)

        self._couriers[world.outbox] = Courier(world.outbox, world.clock, send)

    def detach(self, world: World) -> None:
        """What is on its way is broken off: whoever asked for it is gone with the sandbox."""
        courier = self._couriers.pop(world.outbox, None)
        if courier is not None:
            courier.abandon()

    async def close(self, *, grace: float) -> None:
        """Lets what is on its way finish for so many seconds; the rest is due again when the server is back."""
        await asyncio.gather(*(courier.close(grace=grace) for courier in self._couriers.values()))
        self._couriers.clear()

    async def _send(self, lease: Lease, outbox: Outbox) -> Outcome:
        # An HTTP client costs a start a tenth of a second, and many a server never delivers anything.
        from smartcal_api.webhooks.attempt import Request, Sender

        if self._sender is None:
            self._sender = Sender(self._receivers, tls=self._tls, resolve=self._resolve, own_plane=self._own_plane)
        if lease.misbehaviour == DROPPED:
            return Outcome(duration=0, error=DROPPED, detail="as was asked for: it is not sent")
        objection = outbox.terms.objection(lease)
        if objection is not None:
            _log.error("%s: %s is not sent, for it breaks the contract at %s", lease.id, lease.event_type, objection)
            return Outcome(duration=0, error=INVALID, detail=objection)
        lease = spoilt(lease)
        request = Request(lease.url, lease.body, outbox.terms.headers(lease))
        outcome = await self._sender.send(request, timeout=outbox.terms.attempt_timeout)
        if outcome.error is not None:
            _log.warning("%s to %s: %s: %s", lease.id, lease.url, outcome.error, outcome.detail)
        elif not outcome.success:
            _log.info("%s to %s: answered %s", lease.id, lease.url, outcome.status)
        return outcome
