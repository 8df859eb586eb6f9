"""Puts documents of a resource where they belong, under an id that nobody has, and tells of it."""

from typing import Any
from urllib.parse import quote

import orjson

from smartcal_api.contract import Contract
from smartcal_api.contract.shape import Moment, Resource
from smartcal_api.contract.shape.paths import collection_path
from smartcal_api.errors import Clause, Foreseen, Invalid
from smartcal_api.http.exchange import Exchange
from smartcal_api.mock import Unsatisfiable, ValueGenerator
from smartcal_api.sandbox.identities import Identities

Document = dict[str, Any]
_CONFLICT, _INVALID = "conflict", "invalid_body"
_CONFLICTING = 409


class Writing:
    """Belongs in the transaction of a request."""

    def __init__(self, resource: Resource, contract: Contract, generator: ValueGenerator) -> None:
        self._resource = resource
        self._identities = Identities(resource, contract, generator)
        kind = contract.policy.problems.get(_CONFLICT)
        self._conflicts = kind.status if kind is not None else None
        self._unrouted = frozenset(contract.unrouted)
        paths = (each.path.rstrip("/") for each in contract.operations.values())
        self._shown = any(collection_path(each) == resource.path for each in paths)

    def salt(self, exchange: Exchange) -> str:
        """What the values that are made up follow from; another one for each resource."""
        return f"{exchange.sandbox.seed} {self._resource.collection} {exchange.sandbox.store.serial('change')}"

    def fresh(self, exchange: Exchange) -> Any:
        """An id that no resource has."""
        try:
            return self._identities.fresh(exchange.sandbox, lambda each: self._resource.key(each, exchange.parameters))
        except Unsatisfiable as error:
            detail = f"Every {self._resource.id} is taken: {error}. Delete a {self._resource.collection} first."
            raise Foreseen(self._refusal(exchange), detail) from None

    def place(self, exchange: Exchange, identifier: Any, members: Document) -> str:
        """The URL of a resource; of one that is listed alone, that of its list."""
        path = self._resource.path
        for name, member in self._resource.above.items():
            value = exchange.parameters.get(name, members.get(member) if member is not None else None)
            path = path.replace(f"{{{name}}}", quote(str(value), safe=""))
        return f"{exchange.root}{path}/{quote(str(identifier), safe='')}" if self._shown else f"{exchange.root}{path}"

    def add(self, exchange: Exchange, document: Document) -> Document:
        """Stores a new one; raises the refusal where another one has its id, or what only one may have."""
        identity, store = self._resource.id, exchange.sandbox.store
        assert identity is not None
        key = self._resource.key(document[identity], exchange.parameters)
        if store.owner_of(self._resource.collection, key) is not None:
            raise self._taken(exchange, identity, document[identity])
        return self.put(exchange, key, document)

    def put(self, exchange: Exchange, key: str, document: Document) -> Document:
        """Stores one, as the contract wants it; returns it as it is stored."""
        sandbox, collection = exchange.sandbox, self._resource.collection
        kept = sandbox.fitted(collection, document)
        self._check_unique(exchange, key, kept)
        sandbox.store.put(collection, kept, owner=exchange.owner, identifier=key)
        sandbox.plan()
        return kept

    def tell(self, exchange: Exchange, moment: Moment, document: Document) -> None:
        """Sends the event type that names the resource, where the contract has one."""
        event_type = self._resource.told.get(moment)
        if event_type is not None:
            exchange.sandbox.outbox.record(event_type, document, owner=exchange.owner, now=exchange.now)

    def _check_unique(self, exchange: Exchange, key: str, document: Document) -> None:
        store = exchange.sandbox.store
        shape = store.collections[self._resource.collection]
        for name in self._resource.unique:
            if name in document:
                same = f"SELECT 1 FROM {shape.table} WHERE owner = ? AND id != ? AND {shape.expression(name)} = ?"
                value = document[name]
                if not isinstance(value, dict | list) and store.query(same, (exchange.owner, key, value)):
                    raise self._taken(exchange, name, value)

    def _refusal(self, exchange: Exchange) -> str:
        """The code of a conflict, where the contract has one for the operation."""
        declared = self._unrouted | exchange.operation.responses.keys()
        return _CONFLICT if self._conflicts in declared else _INVALID

    def _taken(self, exchange: Exchange, name: str, value: object) -> Foreseen:
        there = f"there is a {self._resource.collection} with the {name} {orjson.dumps(value).decode()} already"
        return Foreseen(
            self._refusal(exchange),
            f"The resource can't be kept: {there}. Send another {name}.",
            errors=[Invalid(f"{there[0].upper()}{there[1:]}.", pointer=f"/{name}")],
            clause=Clause(self._resource.pointer, {name: value}),
        )
