"""Laws FILT 1 to 3, as relations between answers, with the contract's `x-filter` as the oracle."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartcal_api.clock import format_rfc3339, parse_rfc3339
from smartcal_api.contract import Contract, Operation
from tests.api.calls import lists
from tests.properties.queries import EXTREMES, filters, instant, instants, queries, selected, texts, written
from tests.wire import NOW, World, open_world

DATA = st.data()


@pytest.fixture(scope="module")
def reading(contract: Contract) -> World:
    """A world for requests that change nothing."""
    return open_world(contract)


def filtered(contract: Contract) -> list[Operation]:
    return [operation for operation in lists(contract) if operation.listing.filters]


def everything(world: World, operation: Operation, query: dict[str, str], *, per_page: int = 100) -> list[Any]:
    """All items that a query selects, page by page."""
    items: list[Any] = []
    page, pages = 1, 1
    while page <= pages:
        asked = query | {"page": page, "per_page": per_page}
        reply = world.get(operation.path, query=asked, key=world.key("read"))
        assert reply.status == 200, reply.body
        items += reply.json["data"]
        page, pages = page + 1, reply.json["pagination"]["total_pages"]
    assert len(items) == reply.json["pagination"]["total"]
    return items


@given(DATA)
@settings(max_examples=80)
def test_filt_1_the_answer_is_the_full_list_filtered_by_the_client(reading: World, data: st.DataObject) -> None:
    operation = data.draw(st.sampled_from(filtered(reading.contract)))
    query = data.draw(queries(reading, operation))
    full = everything(reading, operation, {})
    assert everything(reading, operation, query) == selected(reading.contract, operation, query, full, now=NOW)


@given(DATA, st.integers(1, 999_999_999), st.integers(-1439, 1439))
@settings(max_examples=25)
def test_filt_1_a_fraction_of_a_second_is_part_of_the_instant(
    reading: World, data: st.DataObject, fraction: int, offset: int
) -> None:
    operation = reading.contract.operations["listEvents"]
    full = everything(reading, operation, {})
    start = int(instant(data.draw(st.sampled_from(full))["start_time"])) * 10**9
    bound = written(start + fraction, offset=offset, digits=9)
    early = [each for each in full if instant(each["start_time"]) * 10**9 <= start]
    assert everything(reading, operation, {"start_before": bound}) == early
    assert everything(reading, operation, {"start_after": bound}) == full[len(early) :]


@given(DATA)
@settings(max_examples=25)
def test_filt_1_upcoming_follows_the_clock_to_the_nanosecond(contract: Contract, data: st.DataObject) -> None:
    operation = contract.operations["listBookings"]
    world = open_world(contract)
    future = [each for each in everything(world, operation, {}) if instant(each["start_time"]) >= instant(NOW)]
    start = parse_rfc3339(data.draw(st.sampled_from(future))["start_time"])
    beside = data.draw(st.sampled_from([-1, 0, 1, 999_999_999, 10**9]) | st.integers(-(10**12), 10**12))
    world.sandbox.clock.advance(max(0, start + beside - world.sandbox.clock.now()))
    seconds, rest = divmod(world.sandbox.clock.now(), 10**9)
    now = f"{format_rfc3339(seconds * 10**9)[:-1]}.{rest:09d}Z"
    full = everything(world, operation, {})
    query = {"upcoming": "true"}
    assert everything(world, operation, query) == selected(contract, operation, query, full, now=now)
    assert everything(world, operation, {"upcoming": "false"}) == full


@given(DATA)
@settings(max_examples=70)
def test_filt_2_one_more_filter_never_adds_an_item(reading: World, data: st.DataObject) -> None:
    operation = data.draw(st.sampled_from(filtered(reading.contract)))
    query = data.draw(queries(reading, operation))
    narrow = everything(reading, operation, query)
    for name in query:
        wider = everything(reading, operation, {each: text for each, text in query.items() if each != name})
        assert [each for each in wider if each in narrow] == narrow


@given(DATA)
@settings(max_examples=25)
def test_filt_2_the_values_of_an_enum_partition_the_list_under_any_other_filter(
    reading: World, data: st.DataObject
) -> None:
    for operation in filtered(reading.contract):
        query = data.draw(queries(reading, operation))
        for parameter in operation.parameters:
            if "enum" not in parameter.schema:
                continue
            rest = {name: text for name, text in query.items() if name != parameter.name}
            parts = [everything(reading, operation, rest | {parameter.name: v}) for v in parameter.schema["enum"]]
            ids = [each["id"] for part in parts for each in part]
            assert len(set(ids)) == len(ids)
            assert sorted(ids) == sorted(each["id"] for each in everything(reading, operation, rest))


@given(DATA)
@settings(max_examples=40)
def test_filt_2_adjacent_windows_neither_overlap_nor_leave_a_gap(reading: World, data: st.DataObject) -> None:
    operation = reading.contract.operations["listEvents"]
    bounds = sorted(data.draw(st.lists(instants(reading, "start_time", "Event"), min_size=1, max_size=5)), key=instant)
    windows = [{"start_before": bounds[0]}]
    windows += [{"start_after": a, "start_before": b} for a, b in pairwise(bounds)]
    windows += [{"start_after": bounds[-1]}]
    joined = [each for window in windows for each in everything(reading, operation, window)]
    assert joined == everything(reading, operation, {})


@given(DATA)
def test_filt_1_an_inverted_window_is_empty_and_no_error(reading: World, data: st.DataObject) -> None:
    operation = reading.contract.operations["listEvents"]
    bound = instants(reading, "start_time", "Event")
    early, late = sorted(data.draw(st.tuples(bound, bound)), key=instant)
    assert everything(reading, operation, {"start_after": late, "start_before": early}) == []


@given(DATA, st.integers(1, 100))
@settings(max_examples=100)
def test_filt_3_filters_compose_with_paging(reading: World, data: st.DataObject, per_page: int) -> None:
    operation = data.draw(st.sampled_from(filtered(reading.contract)))
    query = data.draw(queries(reading, operation))
    assert everything(reading, operation, query, per_page=per_page) == everything(reading, operation, query)


@pytest.mark.parametrize("text", EXTREMES)
def test_filt_1_the_ends_of_the_calendar_are_bounds_like_any_other(reading: World, text: str) -> None:
    operation = reading.contract.operations["listEvents"]
    full = everything(reading, operation, {})
    assert full
    early = instant(text) < instant(full[0]["start_time"])
    assert everything(reading, operation, {"start_after": text}) == (full if early else [])
    assert everything(reading, operation, {"start_before": text}) == ([] if early else full)


def test_filt_1_every_filter_of_the_contract_is_served_and_tested(reading: World) -> None:
    for operation in filtered(reading.contract):
        assert set(texts(reading, operation)) == set(filters(reading.contract, operation)) != set()
