"""The resources of one account and collection, for a handler of one's own."""

from collections.abc import Mapping
from typing import Any

import orjson

from smartcal_api.contract.shape import Moment, within
from smartcal_api.errors import hint
from smartcal_api.http.exchange import Exchange

Document = dict[str, Any]


class Resources:
    """As they are beneath the path of the request; each change is told of as one of an operation's own would be.

    Whatever a handler changes is undone where it fails or refuses.
    """

    def __init__(self, exchange: Exchange, collection: str) -> None:
        shapes = exchange.sandbox.contract.shapes.resources
        if collection not in shapes:
            raise LookupError(f"there is no collection {collection!r}; {hint(collection, shapes)}")
        self._exchange, self._collection, self._resource = exchange, collection, shapes[collection]

    def get(self, identifier: object) -> Document | None:
        """The one of that id, or None."""
        found = self._exchange.sandbox.store.get(self._collection, self._key(identifier), owner=self._exchange.owner)
        return None if found is None else orjson.loads(found)

    def all(self) -> list[Document]:
        """All of them, in the order in which they were made."""
        known = self._exchange.parameters
        above = {name: member for name, member in self._resource.above.items() if name in known}
        clauses = within(above, known) if len(above) == len(self._resource.above) else []
        documents, _ = self._exchange.sandbox.store.page(
            self._collection, clauses, owner=self._exchange.owner, limit=1 << 40
        )
        return [orjson.loads(each) for each in documents]

    def put(self, document: Mapping[str, Any]) -> Document:
        """Makes it or puts it in the place of the one of its id; returns it as the contract wants it."""
        exchange, identity = self._exchange, self._resource.id or "id"
        moment = Moment.CREATED if self.get(document[identity]) is None else Moment.CHANGED
        kept = exchange.sandbox.fitted(self._collection, dict(document))
        key = self._key(kept[identity])
        exchange.sandbox.store.put(self._collection, kept, owner=exchange.owner, identifier=key)
        self._tell(moment, kept)
        return kept

    def delete(self, identifier: object) -> bool:
        """Whether there was one of that id."""
        former = self.get(identifier)
        if former is None:
            return False
        self._exchange.sandbox.store.delete(self._collection, self._key(identifier), owner=self._exchange.owner)
        self._tell(Moment.DELETED, former)
        return True

    def _key(self, identifier: object) -> str:
        return self._resource.key(identifier, self._exchange.parameters)

    def _tell(self, moment: Moment, document: Document) -> None:
        event_type = self._resource.told.get(moment)
        if event_type is not None:
            exchange = self._exchange
            exchange.sandbox.outbox.record(event_type, document, owner=exchange.owner, now=exchange.now)
