"""Filters that the contract's lists take, generated, and what they select, by the words of `x-filter` alone."""

import operator
import re
from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from smartcal_api.contract import Contract, Operation
from tests.api.calls import owned, stated
from tests.wire import World

_INSTANT = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d+)?(?:Z|([+-])(\d\d):(\d\d))", re.ASCII)
_COMPARED: Mapping[str, Callable[[Any, Any], bool]] = {
    "equals": operator.eq,
    "one_of": lambda stored, values: stored in values,
    "at_or_after": lambda stored, bound: instant(stored) >= instant(bound),
    "after": lambda stored, bound: instant(stored) > instant(bound),
    "before": lambda stored, bound: instant(stored) < instant(bound),
    "at_or_before": lambda stored, bound: instant(stored) <= instant(bound),
}
EXTREMES = [
    "0001-01-01T00:00:00Z",
    "0001-01-01T00:00:00+23:59",
    "0001-01-01T00:00:00.000000001-23:59",
    "1969-12-31T23:59:59.999999999Z",
    "9998-12-31T23:59:59Z",
    "9998-12-31T23:59:59.999999999-23:59",
    "9998-12-31T23:59:59+23:59",
]


def instant(text: str) -> Fraction:
    """Seconds since the year 1, without the code under test and without its limits."""
    year, month, day, hour, minute, second, fraction, sign, hours, minutes = _INSTANT.fullmatch(text).groups()
    whole = date(int(year), int(month), int(day)).toordinal() * 86_400
    whole += int(hour) * 3600 + int(minute) * 60 + int(second)
    offset = (int(hours) * 3600 + int(minutes) * 60) * (-1 if sign == "-" else 1) if sign else 0
    return whole - offset + Fraction(f"0{fraction}" if fraction else 0)


def written(nanoseconds: int, *, offset: int, digits: int) -> str:
    """An instant (since the year 1) at an offset in minutes, cut to so many digits of fraction."""
    seconds, rest = divmod(nanoseconds + offset * 60 * 10**9, 10**9)
    day = date.fromordinal(seconds // 86_400).isoformat()
    clock = f"{seconds // 3600 % 24:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    fraction = f".{rest:09d}"[: digits + 1] if digits else ""
    zone = f"{'-' if offset < 0 else '+'}{abs(offset) // 60:02d}:{abs(offset) % 60:02d}"
    return f"{day}T{clock}{fraction}{zone}"


def instants(world: World, field: str, collection: str) -> st.SearchStrategy[str]:
    """Instants on, just beside and far from those that stored documents have."""
    known = sorted({int(instant(each[field])) * 10**9 for each in owned(world, collection)})
    steps = st.sampled_from([0, 1, -1, 10**9, -(10**9)]) | st.integers(-2 * 10**9, 2 * 10**9)
    near = st.builds(
        lambda at, step, offset, digits: written(at + step, offset=offset, digits=digits),
        st.sampled_from(known),
        steps | st.integers(-(10**16), 10**16),
        st.integers(-1439, 1439),
        st.integers(0, 9),
    )
    return near | st.sampled_from(EXTREMES)


def texts(world: World, operation: Operation) -> dict[str, st.SearchStrategy[str]]:
    """For each filter of a list the values that its parameter's schema allows."""
    found: dict[str, st.SearchStrategy[str]] = {}
    for parameter in operation.parameters:
        if parameter.filter is None:
            continue
        if "enum" in parameter.schema:
            found[parameter.name] = st.sampled_from(parameter.schema["enum"])
        elif parameter.schema["type"] == "boolean":
            found[parameter.name] = st.sampled_from(["true", "false"])
        else:
            assert parameter.schema["format"] == "date-time", parameter.name
            found[parameter.name] = instants(
                world, filters(world.contract, operation)[parameter.name]["field"], "Event"
            )
    return found


def queries(world: World, operation: Operation) -> st.SearchStrategy[dict[str, str]]:
    return st.fixed_dictionaries({}, optional=texts(world, operation))


def filters(contract: Contract, operation: Operation) -> dict[str, Any]:
    """parameter → its `x-filter`, as the document has it."""
    return {each["name"]: each["x-filter"] for each in stated(contract, operation)["parameters"] if "x-filter" in each}


def selected(
    contract: Contract, operation: Operation, query: Mapping[str, str], items: list[Any], *, now: str
) -> list[Any]:
    """What a client that has the full list keeps of it."""
    kept = items
    for name, text in query.items():
        rule = filters(contract, operation)[name]
        if "all" not in rule:
            kept = [each for each in kept if _COMPARED[rule["comparison"]](each[rule["field"]], text)]
        elif text == str(rule["when"]).lower():
            for part in rule["all"]:
                value = now if part["value"] == "now" else part["value"]
                kept = [each for each in kept if _COMPARED[part["comparison"]](each[part["field"]], value)]
    return kept
