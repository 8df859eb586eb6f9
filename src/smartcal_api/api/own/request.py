"""What a handler of one's own gets, and what it gives back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from smartcal_api.api.own.resources import Resources
from smartcal_api.clock import NANOSECONDS
from smartcal_api.http.exchange import Exchange

Json = Any


class Refusal(Exception):
    """Raised by a handler: the request is refused with a code of the contract's `x-problems`, and nothing changes."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code, self.detail = code, detail


@dataclass(frozen=True, slots=True)
class Response:
    """An answer with a status of one's own. Its body is JSON, or none for None."""

    status: int
    body: Json = None
    headers: Mapping[str, str | int] = field(default_factory=dict)


class Request:
    """One that is valid by the contract, of somebody who may make it."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        by = {each.name: each.location for each in exchange.operation.parameters}
        given = exchange.parameters
        self.path: Mapping[str, Any] = {name: value for name, value in given.items() if by.get(name) == "path"}
        self.query: Mapping[str, Any] = {name: value for name, value in given.items() if by.get(name) == "query"}
        self.headers: Mapping[str, str] = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in exchange.headers.items()
        }
        """By their names in lower case."""
        self.body: Json = exchange.body
        self.operation: str = exchange.operation.id

    @property
    def now(self) -> datetime:
        """The sandbox's clock."""
        return datetime.fromtimestamp(self._exchange.now / NANOSECONDS, UTC)

    def resources(self, collection: str) -> Resources:
        """The resources of the account that asks, such as `request.resources("Todo")`; raises `LookupError`."""
        return Resources(self._exchange, collection)
