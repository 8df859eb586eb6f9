"""What stands above a resource in its path: it has to be there, and tells the resources beneath it from others."""

from typing import Any

from smartcal_api.contract import Clause, Contract
from smartcal_api.contract.shape import Resource, within
from smartcal_api.contract.shape.paths import collection_path, tail
from smartcal_api.contract.shape.resource import Above
from smartcal_api.errors import NotFound
from smartcal_api.http.exchange import Exchange


class Beneath:
    """Of one list's path."""

    def __init__(self, path: str, above: Above, contract: Contract) -> None:
        self._above = above
        item = path[: path.rindex("}") + 1] if above else ""
        listed = collection_path(item) if item else None
        known = contract.shapes.resources.values()
        self._parent: Resource | None = next((each for each in known if each.path == listed and each.id), None)
        self._parameter = tail(item) if item else ""

    def check(self, exchange: Exchange) -> None:
        """Raises the 404 where what the path begins with isn't there."""
        parent = self._parent
        if parent is None:
            return
        given = exchange.parameters
        identifier = given[self._parameter]
        key = parent.key(identifier, given)
        if exchange.sandbox.store.get(parent.collection, key, owner=exchange.owner) is None:
            raise NotFound(parent.collection, str(identifier), list_path=parent.listed)

    def clauses(self, exchange: Exchange) -> list[Clause]:
        """What selects the resources; raises the 404."""
        self.check(exchange)
        return within(self._above, exchange.parameters)

    def members(self, exchange: Exchange) -> dict[str, Any]:
        """What the path says of a new resource's members."""
        return {member: exchange.parameters[name] for name, member in self._above.items() if member is not None}
