"""FILT: a filtered list is the whole list, filtered."""

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from hypothesis import strategies as st

from smartcal_api.conformance.basis import SAFETY, Basis
from smartcal_api.conformance.exchange import Exchange
from smartcal_api.conformance.findings import Refused
from smartcal_api.conformance.law import Law, filtered, law
from smartcal_api.conformance.laws.paging import is_the_list
from smartcal_api.conformance.oracle import (
    as_query,
    filter_values,
    instant,
    plainly,
    select,
    telling_pairs,
    telling_values,
    values_of_one,
)
from smartcal_api.conformance.probe import Probe
from smartcal_api.contract import Parameter

_SKEW = timedelta(seconds=2)


@law(
    "FILT 1",
    "Any combination of filters selects what the contract's comparisons say.",
    over=filtered,
    requests=68,
    worth=85,
)
def any_combination_of_filters_selects_what_it_says(probe: Probe) -> None:
    whole = probe.whole(probe.operation)

    def check(values: dict[str, Any]) -> None:
        _check(probe, values)

    probe.for_each(list(values_of_one(probe.operation.parameters, whole)), check)
    probe.for_any(filter_values(probe.operation, whole), check, examples=54)


@law(
    "FILT 2",
    "Each filter by itself selects what it says: each value of an enum, and an instant to the second.",
    over=filtered,
    requests=12,
    worth=60,
)
def each_filter_by_itself_selects_what_it_says(probe: Probe) -> None:
    whole = probe.whole(probe.operation)
    cases = [(each.name, value) for each in filters_of(probe) for value in telling_values(each, whole)]
    probe.for_each(cases, lambda case: _check(probe, {case[0]: case[1]}), quick=6)


