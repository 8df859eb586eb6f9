"""The handler of an operation by what it does with a resource."""

from typing import Any

import orjson

from smartcal_api.api.shaped.beneath import Beneath
from smartcal_api.api.shaped.documents import Document, Documents
from smartcal_api.api.shaped.lists import listing
from smartcal_api.api.shaped.replies import Reply
from smartcal_api.api.shaped.writing import Writing
from smartcal_api.clock import format_rfc3339
from smartcal_api.contract import Contract, Operation
from smartcal_api.contract.shape import Moment, Role, Use
from smartcal_api.contract.shape.actions import NOW
from smartcal_api.errors import Clause, Foreseen, Invalid, NotFound
from smartcal_api.http.answer import Answer
from smartcal_api.http.exchange import Exchange
from smartcal_api.http.served import Handler
from smartcal_api.mock import ValueGenerator

_CREATED = 201


def shaped(operation: Operation, use: Use, contract: Contract, *, generator: ValueGenerator) -> Handler:
    """Raises `ContractError` where no value satisfies the schema of its answer."""
    if use.role is Role.LIST:
        return listing(operation, use, contract, generator)
    handler: Handler = _ROLES[use.role](operation, use, contract, generator)
    return handler


class _Shaped:
    """What the operations on one resource have in common."""

    def __init__(self, operation: Operation, use: Use, contract: Contract, generator: ValueGenerator) -> None:
        self._use, self._resource = use, use.resource
        self._reply = Reply(operation, operation.success, use.resource, contract, generator)
        self._beneath = Beneath(use.resource.path, use.resource.above, contract)
        self._documents = Documents(use, contract, generator)
        self._writing = Writing(use.resource, contract, generator)

    def _found(self, exchange: Exchange) -> tuple[str, bytes]:
        """The key and the document that the path leads to; raises the 404."""
        identifier = exchange.parameters[exchange.operation.path_names[self._last]]
        return self._named(exchange, identifier)

    _last = -1
    """Which of the path's parameters names the resource."""

    def _named(self, exchange: Exchange, identifier: object) -> tuple[str, bytes]:
        self._beneath.check(exchange)
        key = self._resource.key(identifier, exchange.parameters)
        document = exchange.sandbox.store.get(self._resource.collection, key, owner=exchange.owner)
        if document is None or not self._is_beneath(exchange, document):
            raise NotFound(self._resource.collection, str(identifier), list_path=self._resource.listed)
        return key, document

    def _is_beneath(self, exchange: Exchange, document: bytes) -> bool:
        wanted = self._beneath.members(exchange)
        if not wanted:
            return True
        has = orjson.loads(document)
        return all(str(has.get(name)) == str(value) for name, value in wanted.items())

    def _sent(self, exchange: Exchange) -> Document:
        """The resource in the body of a request."""
        body: Any = exchange.body
        for name in self._use.body or ():
            body = body.get(name) if isinstance(body, dict) else None
        return body if isinstance(body, dict) else {}


class _Read(_Shaped):
    def __call__(self, exchange: Exchange) -> Answer:
        return self._reply.stored(self._found(exchange)[1], exchange)


class _Create(_Shaped):
    def __init__(self, operation: Operation, use: Use, contract: Contract, generator: ValueGenerator) -> None:
        super().__init__(operation, use, contract, generator)
        status = _CREATED if _CREATED in operation.responses else operation.success
        self._reply = Reply(operation, status, use.resource, contract, generator)
        self._beneath = Beneath(operation.path, use.above, contract)

    def __call__(self, exchange: Exchange) -> Answer:
        self._beneath.check(exchange)
        sent, identity = self._sent(exchange), self._resource.id
        assert identity is not None  # without one nothing is made
        given = sent.get(identity) if self._documents.takes(sent, identity) else None
        salt = self._writing.salt(exchange)
        identifier = self._writing.fresh(exchange) if given is None else given
        known = {**self._beneath.members(exchange), identity: identifier}
        place = self._writing.place(exchange, identifier, known)
        document = self._documents.new(sent, known, now=exchange.now, salt=salt, place=place)
        document = self._writing.add(exchange, document)
        self._writing.tell(exchange, Moment.CREATED, document)
        return self._reply.made(document, exchange, headers={"Location": place})


