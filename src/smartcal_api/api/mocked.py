"""Answers of operations that the contract has and no handler serves (law SRC 3)."""

from dataclasses import replace

import orjson

from smartcal_api.api.lists import lister
from smartcal_api.contract import Contract, Operation
from smartcal_api.errors import Finding, Problem
from smartcal_api.http.answer import Answer
from smartcal_api.http.exchange import Exchange
from smartcal_api.http.mocked_response import MockedResponse
from smartcal_api.http.negotiation import refusal
from smartcal_api.http.served import Handler
from smartcal_api.mock import ValueGenerator


def mocked(operation: Operation, contract: Contract, *, generator: ValueGenerator) -> Handler:
    """The lowest 2xx with its first example, else generated from (seed, operation, parameters), in the media type that
    Accept chooses; where it takes none, 406 if the operation has that.

    A list that pages is served from items made at start, and so is the resource of its items by id.
    Raises `ContractError` where no value satisfies the schema.
    """
    if operation.listing is not None:
        return lister(operation, operation.listing, contract)
    response = MockedResponse(operation.success, operation.responses[operation.success], contract, generator=generator)
    refuse = refusal(operation, contract, generator=generator)

    def mock(exchange: Exchange) -> Answer:
        stored = _stored(operation, exchange)
        if stored is not None:
            return stored
        parameters = orjson.dumps(exchange.parameters, option=orjson.OPT_SORT_KEYS).decode()
        salt, accept = f"{exchange.sandbox.seed} {operation.id} {parameters}", exchange.accept
        if refuse is not None and not response.accepted(accept):
            return refuse()
        return response.make(salt, accept=accept)

    return mock


def alone(operation: Operation) -> Operation:
    """An operation apart from what is stored: without its handler, none of that may be what it could show."""
    return replace(operation, listing=None, collection=None)


def unserved(finding: Finding) -> Handler:
    """501 for an operation with a construct that is not understood (law SRC 4, `--draft`)."""

    def refuse(_: Exchange) -> Answer:
        raise Problem(
            "not_implemented",
            f"The contract has something here that this server does not understand, at {finding}. "
            "Everything that is understood is served.",
        )

    return refuse


def _stored(operation: Operation, exchange: Exchange) -> Answer | None:
    """The item that a mocked list shows under this id, so that its links lead to what it shows."""
    store, collection = exchange.sandbox.store, operation.collection
    names = [each.name for each in operation.parameters if each.location == "path"]
    if operation.method != "GET" or operation.success != 200 or len(names) != 1 or collection not in store.collections:
        return None
    document = store.get(collection, exchange.parameters[names[0]], owner=exchange.owner)
    return exchange.success.document(document) if document is not None else None
