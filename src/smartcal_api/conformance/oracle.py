"""What a filter selects, computed from the whole list by the comparison that the contract's `x-filter` states."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from itertools import combinations
from typing import Any

from hypothesis import strategies as st

from smartcal_api.conformance.findings import Unreadable
from smartcal_api.contract import Clause, Operation, Parameter

NOW = "now"
_ORDERED = {
    "at_or_after": lambda left, right: left >= right,
    "after": lambda left, right: left > right,
    "before": lambda left, right: left < right,
    "at_or_before": lambda left, right: left <= right,
}


@dataclass(frozen=True, slots=True)
class Selection:
    """Ids that an answer must have and those that it may: between two instants `now` may have been either."""

    must: frozenset[str]
    may: frozenset[str]


def select(
    items: Sequence[Mapping[str, Any]],
    listing: Operation,
    values: Mapping[str, Any],
    between: tuple[datetime, datetime],
) -> Selection:
    """`values` holds the filters' values as Python has them: booleans as bool, the rest as text."""
    assert listing.listing is not None
    clauses = [
        clause
        for each in listing.listing.filters
        if each.parameter in values
        for clause in each.bind(values[each.parameter])
    ]
    at = [
        frozenset(str(item["id"]) for item in items if all(_holds(clause, item, now) for clause in clauses))
        for now in between
    ]
    return Selection(at[0] & at[1], at[0] | at[1])


def plainly(
    items: Sequence[Mapping[str, Any]],
    listing: Operation,
    values: Mapping[str, Any],
    between: tuple[datetime, datetime],
    read: Collection[str],
) -> Selection:
    """What the names of the filters alone say, which is less than the contract does: not what comes of an item at the
    very bound, and of a filter by the clock only the instant. Which states such a filter takes in is seen from what was
    `read`."""
    assert listing.listing is not None
    given = [each for each in listing.listing.filters if each.parameter in values]
    selected = [item for item in items if str(item["id"]) in read]
    must, may = set(), set()
    for item in items:
        said = [
            _plain(clause, item, selected, between) for each in given for clause in each.bind(values[each.parameter])
        ]
        if False not in said:
            may.add(str(item["id"]))
        if all(said):
            must.add(str(item["id"]))
    return Selection(frozenset(must), frozenset(may))


def _plain(
    clause: Clause,
    item: Mapping[str, Any],
    selected: Sequence[Mapping[str, Any]],
    between: tuple[datetime, datetime],
) -> bool | None:
    """None where the name of the filter leaves it open."""
    own = item[clause.field]
    if clause.comparison == "one_of":
        seen = own in clause.value and any(each[clause.field] == own for each in selected)
        return True if seen else None
    if clause.comparison not in _ORDERED:
        return bool(own == clause.value)
    if clause.value == NOW:
        before, after = (_holds(clause, item, now) for now in between)
        return before if before == after and not _is_going_on(clause, item, between) else None
    if own is None:
        return None
    return None if instant(own) == instant(clause.value) else _holds(clause, item, between[0])


def _is_going_on(clause: Clause, item: Mapping[str, Any], between: tuple[datetime, datetime]) -> bool:
    """Whether what begins at a field has begun, and not ended: if that is still to come, nobody says."""
    until = item.get(clause.field.replace("start", "end"))
    return isinstance(until, str) and instant(item[clause.field]) <= between[1] and between[0] < instant(until)


def _holds(clause: Clause, item: Mapping[str, Any], now: datetime) -> bool:
    own = item[clause.field]
    if clause.comparison == "equals":
        return bool(own == clause.value)
    if clause.comparison == "one_of":
        return own in clause.value
    value = now if clause.value == NOW else instant(clause.value)
    return own is not None and bool(_ORDERED[clause.comparison](instant(own), value))


def instant(value: Any) -> datetime:
    """RFC 3339, as aware datetime; in another form it can't be read."""
    try:
        found = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        found = None
    if found is None or found.tzinfo is None:
        raise Unreadable("a time of an answer isn't RFC 3339 with an offset, so it can't be compared")
    return found


def filter_values(
    listing: Operation, items: Sequence[Mapping[str, Any]], parameters: Sequence[Parameter] | None = None
) -> st.SearchStrategy[dict[str, Any]]:
    """Any combination of the list's filters, with values that lie where its items do: at the instants of their fields
    and a second beside them, in any offset."""
    filters = [each for each in listing.parameters if each.filter] if parameters is None else parameters
    return st.fixed_dictionaries({}, optional={each.name: _value(each, items) for each in filters})


