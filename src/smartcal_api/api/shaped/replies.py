"""How an operation answers with a resource: as it is, a part of it, in an envelope, or with something else."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import orjson

from smartcal_api.contract import Contract, Operation
from smartcal_api.contract.shape import Resource
from smartcal_api.contract.shape.fields import end_of, fields
from smartcal_api.contract.shape.places import Place, closest, json_schema, objects
from smartcal_api.http.answer import Answer, Success
from smartcal_api.http.exchange import Exchange
from smartcal_api.http.mocked_response import MockedResponse
from smartcal_api.mock import Unsatisfiable, ValueGenerator, repair

Document = dict[str, Any]


class Part:
    """What a schema shows of a resource's documents: all, or the members that it names."""

    def __init__(self, contract: Contract, pointer: str, resource: Resource) -> None:
        same = end_of(contract.document, pointer) == end_of(contract.document, resource.pointer)
        self._names = None if same else frozenset(fields(contract.document, pointer).members) or None

    @property
    def whole(self) -> bool:
        return self._names is None

    def of(self, document: Document) -> Document:
        names = self._names
        return document if names is None else {name: value for name, value in document.items() if name in names}


class Envelope:
    """A body around its content: whatever else has to be in it is made once."""

    def __init__(self, contract: Contract, schema: str, path: tuple[str, ...], content: Any, generator: ValueGenerator):
        self._path = path
        body: Any = content
        for name in reversed(path):
            body = {name: body}
        validator = contract.schemas.at(schema)
        if path and not validator.is_valid(body):
            with suppress(Unsatisfiable):  # it is judged before it is sent
                stated = contract.sent.resolve(f"#{schema}")
                body = repair(body, validator=validator, schema=stated, generator=generator, salt=schema).document
        self._body = orjson.dumps(body)

    def around(self, content: Any, known: Mapping[tuple[str, ...], Any] | None = None) -> Any:
        """The body with this content, and with what is `known` in the place of what was made up."""
        if not self._path:
            return content
        body = orjson.loads(self._body)
        for path, value in {**(known or {}), self._path: content}.items():
            holder = body
            for name in path[:-1]:
                holder = holder.setdefault(name, {})
            holder[path[-1]] = value
        return body


class Reply:
    """The answer of one operation to what went well."""

    def __init__(
        self, operation: Operation, status: int, resource: Resource, contract: Contract, generator: ValueGenerator
    ) -> None:
        response = operation.responses[status]
        self.status = status
        self._success = Success(status, response.media_types)
        self._bodyless = not response.media_types
        self._mocked: MockedResponse | None = None
        schema = json_schema(response.media_types)
        place = closest(contract.document, objects(contract.document, schema), resource.pointer) if schema else None
        if place is None or schema is None:
            self._mocked = MockedResponse(status, response, contract, generator=generator)
            return
        self._part = Part(contract, place.pointer, resource)
        self._envelope = _envelope(contract, schema, place, generator)
        self._plain = self._part.whole and not place.path

    def stored(self, document: bytes, exchange: Exchange) -> Answer:
        """With a document as it is stored."""
        if self._mocked is None and self._plain:
            return self._success.document(document)
        return self.made(orjson.loads(document), exchange)

    def made(self, document: Document, exchange: Exchange, *, headers: Mapping[str, str | int] | None = None) -> Answer:
        """With a document."""
        if self._bodyless:
            return Answer(self.status, headers=headers)
        if self._mocked is not None:
            salt = f"{exchange.sandbox.seed} {exchange.operation.id} {document.get('id')}"
            return self._mocked.make(salt, accept=exchange.accept, headers=headers)
        return self._success.value(self._envelope.around(self._part.of(document)), headers=headers)


def _envelope(contract: Contract, schema: str, place: Place, generator: ValueGenerator) -> Envelope:
    content: Any = {}
    if place.path:
        with suppress(Unsatisfiable):  # as above
            content = generator.value(contract.sent.resolve(f"#{place.pointer}"), salt=schema)
    return Envelope(contract, schema, place.path, content, generator)
