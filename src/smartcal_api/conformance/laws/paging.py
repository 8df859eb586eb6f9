"""PAGE: the pages of a list are the list."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import ceil
from typing import Any

from hypothesis import strategies as st

from smartcal_api.conformance.basis import SAFETY
from smartcal_api.conformance.exchange import Exchange
from smartcal_api.conformance.findings import Unreadable
from smartcal_api.conformance.law import Law, law, listings
from smartcal_api.conformance.oracle import instant
from smartcal_api.conformance.probe import Probe
from smartcal_api.conformance.snapshots import members
from smartcal_api.contract.ordering import field_of, is_descending
from smartcal_api.contract.parameter import Parameter

_FIELDS = "/x-pagination"
_MOST_PAGES = 12
_SOME_PAGES = 6


@law("PAGE 1", "For any page size the pages, in order, are the whole list.", over=listings, requests=30, worth=80)
def pages_in_order_are_the_whole_list(probe: Probe) -> None:
    whole = probe.whole(probe.operation)

    def check(size: int) -> None:
        is_the_list(probe, whole, {}, size)

    # What goes wrong on a later page, on the largest, or where the last one is full, is seen whatever is drawn.
    largest, total = probe.largest(probe.operation), len(whole)
    some = min(largest, max(1, ceil(total / _SOME_PAGES)))
    whole_pages = [size for size in range(some, min(largest, total - 1) + 1) if total % size == 0]
    probe.for_each(sorted({some, largest, *whole_pages[:1]}), check)
    probe.for_any(_sizes(probe, len(whole)), check, examples=8)


@law(
    "PAGE 2",
    "The counts are those of the list, only the last page is short, and past the end there is nothing.",
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
        pages = ceil(total / size)
        past = page > max(1, pages)
        if not _is_a_page(probe, answer, past=past):
            return
        items = members(answer.json, names.items)
        stated = answer.object.get(names.pagination)
        stated = stated if isinstance(stated, Mapping) else {}
        expected = {names.page: page, names.per_page: size, names.total: total, names.total_pages: pages}
        for name, due in expected.items():
            seen = stated.get(name)
            said = f"{answer} says {name} {seen}; of {total} items that is {due}."
            cause = "" if name in stated else f"a list doesn't say {name}"
            probe.expect(seen == due, said, by=_FIELDS, at=answer, kind="counts", parameter=name, cause=cause)
        due = max(0, min(size, total - (page - 1) * size))
        said = f"{answer} has {len(items)} items; page {page} of {pages} has {due}."
        probe.expect(len(items) == due, said, by=_FIELDS, at=answer, kind="length", parameter="past" if past else "")

    largest = probe.largest(probe.operation)
    probe.for_each([(largest, 1), (largest, ceil(total / largest) + 1), (1, 1), (1, total + 1)], check, quick=2)
    around = _sizes(probe, total).flatmap(
        lambda size: st.tuples(
            st.just(size), st.sampled_from(sorted({1, max(1, ceil(total / size)), ceil(total / size) + 1, 1000}))
        )
    )
    probe.for_any(around, check, examples=12)


@law(
    "PAGE 4",
    "The order of a list is the one that the contract states, total and the same each time.",
    over=listings,
    requests=2,
    worth=65,
)
def the_order_is_total_and_stable(probe: Probe) -> None:
    assert probe.operation.listing is not None
    order = probe.operation.listing.order
    clause = f"{probe.operation.pointer}/x-order"
    whole = probe.whole(probe.operation)
    lacking = [key for key in order if any(field_of(key) not in item for item in whole)]
    said = f"items have no {', '.join(lacking)}, by which the contract orders them."
    if not probe.expect(not lacking, said, by=clause, at=probe.evidence(probe.operation)[-1:], kind="no key"):
        order = ()
    for before, after in pairwise(whole if order else ()):
        keys = [tuple(_sortable(item[field_of(key)]) for key in order) for item in (before, after)]
        differing = next((i for i, (one, other) in enumerate(zip(*keys, strict=True)) if one != other), None)
        if not probe.expect(
            differing is not None and (keys[0][differing] < keys[1][differing]) != is_descending(order[differing]),
            f"{before['id']} comes before {after['id']}, and the order is by {', '.join(order)}: {keys[0]}, {keys[1]}.",
            by=clause,
            at=probe.evidence(probe.operation)[-1:],
            kind="order",
        ):
            break
    again = probe.read(probe.operation, {})
    same = [each["id"] for each in again] == [each["id"] for each in whole]
    probe.expect(same, "the list, read twice, has two orders.", by=clause, kind="unstable")


@law(
    "PAGE 5",
    "Without parameters a list is its first page, as long as the contract's default says.",
    over=listings,
    requests=2,
    worth=40,
)
def the_defaults_are_those_of_the_contract(probe: Probe) -> None:
    names = probe.contract.policy.pagination
    plain = probe.call(probe.operation)
    probe.succeeds(plain, "a list without parameters is its first page")
    items = members(plain.json, names.items)
    stated = plain.object.get(names.pagination)
    defaults: dict[str, Any] = {}
    for name, field in ((names.page_parameter, names.page), (names.per_page_parameter, names.per_page)):
        parameter = _parameter(probe, name)
        due = defaults[name] = parameter.schema["default"]
        seen = stated.get(field) if isinstance(stated, Mapping) else None
        said = f"{plain} says {field} {seen}; the default is {due}."
        cause = "" if seen is not None else f"a list doesn't say {field}"
        by = f"{parameter.pointer}/default"
        probe.expect(seen == due, said, by=by, at=plain, kind="default", parameter=name, cause=cause)
    same = probe.call(probe.operation, query=defaults)
    told = [each["id"] for each in members(same.json, names.items)] if same.ok else []
    said = f"{plain} isn't what {same} has, though those are the contract's defaults."
    by = f"{_parameter(probe, names.per_page_parameter).pointer}/default"
    probe.expect([each["id"] for each in items] == told, said, by=by, at=(plain, same), kind="defaults")


def is_the_list(probe: Probe, whole: Sequence[Any], query: Mapping[str, Any], size: int) -> None:
    """The pages of a size, as many as the list says or until one is empty, have each item of the list once."""
    names = probe.contract.policy.pagination
    credential = probe.credential(probe.operation.scopes)
    items: list[Any] = []
    for page in range(1, len(whole) + 3):
        asked = {**query, names.per_page_parameter: size, names.page_parameter: page}
        answer = probe.call(probe.operation, query=asked, credential=credential)
        if not _is_a_page(probe, answer, past=len(items) >= len(whole)):
            break
        found = members(answer.json, names.items)
        by = probe.place(_parameter(probe, names.per_page_parameter))
        said = f"{answer} has {len(found)} items; {size} were asked for."
        if not probe.expect(len(found) <= size, said, by=by, at=answer, kind="size"):
            return  # a list that doesn't page is whole on its first page
        items += found
        pages = probe.pages(answer)
        if not found or (pages is not None and page >= pages):
            break
    _has_each_once(probe, whole, items, f"pages of {size}{_filtered(query)}")


def _has_each_once(probe: Probe, whole: Sequence[Any], items: Sequence[Any], what: str) -> None:
    due, seen = Counter(str(each["id"]) for each in whole), Counter(str(each["id"]) for each in items)
    for kind, odd in (("lost", due - seen), ("repeated or invented", seen - due)):
        said = f"{what} give {len(items)} items, where the whole list has {len(whole)}; {kind}: {', '.join(odd)[:120]}."
        probe.expect(not odd, said, by=SAFETY, kind=kind)
    order = [each["id"] for each in items] == [each["id"] for each in whole]
    said = f"{what} give the items of the whole list in another order."
    probe.expect(order, said, by=f"{probe.operation.pointer}/x-order", kind="order")


def _filtered(query: Mapping[str, Any]) -> str:
    return " of " + " & ".join(f"{name}={value}" for name, value in query.items()) if query else ""


def _is_a_page(probe: Probe, answer: Exchange, *, past: bool) -> bool:
    """Whether an answer is a page. One past the end may be refused as well as empty: the contract alone says which."""
    if past and not answer.ok:
        said = f"{answer}; past the end a list is 200 and empty."
        return probe.expect(False, said, by=f"{probe.operation.pointer}/responses", at=answer, kind="past")
    probe.succeeds(answer, "any page of a list is 200")
    return True


def _sizes(probe: Probe, total: int) -> st.SearchStrategy[int]:
    """Page sizes that make no more than a dozen pages: a list can be long, and a budget isn't."""
    largest = probe.largest(probe.operation)
    return st.integers(min(max(1, ceil(total / _MOST_PAGES)), largest), largest)


def _parameter(probe: Probe, name: str) -> Parameter:
    return next(each for each in probe.operation.parameters if each.name == name)


def _sortable(value: Any) -> Any:
    """Times as instants, since two spellings can be one."""
    try:
        return instant(value)
    except Unreadable:
        return str(value)


LAWS: tuple[Law, ...] = (
    pages_in_order_are_the_whole_list,
    the_counts_are_those_of_the_list,
    the_order_is_total_and_stable,
    the_defaults_are_those_of_the_contract,
)
