"""Single resources, each a stored document that is answered as it is."""

from collections.abc import Callable

from smartcal_api.errors import NotFound
from smartcal_api.http.answer import Answer
from smartcal_api.http.exchange import Exchange


def getter(collection: str, noun: str) -> Callable[[Exchange], Answer]:
    """The handler that answers one resource, or the same 404 for a missing and for somebody else's (law AUTH 4)."""

    def get_resource(exchange: Exchange) -> Answer:
        return exchange.success.document(find(exchange, collection, noun, exchange.identifier))

    return get_resource


def find(exchange: Exchange, collection: str, noun: str, identifier: str) -> bytes:
    """The document of that id; raises the 404 of its operation."""
    document = exchange.sandbox.store.get(collection, identifier, owner=exchange.owner)
    if document is None:
        raise missing(exchange, noun, identifier)
    return document


def missing(exchange: Exchange, noun: str, identifier: str) -> NotFound:
    return NotFound(noun, identifier, list_path=list_path(exchange))


def list_path(exchange: Exchange) -> str:
    """Where the resources are listed that the operation is about: what its path begins with."""
    return exchange.operation.path.partition("/{")[0]
