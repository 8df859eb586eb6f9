"""Where a page of a list is, and what is told of it: by the number of a page, an offset or a cursor (laws PAGE)."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import orjson

from smartcal_api.contract import Clause, Operation
from smartcal_api.contract.ordering import field_of
from smartcal_api.contract.pagination import CURSOR, OFFSET, Pagination
from smartcal_api.errors import Invalid, Problem
from smartcal_api.http.exchange import Exchange


class Found(NamedTuple):
    """The documents of a page, what is said of it by the roles of `Pagination`, and relation → where that page is.

    None is where a list begins, without a parameter.
    """

    documents: Sequence[bytes]
    told: Mapping[str, Any]
    links: Mapping[str, Any]


class Wanted(NamedTuple):
    """What a list selects, and in which order."""

    collection: str
    clauses: Sequence[Clause]
    order: Sequence[str]


class Paging(Protocol):
    def __call__(self, exchange: Exchange, wanted: Wanted, size: int) -> Found: ...


def paging(operation: Operation, names: Pagination) -> Paging:
    if names.style == CURSOR:
        return _ByCursor(names.page_parameter)
    if names.style == OFFSET:
        return _ByOffset(names.page_parameter)
    stated = (each.schema for each in operation.parameters if each.name == names.page_parameter)
    return _ByNumber(names.page_parameter, first=next(stated)["minimum"])


class _ByNumber:
    """Pages count from `first`, as the schema of their parameter has it."""

    def __init__(self, parameter: str, *, first: int) -> None:
        self._parameter, self._first = parameter, first

    def __call__(self, exchange: Exchange, wanted: Wanted, size: int) -> Found:
        page, first = exchange.parameters[self._parameter], self._first
        documents, total = _part(exchange, wanted, size, (page - first) * size)
        pages = -(-total // size)
        last = first + max(pages, 1) - 1
        # RFC 8288: first and last always; prev and next where there are such pages.
        links = {"first": first, "prev": min(page - 1, last), "next": page + 1, "last": last}
        if page <= first:
            del links["prev"]
        if page >= last:
            del links["next"]
        return Found(documents, {"page": page, "per_page": size, "total": total, "total_pages": pages}, links)


class _ByOffset:
    def __init__(self, parameter: str) -> None:
        self._parameter = parameter

    def __call__(self, exchange: Exchange, wanted: Wanted, size: int) -> Found:
        offset = exchange.parameters[self._parameter]
        documents, total = _part(exchange, wanted, size, offset)
        more = offset + size < total
        links = {"first": 0, "last": max(total - 1, 0) // size * size}
        if offset > 0:
            links["prev"] = max(min(offset, total) - size, 0)
        if more:
            links["next"] = offset + size
        return Found(documents, {"page": offset, "per_page": size, "total": total, "has_more": more}, links)


class _ByCursor:
    """A cursor has the keys of the last item before it, so that what comes or goes meanwhile moves nothing."""

    def __init__(self, parameter: str) -> None:
        self._parameter = parameter

    def __call__(self, exchange: Exchange, wanted: Wanted, size: int) -> Found:
        cursor = exchange.parameters.get(self._parameter)
        after = _keys(cursor, self._parameter, len(wanted.order)) if cursor is not None else None
        store, owner = exchange.sandbox.store, exchange.owner
        _, total = store.page(wanted.collection, wanted.clauses, owner=owner, limit=1, order=wanted.order)
        found = store.following(
            wanted.collection, wanted.clauses, owner=owner, limit=size + 1, order=wanted.order, after=after
        )
        documents, more = found[:size], len(found) > size
        coming = _cursor(documents[-1], wanted.order) if more else None
        told = {"per_page": size, "total": total, "has_more": more, "next": coming}
        # A header can't be empty, so that the first page is always told of.
        return Found(documents, told, {"first": None, **({"next": coming} if coming is not None else {})})


def _part(exchange: Exchange, wanted: Wanted, size: int, offset: int) -> tuple[Sequence[bytes], int]:
    return exchange.sandbox.store.page(
        wanted.collection, wanted.clauses, owner=exchange.owner, limit=size, offset=offset, order=wanted.order
    )


def _cursor(document: bytes, order: Sequence[str]) -> str:
    item = orjson.loads(document)
    return urlsafe_b64encode(orjson.dumps([item.get(field_of(key)) for key in order])).decode().rstrip("=")


def _keys(cursor: str, parameter: str, number: int) -> list[Any]:
    """Raises 400 for a text that no list has given."""
    try:
        keys = orjson.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (Error, ValueError):
        keys = None
    scalars = isinstance(keys, list) and not any(isinstance(each, dict | list) for each in keys)
    if not scalars or len(keys) != number:
        detail = "is not a cursor of this list. Leave it out for the first page; each page says the next."
        raise Problem(
            "invalid_request", f"The parameter {parameter!r} {detail}", errors=[Invalid(detail, parameter=parameter)]
        )
    return list(keys)