class _Replace(_Shaped):
    """By the id of the path, or by that of the body. Where the contract has a 201, what isn't there is made."""

    def __init__(self, operation: Operation, use: Use, contract: Contract, generator: ValueGenerator) -> None:
        super().__init__(operation, use, contract, generator)
        self._by_body = not operation.path.rstrip("/").endswith("}")
        made = operation.responses.get(_CREATED)
        self._creating = Reply(operation, _CREATED, use.resource, contract, generator) if made else None
        replaced = [status for status in sorted(operation.responses) if 200 <= status < 300 and status != _CREATED]
        if replaced:
            self._reply = Reply(operation, replaced[0], use.resource, contract, generator)

    def __call__(self, exchange: Exchange) -> Answer:
        sent, identity = self._sent(exchange), self._resource.id
        assert identity is not None
        identifier = sent.get(identity) if self._by_body else exchange.parameters[exchange.operation.path_names[-1]]
        try:
            key, former = self._named(exchange, identifier)
        except NotFound:
            if self._creating is None or identifier is None:
                raise
            return self._made(exchange, sent, identity, identifier)
        document = self._documents.replaced(orjson.loads(former), sent, now=exchange.now)
        document = self._writing.put(exchange, key, document)
        self._writing.tell(exchange, Moment.CHANGED, document)
        return self._reply.made(document, exchange)

    def _made(self, exchange: Exchange, sent: Document, identity: str, identifier: Any) -> Answer:
        self._beneath.check(exchange)
        known = {**self._beneath.members(exchange), identity: identifier}
        place, salt = self._writing.place(exchange, identifier, known), self._writing.salt(exchange)
        document = self._documents.new(sent, known, now=exchange.now, salt=salt, place=place)
        document = self._writing.add(exchange, document)
        self._writing.tell(exchange, Moment.CREATED, document)
        assert self._creating is not None
        return self._creating.made(document, exchange, headers={"Location": place})


class _Change(_Shaped):
    def __call__(self, exchange: Exchange) -> Answer:
        key, former = self._found(exchange)
        document = self._documents.changed(orjson.loads(former), self._sent(exchange), now=exchange.now)
        document = self._writing.put(exchange, key, document)
        self._writing.tell(exchange, Moment.CHANGED, document)
        return self._reply.made(document, exchange)


class _Delete(_Shaped):
    def __call__(self, exchange: Exchange) -> Answer:
        key, former = self._found(exchange)
        document = orjson.loads(former)
        exchange.sandbox.store.delete(self._resource.collection, key, owner=exchange.owner)
        self._writing.tell(exchange, Moment.DELETED, document)
        return self._reply.made(document, exchange)


class _Act(_Shaped):
    def __call__(self, exchange: Exchange) -> Answer:
        key, former = self._found(exchange)
        action, before = self._use.action, orjson.loads(former)
        assert action is not None  # it is one by that
        for name, values in action.when.items():
            if not any(_same(before.get(name), each) for each in values):
                is_, wanted = _text(before.get(name)), " or ".join(map(_text, values))
                raise Foreseen(
                    action.refusal,
                    f"The {self._resource.collection} has {name} {is_}; this needs {wanted}.",
                    errors=[Invalid(f"is {is_}, and has to be {wanted}.", pointer=f"/{name}")],
                    clause=Clause(f"{exchange.operation.pointer}/x-action", {"id": key, name: before.get(name)}),
                )
        chosen = {n: format_rfc3339(exchange.now) if v == NOW else v for n, v in action.set.items()}
        known = {name: value for name, value in self._sent(exchange).items() if name in self._use.taken}
        document = self._documents.changed(before, known, now=exchange.now) | chosen
        document = self._writing.put(exchange, key, document)
        self._writing.tell(exchange, Moment.CHANGED, document)
        return self._reply.made(document, exchange)


def _text(value: object) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def _same(one: object, other: object) -> bool:
    """Not by `==` alone, which takes true for 1."""
    return one == other and isinstance(one, bool) == isinstance(other, bool)


_ROLES: dict[Role, type[Any]] = {
    Role.READ: _Read,
    Role.CREATE: _Create,
    Role.REPLACE: _Replace,
    Role.CHANGE: _Change,
    Role.DELETE: _Delete,
    Role.ACT: _Act,
}
