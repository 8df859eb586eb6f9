"""One operation of the contract, with every `$ref` followed and everything that serving it asks for."""

import re
from collections.abc import Collection, Container, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from smartcal_api.contract.document import Document, escape, pointer_of
from smartcal_api.contract.filters import Filter
from smartcal_api.contract.header import Header
from smartcal_api.contract.lifecycle import ENDLESS, Lifecycle
from smartcal_api.contract.media_type import is_json
from smartcal_api.contract.message import is_of_the_message
from smartcal_api.contract.methods import METHODS
from smartcal_api.contract.pagination import Pagination
from smartcal_api.contract.parameter import Parameter, is_ignored, read_parameter
from smartcal_api.contract.policy import RateLimit, read_rate_limits
from smartcal_api.contract.schema_name import schema_name
from smartcal_api.contract.statuses import answered

# Keywords beside which the items of a list can be judged one by one.
_PLAIN_OBJECT = frozenset({"type", "properties", "required", "title", "description", "examples"})
_PLAIN_ARRAY = frozenset({"type", "items", "title", "description", "examples"})
# Whatever is said of their bodies (RFC 9110 sections 15.3.5, 15.3.6 and 15.4.5).
_BODILESS = frozenset({204, 205, 304})
_PATH_NAME = re.compile(r"\{([^}]+)\}")


@dataclass(frozen=True, slots=True)
class Body:
    """A request body: media type → pointer to its schema."""

    required: bool
    media_types: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Response:
    """What the contract says of one status: media type → pointer to its schema (None: any body), and the headers."""

    pointer: str
    media_types: Mapping[str, str | None]
    headers: tuple[Header, ...]
    examples: Mapping[str, Mapping[str, Any]]
    """Media type → name → value, in the order of the document."""
    items: str | None = None
    """Of a list that says nothing of its items but the schema of each: the pointer to that schema."""


