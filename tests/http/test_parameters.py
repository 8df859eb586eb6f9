"""Query parameters: what the contract bounds is bounded, on every operation that takes it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartcal_api.app import Options
from smartcal_api.contract import Contract, Operation
from tests.api.calls import BEARER, call, credential, lists, path_of, product
from tests.wire import Reply, World, open_world

BOUNDS = {"page": (1, 1_000_000), "per_page": (1, 100)}


@pytest.fixture(scope="module")
def reading(contract: Contract) -> World:
    """A world for requests that change nothing."""
    return open_world(contract)


@pytest.fixture(scope="module")
def lenient(contract: Contract) -> World:
    return open_world(contract, data=False, options=Options(refuse_unknown_parameters=False))


def ask(world: World, query: Any, path: str = "/api/v1/events") -> Reply:
    return world.get(path, query=query, key=world.key("admin"))


def refuses(reply: Reply, *names: str) -> bool:
    """Whether it is a 400 that names exactly these parameters, and the first one in its detail."""
    assert (reply.status, reply.code) == (400, "invalid_request"), reply.body
    return [each["parameter"] for each in reply.json["errors"]] == list(names) and names[0] in reply.json["detail"]


def test_the_bounds_here_are_those_of_the_contract(contract: Contract) -> None:
    for operation in lists(contract):
        schemas = {each.name: each.schema for each in operation.parameters if each.name in BOUNDS}
        assert {name: (each["minimum"], each["maximum"]) for name, each in schemas.items()} == BOUNDS


@pytest.mark.parametrize("name", BOUNDS)
@given(st.data())
def test_a_number_is_taken_exactly_within_its_bounds(reading: World, name: str, data: st.DataObject) -> None:
    least, most = BOUNDS[name]
    edges = st.sampled_from([least, most, least - 1, most + 1, 0, -1, 10**17, 10**18, 10**19, 10**40, 2**63, 2**64])
    number = data.draw(edges | st.integers(least, most) | st.integers())
    for operation in lists(reading.contract):
        reply = ask(reading, {name: number}, operation.path)
        if least <= number <= most:
            assert reply.status == 200
            assert reply.json["pagination"][name] == number
        else:
            assert refuses(reply, name)


@pytest.mark.parametrize("name", BOUNDS)
@pytest.mark.parametrize(
    "text",
    ["1.0", "1e0", "+1", "%2B1", "01", "0x1", "1_0", "%201", "1%20", "1+", "one", "true", "null", "[1]", "1,2", "١",
     "²", "1%00", "1%0A", "-", "-0", "NaN", "Infinity", "9" * 5000],
)  # fmt: skip
def test_what_is_no_integer_is_400(reading: World, name: str, text: str) -> None:
    assert refuses(ask(reading, f"{name}={text}"), name)


def test_the_largest_page_is_past_the_end_and_empty(reading: World) -> None:
    reply = ask(reading, {"page": 1_000_000, "per_page": 100})
    assert (reply.status, reply.json["data"]) == (200, [])


def parameters(operation: Operation) -> list[str]:
    return [each.name for each in operation.parameters if each.location == "query"]


def valid(operation: Operation, name: str) -> str:
    schema = next(each.schema for each in operation.parameters if each.name == name)
    by_type = {"integer": "1", "boolean": "true"}
    return by_type.get(schema["type"]) or schema.get("enum", ["2026-03-09T00:00:00Z"])[0]


def test_a_parameter_that_is_repeated_or_empty_is_400_at_every_list(reading: World) -> None:
    for operation in lists(reading.contract):
        for name in parameters(operation):
            text = valid(operation, name)
            assert ask(reading, f"{name}={text}", operation.path).status == 200
            assert refuses(ask(reading, f"{name}={text}&{name}={text}", operation.path), name)
            for empty in (f"{name}=", name, f"{name}=&{name}="):
                assert refuses(ask(reading, empty, operation.path), name)


def test_an_unknown_parameter_is_400_at_every_operation_and_its_detail_lists_the_known_ones(contract: Contract) -> None:
    for operation in product(contract):
        world = open_world(contract)
        path = path_of(world, operation)
        for name in ("limit", "Page", "page[]", "page%20", "é"):
            reply = world.request(operation.method, path, query=f"{name}=1", key=world.key("admin"))
            assert (reply.status, reply.code) == (400, "invalid_request"), operation.id
            for known in parameters(operation):
                assert known in reply.json["errors"][0]["detail"]
        # Nothing was done: the operation still succeeds.
        assert call(world, operation, credential(BEARER, world.key("admin"))).status == operation.success


@given(st.text(min_size=1, max_size=40), st.text(max_size=40))
def test_unknown_parameters_are_ignored_on_request_and_known_ones_are_still_judged(
    lenient: World, name: str, value: str
) -> None:
    if name in ("page", "per_page", "status", "upcoming"):
        return
    for query in ({name: value}, f"{name}={value}".replace("&", "").replace("=", "").replace("%", "").replace("?", "")):
        reply = ask(lenient, query, "/api/v1/bookings")
        assert reply.status == 200, reply.body
        assert reply.headers["link"].isascii()
        assert reply.headers["link"].count("<") == reply.headers["link"].count(">") == 2
    assert refuses(ask(lenient, {name: value, "page": 0}, "/api/v1/bookings"), "page")


def test_every_fault_of_a_query_is_told_at_once(reading: World) -> None:
    reply = ask(reading, "page=0&per_page=101&status=none&start_after=now&x=1&source=")
    assert refuses(reply, "page", "per_page", "status", "start_after", "x", "source")
    assert "And 5 more" in reply.json["detail"]


@given(st.text(max_size=12))
def test_an_enum_takes_its_values_alone(reading: World, text: str) -> None:
    values = {"confirmed", "tentative", "cancelled"}
    reply = ask(reading, {"status": text})
    assert reply.status == (200 if text in values else 400)
    for value in values:
        assert ask(reading, {"status": value}).status == 200
        assert refuses(ask(reading, {"status": value.upper()}), "status")


@pytest.mark.parametrize("text", ["1", "0", "True", "TRUE", "yes", "on", "null", "true,false"])
def test_a_boolean_is_true_or_false(reading: World, text: str) -> None:
    assert refuses(ask(reading, {"upcoming": text}, "/api/v1/bookings"), "upcoming")


TIMES = [
    "2026-03-09T00:00:00", "2026-03-09", "2026-03-09T00:00Z", "2026-03-09 00:00:00Z", "2026-03-09t00:00:00Z",
    "2026-03-09T00:00:00z", "20260309T000000Z", "2026-W11-1T00:00:00Z", "2026-02-29T00:00:00Z", "2026-04-31T00:00:00Z",
    "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-01-00T00:00:00Z", "2026-03-09T24:00:00Z",
    "2026-03-09T23:60:00Z", "2016-12-31T23:59:60Z", "2016-12-31T23:59:60.5Z", "2017-01-01T00:59:60+01:00",
    "2026-03-09T00:00:00.Z", "2026-03-09T00:00:00.0000000001Z", "2026-03-09T00:00:00,5Z", "2026-03-09T00:00:00+24:00",
    "2026-03-09T00:00:00+01:60", "2026-03-09T00:00:00+0100", "2026-03-09T00:00:00+01", "2026-03-09T00:00:00+01:00:00",
    "2026-03-09T00:00:00 +01:00", "0000-01-01T00:00:00Z", "9999-01-01T00:00:00Z", "-0001-01-01T00:00:00Z",
    "12026-01-01T00:00:00Z", "٢٠٢٦-03-09T00:00:00Z", "2026-03-09T00:00:00Z\n", " 2026-03-09T00:00:00Z", "now", "0",
    "1772928000",
]  # fmt: skip


@pytest.mark.parametrize("text", TIMES)
@pytest.mark.parametrize("name", ["start_after", "start_before"])
def test_what_is_no_instant_of_the_contract_is_400_leap_seconds_too(reading: World, name: str, text: str) -> None:
    assert refuses(ask(reading, {name: text}), name)


TAKEN = ["0001-01-01T00:00:00Z", "9998-12-31T23:59:59.999999999Z", "0001-01-01T00:00:00+23:59",
         "9998-12-31T23:59:59-23:59", "2026-03-09T00:00:00-00:00", "2024-02-29T23:59:59.123456789+14:00"]  # fmt: skip


@pytest.mark.parametrize("text", TAKEN)
@pytest.mark.parametrize("name", ["start_after", "start_before"])
def test_the_ends_of_the_calendar_and_any_offset_are_taken(reading: World, name: str, text: str) -> None:
    assert ask(reading, {name: text}).status == 200


def test_a_plus_in_an_offset_that_arrived_as_a_space_is_400_and_the_detail_says_2b(reading: World) -> None:
    reply = ask(reading, "start_after=2026-03-09T00:00:00+01:00")
    assert refuses(reply, "start_after")
    assert "%2B" in reply.json["detail"]
    assert ask(reading, "start_after=2026-03-09T00:00:00%2B01:00").status == 200


@given(st.binary(max_size=60))
def test_any_bytes_in_a_query_are_answered_without_a_defect(reading: World, raw: bytes) -> None:
    encoded = "".join(f"%{byte:02X}" for byte in raw)
    for query in (encoded, f"status={encoded}", f"{encoded}=1", f"start_after={encoded}&page={encoded}"):
        assert ask(reading, query).status in (200, 400)


@pytest.mark.parametrize("query", ["", "&", "&&", "page=1&", "&page=1", "page=%31", "p%61ge=1"])
def test_separators_and_encodings_that_mean_nothing_change_nothing(reading: World, query: str) -> None:
    assert ask(reading, query).json == ask(reading, "").json
