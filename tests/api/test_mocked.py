"""Operations that no handler serves: mocked at once, by schema, security, limits and parameters (law SRC 3)."""

from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartcal_api.clock import parse_rfc3339
from smartcal_api.contract import Contract
from tests.api.rooms import BOOK, BUILDINGS, EXAMPLE, ROOMS, with_rooms
from tests.e2e.server import run, serving
from tests.edits import edited, write
from tests.independent import Independent
from tests.wire import World, open_world

CALLS = [("GET", ROOMS), ("POST", ROOMS), ("GET", f"{ROOMS}/x"), ("POST", f"{ROOMS}/x/keys")]


@cache
def contract() -> Contract:
    return edited(*with_rooms())


@pytest.fixture(scope="module")
def shared() -> World:
    """One world for requests that change nothing."""
    return open_world(contract())


def faults(name: str, value: Any) -> list[str]:
    return Independent(contract().data).faults(f"/components/schemas/{name}", value)


def rooms(world: World) -> list[dict[str, Any]]:
    reply = world.get(f"{ROOMS}?per_page=100", key=world.key("read"))
    assert reply.status == 200
    found: list[dict[str, Any]] = reply.json["data"]
    return found


def test_src_3_a_list_has_items_in_its_order_all_valid(shared: World) -> None:
    found = rooms(shared)
    assert len(found) > 20, "more than a page of the default size, so that there is something to page through"
    assert found == sorted(found, key=lambda room: (room["seats"], room["id"]))
    assert len({room["id"] for room in found}) == len(found)
    for room in found:
        assert faults("Room", room) == []


