"""Operations that read their own requests, because the contract's problems are not how they refuse.

OAuth sends some errors to the app by a redirect and some as JSON of its own, ignores unknown parameters, and is counted
for the client that is named in the query or the body: no reader of parameters and bodies in general can do that.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from urllib.parse import unquote_to_bytes

from starlette.types import Receive

from smartcal_api.background import LARGE
from smartcal_api.errors import Problem
from smartcal_api.http.answer import Answer
from smartcal_api.http.exchange import Exchange
from smartcal_api.http.paths import Paths
from smartcal_api.http.served import Served
from smartcal_api.sandbox.registry import Registry


class RawHandler(ABC):
    """A handler that gets the query and the body (`exchange.raw`) as they came, bounded and of the right media type."""

    @abstractmethod
    def __call__(self, exchange: Exchange) -> Answer: ...

    @abstractmethod
    def client_id(self, exchange: Exchange) -> str | None:
        """The OAuth client that the request says that it comes from, true or not."""


class RawPaths:
    """The paths of such operations that anybody may call: keys are not read there, and nothing may be kept."""

    def __init__(self, served: Iterable[Served], paths: Paths) -> None:
        self._paths = paths
        self._open = {
            each.operation.path
            for each in served
            if isinstance(each.handler, RawHandler) and not each.operation.alternatives
        }

    def __contains__(self, path: str) -> bool:
        return path in self._open

    async def read(self, exchange: Exchange, receive: Receive, registry: Registry) -> None:
        """Takes the body in before the request is counted, for the budget may be named in it."""
        served, _ = self._paths.find(exchange.scope["method"], exchange.scope["raw_path"].decode("ascii"))
        if served is None or not isinstance(served.handler, RawHandler):
            return
        if served.body is not None:
            try:
                exchange.raw = await served.body.receive(exchange, receive)
            except Problem as problem:
                exchange.refusal = problem
        handler = served.handler
        if len(exchange.raw or b"") > LARGE:
            identifier = await registry.background.run(lambda: handler.client_id(exchange))
        else:
            identifier = handler.client_id(exchange)
        if identifier and not exchange.named:
            await registry.default.store.turn.free()
            exchange.sandbox = registry.of_client(identifier)
        await exchange.sandbox.store.turn.free()
        client = exchange.sandbox.oauth.clients.find(identifier) if identifier else None
        # Anything that is not registered is counted for the address, or there would be budgets without end.
        exchange.budget = f"client {client.id}" if client is not None else None


def pairs(text: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Name and value of each pair of a query or a form, decoded (WHATWG URL section 5.1) to whatever bytes they are."""
    for pair in text.split(b"&"):
        if pair:
            name, _, value = pair.partition(b"=")
            yield unquote_to_bytes(name.replace(b"+", b" ")), unquote_to_bytes(value.replace(b"+", b" "))
