"""PAGE: the pages of a list are the list."""

from itertools import pairwise
from math import ceil
from typing import Any

from hypothesis import strategies as st

from smartcal_api.conformance.exchange import Exchange
from smartcal_api.conformance.law import Law, law, listings
from smartcal_api.conformance.oracle import instant
from smartcal_api.conformance.probe import Probe
from smartcal_api.conformance.snapshots import largest_page, members
from smartcal_api.contract.operation import Parameter

_MOST_PAGES = 12


@law(
    "PAGE 1",
    "For any page size the pages, in order, are the whole list.",
    clause="/x-pagination",
    over=listings,
    requests=22,
    worth=80,
)
def pages_in_order_are_the_whole_list(probe: Probe) -> None:
    names = probe.contract.policy.pagination
    whole = probe.whole(probe.operation)

    def check(size: int) -> None:
        credential = probe.credential(probe.operation.scopes)
        items = []
        for page in range(1, max(1, ceil(len(whole) / size)) + 1):
            query = {names.page_parameter: page, names.per_page_parameter: size}
            answer = probe.call(probe.operation, query=query, credential=credential)
            items += _page(probe, answer)
        probe.expect(
            [each["id"] for each in items] == [each["id"] for each in whole],
            f"pages of {size} give {len(items)} items that aren't, one by one, the {len(whole)} of the whole list.",
        )

    probe.for_any(_sizes(probe, len(whole)), check, examples=8)


@law(
    "PAGE 2",
    "The counts are those of the list, only the last page is short, and past the end there is nothing.",
    clause="/x-pagination",
    over=listings,
    requests=16,
    worth=75,
)
def the_counts_are_those_of_the_list(probe: Probe) -> None:
    names = probe.contract.policy.pagination
    total = len(probe.whole(probe.operation))

    def check(asked: tuple[int, int]) -> None:
        size, page = asked
        answer = probe.call(probe.operation, query={names.page_parameter: page, names.per_page_parameter: size})
        items = _page(probe, answer)
        pages = ceil(total / size)
        stated = answer.json[names.pagination]
        expected = {names.page: page, names.per_page: size, names.total: total, names.total_pages: pages}
        seen = {name: stated.get(name) for name in expected}
        probe.expect(seen == expected, f"{answer} says {seen}; of {total} items that is {expected}.", kind="counts")
        due = max(0, min(size, total - (page - 1) * size))
        probe.expect(
            len(items) == due, f"{answer} has {len(items)} items; page {page} of {pages} has {due}.", kind="length"
        )

    largest = largest_page(probe.operation, probe.contract)
    probe.for_each([(largest, 1), (largest, ceil(total / largest) + 1), (1, 1), (1, total + 1)], check, quick=2)
    sizes = _sizes(probe, total)
    around = sizes.flatmap(
        lambda size: st.tuples(
            st.just(size), st.sampled_from(sorted({1, max(1, ceil(total / size)), ceil(total / size) + 1, 1000}))
        )
    )
    probe.for_any(around, check, examples=12)


@law(
    "PAGE 4",
    "The order of a list is the one that the contract states, total and the same each time.",
    clause="/info/description",
    over=listings,
    requests=2,
    worth=65,
)
def the_order_is_total_and_stable(probe: Probe) -> None:
    assert probe.operation.listing is not None
    order = probe.operation.listing.order
    clause = f"{probe.operation.pointer}/x-order"
    whole = probe.whole(probe.operation)
    for before, after in pairwise(whole):
        keys = [tuple(_sortable(item[name]) for name in order) for item in (before, after)]
        probe.expect(
            keys[0] < keys[1],
            f"{before['id']} comes before {after['id']}, and the order is by {', '.join(order)}.",
            clause=clause,
            kind="order",
        )
    again = probe.read(probe.operation, {})
    same = [each["id"] for each in again] == [each["id"] for each in whole]
    probe.expect(same, "the list, read twice, has two orders.", clause=clause, kind="unstable")


@law(
    "PAGE 5",
    "Without parameters a list is its first page, as long as the contract's default says.",
    clause="/components/parameters/PerPage",
    over=listings,
    requests=2,
    worth=40,
)
def the_defaults_are_those_of_the_contract(probe: Probe) -> None:
    names = probe.contract.policy.pagination
    plain = probe.call(probe.operation)
    _page(probe, plain)
    defaults: dict[str, Any] = {}
    for name, field in ((names.page_parameter, names.page), (names.per_page_parameter, names.per_page)):
        parameter = _parameter(probe, name)
        due = defaults[name] = parameter.schema["default"]
        stated = plain.json[names.pagination][field]
        said = f"{plain} says {field} {stated}; the default is {due}."
        probe.expect(stated == due, said, clause=f"{parameter.pointer}/default", kind=name)
    same = probe.call(probe.operation, query=defaults)
    said = f"{plain} isn't what {same} has, though those are the defaults."
    probe.expect(_ids(probe, plain) == _ids(probe, same), said)


def _page(probe: Probe, answer: Exchange) -> list[Any]:
    """The items of a page that the contract allows to be asked for."""
    probe.expect(answer.status == 200, f"{answer}; any page of a list is 200.", kind="status")
    return members(answer.json, probe.contract.policy.pagination.items)


def _ids(probe: Probe, answer: Exchange) -> list[Any]:
    if answer.status != 200:
        return []
    return [each.get("id") for each in members(answer.json, probe.contract.policy.pagination.items)]


def _sizes(probe: Probe, total: int) -> st.SearchStrategy[int]:
    """Page sizes that make no more than a dozen pages: a list can be long, and a budget isn't."""
    largest = largest_page(probe.operation, probe.contract)
    return st.integers(min(max(1, ceil(total / _MOST_PAGES)), largest), largest)


def _parameter(probe: Probe, name: str) -> Parameter:
    return next(each for each in probe.operation.parameters if each.name == name)


def _sortable(value: Any) -> Any:
    """Times as instants, since two spellings can be one."""
    try:
        return instant(value)
    except (TypeError, ValueError):
        return value


LAWS: tuple[Law, ...] = (
    pages_in_order_are_the_whole_list,
    the_counts_are_those_of_the_list,
    the_order_is_total_and_stable,
    the_defaults_are_those_of_the_contract,
)
