"""What the handlers of the control plane work on."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from smartcal_api.contract import Contract, Description, Operation
from smartcal_api.http.answer import Answer
from smartcal_api.http.exchange import Exchange
from smartcal_api.sandbox.creation import Creator
from smartcal_api.sandbox.registry import Registry
from smartcal_api.webhooks.network import LOOPBACK, Receivers

PREFIX = "/_sandbox"
ControlHandler = Callable[[Exchange], Answer | Awaitable[Answer]]


class Product(Protocol):
    """The product's application as it is served now; it changes when an edited contract is taken up."""

    @property
    def contract(self) -> Contract: ...

    @property
    def mocked(self) -> list[Operation]: ...


@dataclass(frozen=True, slots=True)
class Control:
    """The sandboxes, what makes new ones, and the documents that are served."""

    registry: Registry
    product: Callable[[], Product]
    creator: Creator
    description: Description
    receivers: Receivers = LOOPBACK

    @property
    def contract(self) -> Contract:
        return self.product().contract
