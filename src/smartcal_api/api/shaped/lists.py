"""Lists of a resource that don't page as `x-pagination` has it: their own limits, envelopes and counts, by name."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any

import orjson

from smartcal_api.api.lists import bounds, lister
from smartcal_api.api.shaped.beneath import Beneath
from smartcal_api.api.shaped.replies import Envelope, Part
from smartcal_api.contract import Clause, Contract, Operation
from smartcal_api.contract.document import escape
from smartcal_api.contract.ordering import total
from smartcal_api.contract.shape import Resource, Use
from smartcal_api.contract.shape.fields import fields
from smartcal_api.contract.shape.places import arrays, json_schema, likeness
from smartcal_api.contract.shape.words import plain
from smartcal_api.http.answer import Answer, Listed
from smartcal_api.http.exchange import Exchange
from smartcal_api.http.served import Handler
from smartcal_api.mock import ValueGenerator

_LIMIT = frozenset({"limit", "perpage", "pagesize", "size", "maxresults", "pagelimit", "top", "take", "maxitems"})
_PAGE = frozenset({"page", "pagenumber", "pageno", "currentpage", "pageindex"})
_OFFSET = frozenset({"offset", "skip", "start", "startindex", "startat", "from"})
_CURSOR = frozenset({"cursor", "pagetoken", "nexttoken", "continuationtoken", "nextcursor", "nextpagetoken"})
_TOTAL = frozenset({"total", "totalcount", "count", "totalitems", "totalresults", "totalelements", "totalrecords"})
_PAGES = frozenset({"totalpages", "pages", "pagecount", "lastpage"})
_MORE = frozenset({"hasmore", "hasnext", "more", "hasnextpage"})
_EVERYTHING = 1 << 40
Path = tuple[str, ...]


def listing(operation: Operation, use: Use, contract: Contract, generator: ValueGenerator) -> Handler:
    """The handler of a list; of one that pages as the contract states it, the one of all such lists."""
    beneath = Beneath(operation.path, use.above, contract)
    if operation.listing is not None:
        return lister(operation, operation.listing, contract, within=beneath.clauses if use.above else None)
    return ShapedList(operation, use, contract, generator, beneath.clauses)


class ShapedList:
    """In the order that `x-order` states, else in that in which the resources were made."""

    def __init__(
        self,
        operation: Operation,
        use: Use,
        contract: Contract,
        generator: ValueGenerator,
        within: Callable[[Exchange], list[Clause]],
    ) -> None:
        self._collection, self._filters, self._within = use.resource.collection, use.filters, within
        self._order = total(use.order) if use.order else None
        self._timestamps = {p.name for p in operation.parameters if p.schema.get("format") == "date-time"}
        schema = json_schema(operation.responses[operation.success].media_types)
        assert schema is not None  # it was recognised by it
        self._place = nearest = _place(contract, schema, use.resource)
        self._part = Part(contract, nearest[0], use.resource)
        self._envelope = Envelope(contract, schema, nearest[1], [], generator)
        self._counted = dict(_counted(contract, schema, nearest[1]))
        self._paging = _Paging(operation)
        self._most = _most(contract, schema, nearest[1])

    def __call__(self, exchange: Exchange) -> Answer:
        clauses = [*self._within(exchange), *bounds(self._filters, self._timestamps, exchange)]
        limit, offset = self._paging.of(exchange.parameters)
        limit = min(limit, self._most)
        documents, total = exchange.sandbox.store.page(
            self._collection, clauses, owner=exchange.owner, limit=limit, offset=offset, order=self._order
        )
        if not self._part.whole:
            documents = [orjson.dumps(self._part.of(orjson.loads(each))) for each in documents]
        if not self._place[1]:
            return exchange.success.listed(Listed(b"[", documents, b"]"), headers={})
        counts = _counts(limit, offset, total, len(documents))
        known = {path: counts[name] for path, name in self._counted.items() if name in counts}
        return exchange.success.value(self._envelope.around([*map(orjson.Fragment, documents)], known))


def pages_by(operation: Operation) -> dict[str, str]:
    """What the parameters of a list do for its pages, by their names: role → parameter."""
    query = [each for each in operation.parameters if each.location == "query" and each.filter is None]
    found = {
        role: next((each.name for each in query if plain(each.name) in names), None)
        for role, names in (("limit", _LIMIT), ("page", _PAGE), ("offset", _OFFSET), ("cursor", _CURSOR))
    }
    return {role: name for role, name in found.items() if name is not None}


class _Paging:
    """What a list's own parameters say of its pages."""

    def __init__(self, operation: Operation) -> None:
        self._names = pages_by(operation)

    def of(self, given: Mapping[str, Any]) -> tuple[int, int]:
        """(at most so many, from there on)"""
        stated = {role: given.get(name) for role, name in self._names.items()}
        number = {role: value for role, value in stated.items() if isinstance(value, int) and value >= 0}
        limit = number.get("limit", _EVERYTHING)
        if "offset" in number:
            return limit, number["offset"]
        cursor = stated.get("cursor")
        if isinstance(cursor, str) and cursor.isascii() and cursor.isdigit():
            return limit, min(int(cursor[:15]), _EVERYTHING)
        if "page" in number:
            limit = min(limit, number.get("limit", _PAGE_SIZE))
            return limit, max(number["page"] - 1, 0) * limit
        return limit, 0


_PAGE_SIZE = 20


def _counts(limit: int, offset: int, total: int, shown: int) -> dict[str, Any]:
    more = offset + shown < total
    size = min(limit, max(total, 1))
    return {
        "total": total,
        "page": offset // size + 1,
        "limit": size,
        "offset": offset,
        "pages": -(-total // size),
        "more": more,
        "cursor": str(offset + shown) if more else None,
    }


def _place(contract: Contract, schema: str, resource: Resource) -> tuple[str, Path]:
    found = max(
        arrays(contract.document, schema), key=lambda each: likeness(contract.document, each.pointer, resource.pointer)
    )
    return found.pointer, found.path


def _most(contract: Contract, schema: str, items: Path) -> int:
    """How many items a list may have, as the schema of its array says."""
    with suppress(KeyError):  # stated in a part of it
        at = contract.end_of(schema)
        for name in items:
            at = contract.end_of(f"{at}/properties/{escape(name)}")
        array = contract.document.resolve(f"#{at}")
        most = array.get("maxItems") if isinstance(array, dict) else None
        return most if isinstance(most, int) and most > 0 else _EVERYTHING
    return _EVERYTHING


def _counted(contract: Contract, schema: str, items: Path, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """The members of an envelope that count, and what they do."""
    roles = {"total": _TOTAL, "page": _PAGE, "limit": _LIMIT, "offset": _OFFSET, "pages": _PAGES, "more": _MORE}
    for name, each in fields(contract.document, schema).members.items():
        inside = (*path, name)
        if inside == items or "array" in each.types:
            continue
        if "object" in each.types or not each.types:
            if len(path) < 2:
                yield from _counted(contract, each.pointer, items, inside)
        elif plain(name) in _CURSOR and "null" in each.types:
            yield inside, "cursor"
        else:
            wanted = "boolean" if plain(name) in _MORE else "integer"
            for role, names in roles.items():
                if plain(name) in names and (wanted in each.types or (wanted == "integer" and "number" in each.types)):
                    yield inside, role
