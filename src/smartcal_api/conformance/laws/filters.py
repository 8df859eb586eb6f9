"""FILT: a filtered list is the whole list, filtered."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from hypothesis import strategies as st

from smartcal_api.conformance.capability import Capability
from smartcal_api.conformance.exchange import Exchange
from smartcal_api.conformance.law import Law, filtered, law
from smartcal_api.conformance.oracle import (
    NOW,
    Selection,
    as_query,
    filter_values,
    instant,
    select,
    telling_values,
    values_of_one,
)
from smartcal_api.conformance.probe import Probe
from smartcal_api.conformance.snapshots import largest_page, members
from smartcal_api.contract import Contract, Operation, Parameter

_SKEW = timedelta(seconds=2)


def _by_the_clock(contract: Contract) -> Iterable[Operation]:
    return (each for each in filtered(contract) if any(_asks_the_clock(p) for p in each.parameters))


def _asks_the_clock(parameter: Parameter) -> bool:
    return parameter.filter is not None and any(each.value == NOW for each in parameter.filter.clauses)


@law(
    "FILT 1",
    "Any combination of filters selects what the contract's comparisons say.",
    over=filtered,
    requests=58,
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
    cases = [(each.name, value) for each in _filters(probe) for value in telling_values(each, whole)]
    probe.for_each(cases, lambda case: _check(probe, {case[0]: case[1]}), quick=6)


@law(
    "FILT 3",
    "Filters compose with paging: the pages of a filtered list are that list.",
    clause="/x-pagination",
    over=filtered,
    requests=42,
    worth=55,
)
def filters_compose_with_paging(probe: Probe) -> None:
    names = probe.contract.policy.pagination
    whole = probe.whole(probe.operation)
    largest = largest_page(probe.operation, probe.contract)

    def check(drawn: tuple[dict[str, Any], int]) -> None:
        values, size = drawn
        query = as_query(values)
        all_at_once = [each["id"] for each in probe.read(probe.operation, query)]
        size = max(size, -(-len(all_at_once) // 6))
        credential = probe.credential(probe.operation.scopes)
        seen: list[str] = []
        for page in range(1, max(1, -(-len(all_at_once) // size)) + 1):
            asked = {**query, names.per_page_parameter: size, names.page_parameter: page}
            answer = probe.call(probe.operation, query=asked, credential=credential)
            probe.expect(answer.status == 200, f"{answer}; any page of a list is 200.", kind="status")
            total = answer.json[names.pagination][names.total]
            probe.expect(
                total == len(all_at_once),
                f"{answer} says {total} in all; the filters leave {len(all_at_once)}.",
                kind="total",
            )
            seen += [each["id"] for each in members(answer.json, names.items)]
        probe.expect(
            seen == all_at_once,
            f"pages of {size} with {query} give {len(seen)} items that aren't the filtered list.",
            kind="pages",
        )

    telling = [(each.name, telling_values(each, whole)) for each in _filters(probe)]
    probe.for_each([({name: values[0]}, 1) for name, values in telling if values], check, quick=1)
    probe.for_any(st.tuples(filter_values(probe.operation, whole), st.integers(1, largest)), check, examples=6)


@law(
    "FILT 4",
    "A filter by the clock selects to the second.",
    over=_by_the_clock,
    needs=(Capability.CONTROL,),
    requests=8,
    worth=9,
)
def a_filter_by_the_clock_selects_to_the_second(probe: Probe) -> None:
    """The clock is moved to the next instant at which an item leaves, or comes in: a second before, and there."""
    for parameter in _filters(probe):
        clauses = [each for each in parameter.filter.clauses if each.value == NOW] if parameter.filter else []
        for clause in clauses:
            with probe.control.frozen():
                now = instant(probe.control.now())
                moments = sorted(instant(item[clause.field]) for item in probe.whole(probe.operation))
                ahead = [moment for moment in moments if moment - timedelta(seconds=1) > now]
                chosen = [moment for moment in ahead if _turns(probe, parameter, moment)]
                if not chosen:
                    probe.give_up(f"no item has a {clause.field} ahead at which {parameter.name} would change")
                for moment in (chosen[0] - timedelta(seconds=1), chosen[0]):
                    probe.control.advance((moment - instant(probe.control.now())).total_seconds())
                    _exactly(probe, parameter, moment)


def _turns(probe: Probe, parameter: Parameter, moment: datetime) -> bool:
    """Whether what the filter selects is another thing at that instant than a second before."""
    values = {parameter.name: True}
    whole = probe.whole(probe.operation)
    before, after = (
        select(whole, probe.operation, values, (each, each)) for each in (moment - timedelta(seconds=1), moment)
    )
    return before != after


def _exactly(probe: Probe, parameter: Parameter, now: datetime) -> None:
    due = select(probe.whole(probe.operation), probe.operation, {parameter.name: True}, (now, now)).must
    read = {each["id"] for each in probe.read(probe.operation, {parameter.name: "true"})}
    odd = sorted(due ^ read)
    probe.expect(
        not odd,
        f"at {now.isoformat()} {parameter.name}=true {'lacks' if odd and odd[0] in due else 'has'} {odd[:1]}.",
        clause=f"{probe.operation.pointer}/parameters/{probe.operation.parameters.index(parameter)}/x-filter",
        kind="clock",
    )


def _check(probe: Probe, values: dict[str, Any]) -> None:
    whole = probe.whole(probe.operation)
    read = [each["id"] for each in probe.read(probe.operation, as_query(values))]
    answer = probe.last
    selection = select(whole, probe.operation, values, _between(probe, answer))
    wrong = sorted(set(read) - selection.may)
    missing = sorted(selection.must - set(read))
    if (wrong or missing) and _other_clock(probe, values, whole, read):
        probe.give_up(f"the target's clock isn't what its Date says, and {as_query(values)} depends on it")
    clause = _clause(probe, values)
    told = " & ".join(f"{name}={value}" for name, value in as_query(values).items()) or "no filter"
    probe.expect(
        not wrong,
        f"{told}: {wrong[:1]} is in the list, and the filters don't select it.",
        clause=clause,
        kind="too-much",
    )
    probe.expect(
        not missing, f"{told}: {missing[:1]} is missing, and the filters select it.", clause=clause, kind="missing"
    )
    order = [each["id"] for each in whole if each["id"] in set(read)]
    probe.expect(read == order, f"{told}: the filtered list has another order, or items twice.", kind="order")


def _between(probe: Probe, answer: Exchange) -> tuple[datetime, datetime]:
    """The instants that the target may have had when it answered."""
    if probe.has_control:
        now = instant(probe.control.now())
    else:
        stated = answer.header("Date")
        now = parsedate_to_datetime(stated) if stated else datetime.fromtimestamp(answer.began).astimezone()
    return now - _SKEW - timedelta(seconds=answer.seconds), now + _SKEW


def _other_clock(probe: Probe, values: dict[str, Any], whole: list[Any], read: list[str]) -> bool:
    """Whether the answer is right at another instant: then a clock is off, not the filter."""
    clauses = [clause for each in _filters(probe) if each.filter for clause in each.filter.clauses]
    fields = {clause.field for clause in clauses if clause.value == NOW}
    if probe.has_control or not fields or not any(values.get(each.name) is True for each in _filters(probe)):
        return False
    moments = sorted({instant(item[field]) for item in whole for field in fields})
    around = [*moments, *(moment - timedelta(seconds=1) for moment in moments)]
    return any(_fits(select(whole, probe.operation, values, (now, now)), read) for now in around)


def _fits(selection: Selection, read: list[str]) -> bool:
    return selection.must == set(read)


def _clause(probe: Probe, values: dict[str, Any]) -> str:
    """The filter that is to blame; several together are a matter of the operation."""
    given = [each for each in _filters(probe) if each.name in values]
    if len(given) != 1:
        return probe.operation.pointer
    place = probe.operation.parameters.index(given[0])
    return f"{probe.operation.pointer}/parameters/{place}/x-filter"


def _filters(probe: Probe) -> list[Parameter]:
    return [each for each in probe.operation.parameters if each.filter is not None]


LAWS: tuple[Law, ...] = (
    any_combination_of_filters_selects_what_it_says,
    each_filter_by_itself_selects_what_it_says,
    filters_compose_with_paging,
    a_filter_by_the_clock_selects_to_the_second,
)