@given(size=st.integers(1, 100))
def test_src_3_a_mocked_list_keeps_the_laws_of_pages(shared: World, size: int) -> None:
    whole, pages, number = rooms(shared), [], 0
    key = shared.key("read")
    target = f"{ROOMS}?per_page={size}"
    while target:
        reply = shared.get(target, key=key)
        number += 1
        assert reply.json["pagination"] == {
            "page": number, "per_page": size, "total": len(whole), "total_pages": -(-len(whole) // size)
        }  # fmt: skip
        pages += reply.json["data"]
        links = dict(reversed(link.split('>; rel="')) for link in reply.headers["link"].split(", "))
        target = links.get('next"', "").partition("8080")[2]
    assert pages == whole
    beyond = shared.get(f"{ROOMS}?per_page={size}&page={number + 1}", key=key)
    assert (beyond.status, beyond.json["data"]) == (200, [])


@given(
    building=st.none() | st.sampled_from(BUILDINGS),
    accessible=st.none() | st.booleans(),
    least=st.none() | st.integers(0, 41),
    before=st.none() | st.datetimes(),
)
def test_src_3_a_mocked_list_keeps_the_laws_of_filters(
    shared: World, building: Any, accessible: Any, least: Any, before: Any
) -> None:
    instant = before and f"{before:%Y}".zfill(4) + f"{before:-%m-%dT%H:%M:%SZ}"
    if instant and not "0001" <= instant[:4] <= "9998":
        instant = None
    sent = {"building": building, "accessible": accessible, "least_seats": least, "open_before": instant}
    query = {name: str(value).lower() if value in (True, False) else value for name, value in sent.items()}
    query = {name: value for name, value in query.items() if sent[name] is not None}
    if "least_seats" in query:
        query["least_seats"] = least
    reply = shared.get(ROOMS, query=query | {"per_page": 100}, key=shared.key("read"))
    expected = [
        room
        for room in rooms(shared)
        if (building is None or room["building"] == building)
        and (accessible is None or room["accessible"] is accessible)
        and (least is None or room["seats"] >= least)
        and (instant is None or parse_rfc3339(room["open_from"]) < parse_rfc3339(instant))
    ]
    assert reply.json["data"] == expected
    assert reply.json["pagination"]["total"] == len(expected)


def test_src_3_the_values_of_an_enum_partition_a_mocked_list(shared: World) -> None:
    key = shared.key("read")
    parts = [shared.get(f"{ROOMS}?building={each}", key=key).json["pagination"]["total"] for each in BUILDINGS]
    assert sum(parts) == len(rooms(shared))
    assert max(parts) < len(rooms(shared)), "all in one building: the filter would be no filter"


def test_src_3_what_a_list_shows_can_be_opened_and_belongs_to_its_account(shared: World) -> None:
    key, other = shared.key("read"), shared.key("read", owner=2)
    for room in rooms(shared):
        assert shared.get(f"{ROOMS}/{room['id']}", key=key).json == room
    theirs = shared.get(ROOMS, key=other).json["data"]
    assert theirs
    for room in theirs:
        assert room not in rooms(shared)
        assert shared.get(f"{ROOMS}/{room['id']}", key=key).status == 404


@given(st.text("abcdefghijklmnopqrstuvwxyz0123456789_", min_size=1, max_size=40))
def test_src_3_any_answer_is_valid_and_a_function_of_seed_operation_and_parameters(name: str) -> None:
    key = _plain().key("write")
    one, again = (_plain().post(f"{ROOMS}/{name}/keys", key=key) for _ in range(2))
    assert faults("Door", one.json) == []
    assert one.body == again.body


@cache
def _plain() -> World:
    """One whose mocked answer has no example."""
    return open_world(edited(*with_rooms(examples=False)))


def test_src_3_another_seed_gives_other_values_and_the_same_seed_the_same() -> None:
    first, second, same = (open_world(edited(*with_rooms(examples=False)), seed=seed) for seed in (1, 2, 1))
    assert rooms(first) == rooms(same) != rooms(second)
    bodies = [world.post(f"{ROOMS}/x/keys", key=world.key("write")).body for world in (first, second, same)]
    assert bodies[0] == bodies[2] != bodies[1]
    assert bodies[0] != first.post(f"{ROOMS}/y/keys", key=first.key("write")).body


def test_src_3_the_first_example_is_the_answer_and_without_one_it_is_generated(shared: World) -> None:
    path = f"{ROOMS}/x/keys"
    assert shared.post(path, key=shared.key("write")).json == EXAMPLE
    plain = open_world(edited(*with_rooms(examples=False)))
    generated = plain.post(path, key=plain.key("write")).json
    assert generated != EXAMPLE
    assert faults("Door", generated) == []


def test_src_3_the_lowest_2xx_comes_with_the_headers_that_it_requires(shared: World) -> None:
    reply = shared.post(ROOMS, {"name": "Blue"}, key=shared.key("write"))
    assert reply.status == 201
    assert faults("Room", reply.json) == []
    assert reply.headers["location"].startswith("http")


def test_src_3_bodies_and_parameters_are_validated(shared: World) -> None:
    key = shared.key("admin")
    bodies = [None, {}, {"name": "ten letters"}, {"name": "x", "more": 1}]
    assert [shared.post(ROOMS, body, key=key).status for body in bodies] == [400] * 4
    queries = ["building=west", "least_seats=x", "open_before=now", "accessible=1", "page=0", "colour=red"]
    assert [shared.get(f"{ROOMS}?{query}", key=key).status for query in queries] == [400] * 6


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_src_3_security_applies(shared: World, method: str, path: str) -> None:
    wanted = {"GET": "read", "POST": "write"}[method]
    assert shared.request(method, path).code == "missing_credentials"
    assert shared.request(method, path, key="scp_wrong").code == "invalid_token"
    for scope in ("read", "write", "webhooks"):
        status = shared.request(method, path, key=shared.key(scope)).status
        assert (status == 403) == (scope != wanted), scope


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_src_3_the_rate_limits_apply(method: str, path: str) -> None:
    world = open_world(contract(), rate_limits=True)
    key = world.key("read", "write")
    codes = [world.request(method, path, key=key) for _ in range(101)]
    assert [reply.status == 429 for reply in codes] == [False] * 100 + [True]
    assert int(codes[99].headers["x-ratelimit-remaining"]) == 0


def test_src_3_a_mocked_operation_has_its_head_and_its_405(shared: World) -> None:
    key = shared.key("read")
    head, get = (shared.request(method, ROOMS, key=key) for method in ("HEAD", "GET"))
    assert head.headers["content-length"] == get.headers["content-length"]
    assert shared.request("PUT", ROOMS, key=key).headers["allow"] == "GET, HEAD, POST"


def test_src_3_smartcal_routes_marks_what_is_mocked(tmp_path: Path) -> None:
    write(tmp_path / "rooms.yaml", *with_rooms())
    listed = run("routes", "--spec", "rooms.yaml", folder=tmp_path).stdout.splitlines()
    served = {row[3]: (row[0], row[1], row[2], row[4]) for row in map(str.split, listed)}
    assert served["listRooms"] == ("GET", ROOMS, "read", "resource")
    assert served["createRoom"] == ("POST", ROOMS, "write", "resource")
    assert served["takeKey"] == ("POST", BOOK, "write", "mock")
    assert served["listEvents"] == ("GET", "/api/v1/events", "read", "handler")
    assert set(served) == set(contract().operations)


def test_src_3_the_start_up_listing_marks_what_is_mocked(tmp_path: Path) -> None:
    write(tmp_path / "rooms.yaml", *with_rooms())
    with serving(tmp_path, "--spec", "rooms.yaml") as server:
        found = server.request("GET", ROOMS, key=server.ready["keys"]["read"])
        assert (found.status, len(found.json["data"])) == (200, 20)
        shaped, mocked = (
            server.said().partition(each)[2].partition("\n\n")[0] for each in ("by their shape", "mocked")
        )
    assert f"Room: GET {ROOMS}, POST {ROOMS} and 1 more" in shaped
    assert f"POST {BOOK}" in mocked
    assert "/api/v1/events" not in shaped + mocked
