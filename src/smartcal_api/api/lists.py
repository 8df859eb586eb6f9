"""Lists, whatever they list: filters, order, paging and links come from the contract (laws PAGE, FILT)."""

from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import quote, unquote_to_bytes

import orjson

from smartcal_api.api.paging import Wanted, paging
from smartcal_api.clock import NANOSECONDS, format_rfc3339, parse_rfc3339
from smartcal_api.contract import Clause, Contract, Listing, Operation
from smartcal_api.contract.document import escape
from smartcal_api.contract.filters import NOW, ORDERED, Filter
from smartcal_api.contract.media_type import is_json
from smartcal_api.contract.ordering import total
from smartcal_api.errors import Invalid, Problem
from smartcal_api.http.answer import Answer, Listed
from smartcal_api.http.exchange import Exchange

_YEAR_ONE = -62_135_596_800 * NANOSECONDS
_QUERY = "%/?:@!$&'()*+,;=~"  # what a query holds unencoded (RFC 3986 section 3.4), beside letters, digits, - . _


def lister(
    operation: Operation,
    listing: Listing,
    contract: Contract,
    *,
    within: Callable[[Exchange], list[Clause]] | None = None,
) -> Callable[[Exchange], Answer]:
    """The handler of a list operation, of the resources that are `within` what its path says."""
    names = contract.policy.pagination
    opening, before = b'{"%s":[' % names.items.encode(), b'],"%s":' % names.pagination.encode()
    members, find = names.members, paging(operation, names)
    most, order = longest(operation, contract), total(listing.order)
    timestamps = {p.name for p in operation.parameters if p.schema.get("format") == "date-time"}

    def list_resources(exchange: Exchange) -> Answer:
        given = exchange.parameters
        per_page = given[names.per_page_parameter]
        if most is not None and per_page > most:
            per_page = most
        clauses = bounds(listing.filters, timestamps, exchange)
        if within is not None:
            clauses += within(exchange)
        documents, told, links = find(exchange, Wanted(listing.collection, clauses, order), per_page)
        said = {members[role]: value for role, value in told.items() if role in members}
        closing = b"%b%b}" % (before, orjson.dumps(said)) if names.pagination else _beside(said)
        listed = Listed(opening, documents, closing)
        linked = {names.link_header: _links(exchange, names.page_parameter, links)} if names.link_header else {}
        return exchange.success.listed(listed, headers=linked)

    return list_resources


def _beside(said: Mapping[str, Any]) -> bytes:
    """The end of a list whose items have those members beside them."""
    return b"],%b" % orjson.dumps(said)[1:] if said else b"]}"


def longest(operation: Operation, contract: Contract) -> int | None:
    """How many items a page may have at most, as the schema of its list says; None: any number."""
    for key, pointer in operation.responses[operation.success].media_types.items():
        if pointer is not None and is_json(key):
            items = f"{contract.end_of(pointer)}/properties/{escape(contract.policy.pagination.items)}"
            with suppress(KeyError):  # stated in a part of it
                schema = contract.document.resolve(f"#{contract.end_of(items)}")
                most = schema.get("maxItems") if isinstance(schema, dict) else None
                return most if isinstance(most, int) and most > 0 else None
    return None


def bounds(filters: Iterable[Filter], timestamps: Collection[str], exchange: Exchange) -> list[Clause]:
    """What the filters of a request select; `timestamps` are the parameters that are instants."""
    given = exchange.parameters
    clauses: list[Clause] = []
    for each in filters:
        if each.parameter in given:
            for clause in each.bind(given[each.parameter]):
                timestamp = clause.value == NOW or each.parameter in timestamps
                clauses.append(_instant(clause, each.parameter, exchange.now) if timestamp else clause)
    return clauses


def _instant(clause: Clause, parameter: str, now: int) -> Clause:
    """The clause with its timestamp as stored ones are written: UTC, to the second.

    Stored ones have no fraction, so one in a bound moves it to the second that selects the same.
    """
    if clause.comparison not in ORDERED:
        return clause
    try:
        instant = now if clause.value == NOW else parse_rfc3339(clause.value)
    except ValueError as error:
        detail = f"does not fit: {error}."
        raise Problem(
            "invalid_request", f"The parameter {parameter!r} {detail}", errors=[Invalid(detail, parameter=parameter)]
        ) from None
    if clause.comparison in ("at_or_after", "before"):
        instant += NANOSECONDS - 1
    return Clause(clause.field, clause.comparison, format_rfc3339(max(instant, _YEAR_ONE)))


def _links(exchange: Exchange, page_parameter: str, targets: Mapping[str, Any]) -> str:
    base = f"{exchange.root}{exchange.scope['raw_path'].decode('ascii')}"
    others = _others(exchange.scope["query_string"], page_parameter)
    start = base + (f"?{others[:-1]}" if others else "")
    return ", ".join(
        f'<{start if target is None else f"{base}?{others}{page_parameter}={target}"}>; rel="{relation}"'
        for relation, target in targets.items()
    )


def _others(query: bytes, page_parameter: str) -> str:
    """The query without the page, otherwise as it was sent: the links keep every filter.

    What can't stand in a URI (RFC 3986 appendix A), such as the `>` that would end a link, is percent-encoded.
    """
    if not query:
        return ""
    own = page_parameter.encode()
    kept = [pair for pair in query.split(b"&") if pair and unquote_to_bytes(pair.partition(b"=")[0]) != own]
    # Unknown parameters may be let through, and hold bytes that end a link or that no header can carry.
    return quote(b"&".join(kept), safe=_QUERY) + "&" if kept else ""
