"""A request that was still on its way when an edited contract took the place of the one that it came under."""

from starlette.types import Message, Receive, Scope, Send

from smartcal_api.contract import Contract
from smartcal_api.http.exchange import Exchange
from smartcal_api.sandbox.registry import Registry


class HandingOver:
    """What is stored fits the contract that was edited meanwhile, so whoever serves that has to answer."""

    def __init__(self, contract: Contract, registry: Registry) -> None:
        self._contract, self._registry = contract, registry

    def is_due(self, exchange: Exchange) -> bool:
        return exchange.sandbox.contract is not self._contract and self._registry.front is not None

    async def do(self, exchange: Exchange, scope: Scope, receive: Receive, send: Send) -> None:
        """From the beginning, with what has come of its body. It is counted there, and kept in the journal."""
        assert self._registry.front is not None
        exchange.handed_over = True
        if exchange.admission is not None and exchange.budget is not None:
            exchange.sandbox.limits.withdraw(exchange.budget, exchange.now)
        prefix, body = exchange.prefix, exchange.raw if exchange.raw is not None else exchange.received
        again = {**scope, "path": prefix + scope["path"], "raw_path": prefix.encode() + scope["raw_path"]}
        await self._registry.front(again, _again(body, receive) if body else receive, send)


def _again(body: bytes, receive: Receive) -> Receive:
    pending: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def first_the_body() -> Message:
        return pending.pop() if pending else await receive()

    return first_the_body