@law(
    "FILT 3",
    "Filters compose with paging: the pages of a filtered list are that list.",
    over=filtered,
    requests=42,
    worth=55,
)
def filters_compose_with_paging(probe: Probe) -> None:
    names = probe.contract.policy.pagination
    whole = probe.whole(probe.operation)
    largest = probe.largest(probe.operation)

    def check(drawn: tuple[dict[str, Any], int]) -> None:
        values, size = drawn
        query = as_query(values)
        try:
            all_at_once = probe.read(probe.operation, query)
        except Refused:
            return  # what is refused is for FILT 1 and 2
        size = max(size, -(-len(all_at_once) // 6))
        is_the_list(probe, all_at_once, query, size)
        answer = probe.last
        stated = answer.problem.get(names.pagination)
        total = stated.get(names.total) if isinstance(stated, Mapping) else None
        said = f"{answer} says {total} in all; the filters leave {len(all_at_once)}."
        cause = "" if total is not None else f"a list doesn't say {names.total}"
        same = total == len(all_at_once) or not answer.ok
        probe.expect(same, said, by="/x-pagination", at=answer, kind="total", cause=cause)

    telling = [(each.name, telling_values(each, whole)) for each in filters_of(probe)]
    # Two pages or more of each, so that what forgets a filter on a later one is seen.
    halves = [({name: probe.rng.choice(values)}, 1) for name, values in telling if values]
    probe.for_each(halves, lambda drawn: check(_halved(probe, drawn[0])))
    probe.for_any(st.tuples(filter_values(probe.operation, whole), st.integers(1, largest)), check, examples=6)


@law(
    "FILT 5",
    "Any two filters together select what both do, which is less than either does.",
    over=filtered,
    requests=16,
    worth=83,
)
def any_two_filters_select_what_both_do(probe: Probe) -> None:
    pairs = list(telling_pairs(probe.operation, probe.whole(probe.operation)))
    for values in pairs:
        chosen = probe.rng.sample(values, min(len(values), 4 if probe.full else 1))
        probe.for_each(chosen, lambda each: _check(probe, each))


def _halved(probe: Probe, values: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """A size of page with which what a filter leaves has two pages or three."""
    left = len(select(probe.whole(probe.operation), probe.operation, values, (datetime.now(UTC),) * 2).may)
    return values, min(max(1, left // 2), probe.largest(probe.operation))


def _check(probe: Probe, values: dict[str, Any]) -> None:
    """What the names of the filters say decides; what the contract says beyond that is its own."""
    whole = probe.whole(probe.operation)
    given = [each for each in filters_of(probe) if each.name in values]
    names = " & ".join(each.name for each in given)
    told = " & ".join(f"{name}={value}" for name, value in as_query(values).items()) or "no filter"
    by = probe.place(given[0]) if given else probe.operation.pointer
    try:
        items = probe.read(probe.operation, as_query(values))
    except Refused as refused:
        _is_taken(probe, refused.answer, given, values, whole)
        return
    answer, read = probe.last, [str(each["id"]) for each in items]
    between = _between(probe, answer)
    ours = select(whole, probe.operation, values, between)
    plain = plainly(whole, probe.operation, values, between, read)
    open_ = next((probe.place(each) for each in given if _decided(probe, each)), by)
    for kind, verb, rule, odd in (
        ("too-much", "is in the list, and the filters don't select it", by, set(read) - plain.may),
        ("missing", "is missing, and the filters select it", by, plain.must - set(read)),
        ("too-much", "is in the list, as the contract has it not", f"{open_}/x-filter", set(read) - ours.may),
        ("missing", "is missing, as the contract has it in", f"{open_}/x-filter", ours.must - set(read)),
    ):
        said = f"{told}: {_shown(odd, [*whole, *items], given)} {verb}."
        probe.expect(not odd, said, by=rule, at=answer, kind=kind, parameter=names)
    twice = sorted(name for name, count in Counter(read).items() if count > 1)
    probe.expect(not twice, f"{told}: {twice[:1]} is there twice.", by=SAFETY, at=answer, kind="twice", parameter=names)
    order = [str(each["id"]) for each in whole if str(each["id"]) in set(read)]
    said = f"{told}: the filtered list has another order than the whole one."
    probe.expect(read == order, said, by=f"{probe.operation.pointer}/x-order", at=answer, kind="order")


def _is_taken(probe: Probe, answer: Exchange, given: list[Parameter], values: dict[str, Any], whole: list[Any]) -> None:
    """A value that an item has must be taken; which others there are, and how an instant is written, is not said."""
    if answer.status >= 500:
        probe.succeeds(answer, "filters leave a list")
    parameter = " & ".join(each.name for each in given)
    said = f"{answer}; the contract has a list for these filters."
    own = [each for each in given if _of_an_item(each, values, whole)]
    by = probe.place(given[0]) if given else probe.operation.pointer
    by = by if len(own) == len(given) == 1 else f"{by}/schema"
    probe.expect(False, said, by=by, at=answer, kind="refused", parameter=parameter)


def _of_an_item(parameter: Parameter, values: dict[str, Any], whole: list[Any]) -> bool:
    clauses = parameter.filter.clauses if parameter.filter else ()
    return any(c.comparison == "equals" and item[c.field] == values[parameter.name] for c in clauses for item in whole)


def _decided(probe: Probe, parameter: Parameter) -> bool:
    return probe.session.grounds.of(f"{probe.place(parameter)}/x-filter").basis is Basis.DECIDED


def _shown(odd: Collection[str], items: list[Any], given: list[Parameter]) -> str:
    """The first of them, with what the filters look at."""
    if not odd:
        return ""
    first = min(odd)
    item: dict[str, Any] = next((each for each in items if str(each["id"]) == first), {})
    fields = dict.fromkeys(clause.field for each in given if each.filter for clause in each.filter.clauses)
    told = ", ".join(f"{name} {item.get(name)}" for name in fields)
    return f"{first} ({told})" if told else first


def _between(probe: Probe, answer: Exchange) -> tuple[datetime, datetime]:
    """The instants that the target may have had when it answered: by its clock, which its Date tells."""
    if probe.has_control:
        now = instant(probe.control.now())
    else:
        stated = answer.header("Date")
        now = parsedate_to_datetime(stated) if stated else datetime.fromtimestamp(answer.began).astimezone()
    return now - _SKEW - timedelta(seconds=answer.seconds), now + _SKEW


def filters_of(probe: Probe) -> list[Parameter]:
    return [each for each in probe.operation.parameters if each.filter is not None]


LAWS: tuple[Law, ...] = (
    any_combination_of_filters_selects_what_it_says,
    each_filter_by_itself_selects_what_it_says,
    filters_compose_with_paging,
    any_two_filters_select_what_both_do,
)