def _value(parameter: Parameter, items: Sequence[Mapping[str, Any]]) -> st.SearchStrategy[Any]:
    assert parameter.filter is not None
    if "enum" in parameter.schema:
        return st.sampled_from(parameter.schema["enum"])
    if parameter.schema.get("type") == "boolean":
        return st.booleans()
    clause = parameter.filter.clauses[0]
    found = sorted({item[clause.field] for item in items if item[clause.field] is not None})
    if clause.comparison not in _ORDERED:
        return st.sampled_from(found or ["-"])
    moments = [instant(each) for each in found] or [datetime(2026, 1, 1, tzinfo=UTC)]
    return st.builds(
        lambda moment, beside, offset: _rfc3339(moment + timedelta(seconds=beside), offset),
        st.sampled_from(moments),
        st.sampled_from([0, -1, 1]),
        st.sampled_from([0, 0, 60, -330, 840]),
    )


def telling_values(parameter: Parameter, items: Sequence[Mapping[str, Any]]) -> list[Any]:
    """Those that tell a right filter from a wrong one: every value of an enum; of an ordered one the instant of an item
    in the middle, as it is, in another offset, and a second before and after."""
    assert parameter.filter is not None
    clause = parameter.filter.clauses[0]
    if parameter.schema.get("type") == "boolean":
        return [True, False]
    found = sorted({item[clause.field] for item in items if item[clause.field] is not None})
    if "enum" in parameter.schema:
        # A deployment may have values of its own.
        return list(dict.fromkeys([*parameter.schema["enum"], *found]))
    if not found or clause.comparison not in _ORDERED:
        return list(found[:3])
    moment = instant(found[len(found) // 2])
    shifted = [_rfc3339(moment + timedelta(seconds=beside), 0) for beside in (-1, 0, 1)]
    return [*shifted, _rfc3339(moment, -330)]


def values_of_one(parameters: Sequence[Parameter], items: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """For each ordered filter a combination that is about an item in the middle: the filter is at its very instant, in
    UTC and far from it, and every enum asks for what it has."""
    if not items:
        return
    item = items[len(items) // 2]
    stated = [(each, each.filter.clauses[0]) for each in parameters if each.filter is not None]
    same = {each.name: item[clause.field] for each, clause in stated if item.get(clause.field) in _enum(each)}
    for each, clause in stated:
        if clause.comparison in _ORDERED and clause.value != NOW and item.get(clause.field) is not None:
            moment = instant(item[clause.field])
            for offset in (0, 840):
                yield same | {each.name: _rfc3339(moment, offset)}
            # Well within, so that whatever an offset is taken for leaves the item out.
            within = timedelta(hours=-1 if "after" in clause.comparison else 1)
            for offset in (840, -720):
                yield {each.name: _rfc3339(moment + within, offset)}


def telling_pairs(listing: Operation, items: Sequence[Mapping[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """For each two filters the values with which both together select less than either by itself, if any do."""
    filters = [each for each in listing.parameters if each.filter]
    at_once = (datetime.now(UTC),) * 2

    def selected(values: Mapping[str, Any]) -> frozenset[str]:
        return select(items, listing, values, at_once).must

    for one, two in combinations(filters, 2):
        both = [
            {one.name: first, two.name: second}
            for first in telling_values(one, items)
            for second in telling_values(two, items)
        ]
        telling = [
            values
            for values in both
            if (chosen := selected(values)) and all(chosen != selected({name: value}) for name, value in values.items())
        ]
        if telling or both:
            yield telling or both


def _enum(parameter: Parameter) -> Sequence[Any]:
    values: Sequence[Any] = parameter.schema.get("enum", ())
    return values


def _rfc3339(moment: datetime, offset_minutes: int) -> str:
    local = moment.astimezone(timezone(timedelta(minutes=offset_minutes)))
    return local.isoformat().replace("+00:00", "Z") if offset_minutes == 0 else local.isoformat()


def as_query(values: Mapping[str, Any]) -> dict[str, str]:
    """The values as they go into a query."""
    return {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in values.items()}