@dataclass(frozen=True, slots=True)
class Listing:
    """A list that pages: the collection of its items, its order and its filters."""

    collection: str
    order: tuple[str, ...]
    filters: tuple[Filter, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation of `paths`, whole; of one that is not understood, only what routing needs (`Reader.outlines`)."""

    id: str
    method: str
    path: str
    pointer: str
    summary: str
    alternatives: tuple[Mapping[str, frozenset[str]], ...]
    """Security requirements, OR-ed: scheme → scopes. Empty: anybody may call it."""
    parameters: tuple[Parameter, ...]
    body: Body | None
    responses: Mapping[int, Response]
    listing: Listing | None
    collection: str | None
    """What the resource is called that its success answers with, or lists (see `resources`)."""
    order: tuple[str, ...] = ()
    """What its list is ordered by, as `x-order` has it."""
    rate_limits: tuple[RateLimit, ...] = ()
    """Of its own, beside those of all requests."""
    lifecycle: Lifecycle = ENDLESS
    security: str = "/security"
    """The pointer to what states `alternatives`: its own security, or the document's."""

    @property
    def path_names(self) -> tuple[str, ...]:
        """The names of its path parameters, in the order of the path."""
        return tuple(_PATH_NAME.findall(self.path))

    @property
    def scopes(self) -> frozenset[str]:
        """The scopes that the operation wants of any credential."""
        return frozenset().union(*(scopes for each in self.alternatives for scopes in each.values()))

    @property
    def success(self) -> int:
        """The lowest 2xx status, or the lowest status at all."""
        return min((status for status in self.responses if 200 <= status < 300), default=min(self.responses))


class Reader:
    """Builds operations out of a document that `contract.check` found sound."""

    def __init__(self, document: Document, pagination: Pagination, statuses: Collection[int] = ()) -> None:
        """`statuses` are those that any operation may be answered with, whatever it says."""
        self._statuses = statuses
        self._document = document
        self._pagination = pagination
        self._security = document.data.get("security", [])

    def operations(self, without: Container[str] = ()) -> Iterator[Operation]:
        for path, method, item in self._items():
            if item[method]["operationId"] not in without:
                yield self._operation(path, method, item)

    def outlines(self, only: Container[str]) -> Iterator[Operation]:
        """Operations that can't be read whole, as far as routing to them goes."""
        for path, method, item in self._items():
            identifier = item[method].get("operationId")
            if identifier in only:
                pointer = f"/paths/{escape(path)}/{method}"
                yield Operation(identifier, method.upper(), path, pointer, "", (), (), None, {}, None, None)

    def _items(self) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
        for path, item in self._document.data.get("paths", {}).items():
            if path.startswith("/"):  # not an x- member
                yield from ((path, method, item) for method in METHODS if method in item)

    def _answer(self, status: int, holder: Any, pointer: str) -> Response:
        response = self.response(holder, pointer)
        if status not in _BODILESS or not response.media_types:
            return response
        return replace(response, pointer=f"{response.pointer}/headers", media_types={}, examples={}, items=None)

    def response(self, holder: Any, pointer: str) -> Response:
        stated, at = self.follow(holder, pointer)
        media_types: dict[str, str | None] = {}
        examples: dict[str, Mapping[str, Any]] = {}
        for media_type, content in stated.get("content", {}).items():
            inside = f"{at}/content/{escape(media_type)}"
            media_types[media_type] = f"{inside}/schema" if "schema" in content else None
            examples[media_type] = dict(self._examples(content, inside))
        headers = []
        for name, header in stated.get("headers", {}).items():
            if is_of_the_message(name):
                continue
            found, where = self.follow(header, f"{at}/headers/{escape(name)}")
            schema, _ = self.follow(found.get("schema", {}), f"{where}/schema")
            examples_of = (value for _, value in self._examples(found, where))
            headers.append(Header.read(name, found, schema, f"{where}/schema", examples_of))
        pointers = [pointer for pointer in media_types.values() if pointer]
        items = self._items_alone(pointers[0]) if len(pointers) == 1 else None
        return Response(at, media_types, tuple(headers), examples, items)

    def _items_alone(self, pointer: str) -> str | None:
        """The schema of a list's items, where its validity is that of each item and of the list without them."""
        holder, at = self.follow(self._document.resolve(f"#{pointer}"), pointer)
        if not isinstance(holder, dict) or not _PLAIN_OBJECT.issuperset(holder):
            return None
        name = self._pagination.items
        array, where = self.follow(holder.get("properties", {}).get(name), f"{at}/properties/{escape(name)}")
        if not isinstance(array, dict) or not _PLAIN_ARRAY.issuperset(array) or "items" not in array:
            return None
        return f"{where}/items"

    def follow(self, value: Any, pointer: str) -> tuple[Any, str]:
        """What a chain of references ends at, and the pointer to it."""
        while isinstance(value, dict) and "$ref" in value:
            pointer = pointer_of(value["$ref"])
            value = self._document.resolve(value["$ref"])
        return value, pointer

    def _operation(self, path: str, method: str, item: Mapping[str, Any]) -> Operation:
        stated = item[method]
        pointer = f"/paths/{escape(path)}/{method}"
        parameters = {(p.name, p.location): p for p in self._parameters(item, f"/paths/{escape(path)}")}
        parameters |= {(p.name, p.location): p for p in self._parameters(stated, pointer)}
        responses = {
            status: self._answer(status, stated["responses"][key], f"{pointer}/responses/{key}")
            for status, key in answered(stated["responses"], self._statuses).items()
        }
        order = tuple(stated.get("x-order", ()))
        query = {name for name, location in parameters if location == "query"}
        pages = {self._pagination.page_parameter, self._pagination.per_page_parameter} <= query
        collection = self._collection(responses)
        filters = tuple(p.filter for p in parameters.values() if p.filter is not None)
        security = stated.get("security", self._security)
        return Operation(
            id=stated["operationId"],
            method=method.upper(),
            path=path,
            pointer=pointer,
            summary=stated.get("summary", ""),
            alternatives=tuple({scheme: frozenset(scopes) for scheme, scopes in each.items()} for each in security),
            parameters=tuple(parameters.values()),
            body=self._body(stated.get("requestBody"), f"{pointer}/requestBody"),
            responses=responses,
            listing=Listing(collection, order, filters) if order and collection and pages else None,
            collection=collection,
            order=order,
            rate_limits=tuple(read_rate_limits(stated.get("x-rate-limits", ()))),
            lifecycle=Lifecycle.read(stated),
            security=f"{pointer}/security" if "security" in stated else "/security",
        )

    def _parameters(self, holder: Mapping[str, Any], pointer: str) -> Iterator[Parameter]:
        for index, each in enumerate(holder.get("parameters", [])):
            stated, at = self.follow(each, f"{pointer}/parameters/{index}")
            if not is_ignored(stated):
                yield read_parameter(stated, at, self.follow)

    def _body(self, holder: Any, pointer: str) -> Body | None:
        if holder is None:
            return None
        stated, at = self.follow(holder, pointer)
        media_types = {name: f"{at}/content/{escape(name)}/schema" for name in stated["content"]}
        return Body(stated.get("required", False), media_types)

    def _examples(self, content: Mapping[str, Any], pointer: str) -> Iterator[tuple[str, Any]]:
        if "example" in content:
            yield "example", content["example"]
        for name, example in content.get("examples", {}).items():
            found, _ = self.follow(example, f"{pointer}/examples/{escape(name)}")
            if "value" in found:
                yield name, found["value"]

    def _collection(self, responses: Mapping[int, Response]) -> str | None:
        """A resource is known by the name of its component schema: that of the answer, or of its items."""
        for status in sorted(responses):
            for _, pointer in sorted(responses[status].media_types.items(), key=lambda each: not is_json(each[0])):
                if 200 <= status < 300 and pointer:
                    return schema_name(self._document.resolve(f"#{pointer}"), self._document, self._pagination)
        return None
