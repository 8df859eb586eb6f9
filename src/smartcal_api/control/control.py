"""What the handlers of the control plane work on."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from smartcal_api.contract import Contract, Description
from smartcal_api.control.stale import Stale
from smartcal_api.http.answer import Answer
from smartcal_api.http.event_stream import EventStream
from smartcal_api.http.exchange import Exchange
from smartcal_api.http.gate import Gate
from smartcal_api.sandbox.creation import Creator, Product
from smartcal_api.sandbox.registry import Registry
from smartcal_api.webhooks.network import LOOPBACK, Receivers

PREFIX = "/_sandbox"
ControlHandler = Callable[[Exchange], Answer | EventStream | Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Control:
    """The sandboxes, what makes new ones, and the documents that are served."""

    registry: Registry
    product: Callable[[], Product]
    creator: Creator
    description: Description
    gate: Gate
    receivers: Receivers = LOOPBACK
    stale: Callable[[], Stale | None] = lambda: None
    """What is wrong with the file of the contract since it was taken up."""

    @property
    def contract(self) -> Contract:
        return self.product().contract

    async def answer(self, exchange: Exchange, make: Callable[[], Answer]) -> Answer:
        """An answer that may be large, made and judged beside the loop."""

        def judged() -> Answer:
            answer = make()
            self.gate.check(exchange, answer)
            return answer

        return await self.registry.background.run(judged)
