"""Paths are taken by their segments as they came, and what separates values is looked for before they are decoded."""

import copy
from typing import Any

import pytest

from smartcal_api.conformance.exchange import Exchange
from smartcal_api.conformance.judge import Judge
from smartcal_api.conformance.requests import RequestJudge
from smartcal_api.contract import Contract
from tests.control.faulty import arm
from tests.control.plane import open_plane
from tests.edits import Edit, edited
from tests.wire import World, open_world

ECHO = {
    "description": "Whatever.",
    "content": {"application/json": {"schema": {"type": "object", "required": ["a"], "properties": {"a": {}}}}},
}
TEXTS = {"type": "string", "enum": ["a,b", "c", "a/b", "x%2Fy", "é +"]}
NUMBERS = {"type": "array", "items": {"type": "integer"}, "maxItems": 3}
LIST = {"type": "array", "items": TEXTS}


def operation(path: str, *parameters: dict[str, Any]) -> Edit:
    """One more operation, which answers 200 if its parameters are right."""

    def edit(data: Any) -> None:
        me = data["paths"]["/api/v1/me"]["get"]
        ok = {**ECHO, "headers": me["responses"]["200"]["headers"]}
        data["paths"][path] = {
            "get": {
                **copy.deepcopy(me),
                "operationId": path.replace("/", "_"),
                "parameters": [{"required": each["in"] == "path", **each} for each in parameters],
                "responses": {**me["responses"], "200": ok},
            }
        }

    return edit


@pytest.fixture(scope="module")
def contract() -> Contract:
    return edited(
        operation("/api/v1/file/{name}", {"name": "name", "in": "path", "schema": TEXTS}),
        operation("/api/v1/two words/é", {"name": "q", "in": "query", "schema": LIST, "explode": False}),
        operation(
            "/api/v1/all/{list}/{name}.json",
            {"name": "list", "in": "path", "schema": LIST},
            {"name": "name", "in": "path", "schema": TEXTS},
        ),
        operation(
            "/api/v1/fields",
            {"name": "X-One", "in": "header", "schema": {"type": "integer"}},
            {"name": "X-Many", "in": "header", "schema": NUMBERS},
        ),
    )


@pytest.fixture(scope="module")
def world(contract: Contract) -> World:
    return open_world(contract)


def judged(contract: Contract, target: str, fields: list[tuple[str, str]]) -> bool:
    """Whether the judge of requests finds it right."""
    exchange = Exchange(1, "", None, "GET", target, tuple(fields), b"", None, 200, (), b"", 0, 0)
    return RequestJudge(contract, Judge(contract)).faults(exchange) == []


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("/api/v1/file/c", 200),
        ("/api/v1/file/a%2Fb", 200),
        ("/api/v1/file/a%2fb", 200),
        ("/api/v1/file/x%252Fy", 200),
        ("/api/v1/file/%C3%A9%20+", 200),
        ("/api/v1/file/a/b", 404),
        ("/api/v1/file/a%252Fb", 404),
        ("/api/v1/file%2Fc", 404),
        ("/api/v1%2Fme", 404),
        ("/api/v1/%6De", 200),
        ("/api/v1/two%20words/%c3%a9", 200),
        ("/api/v1/two%20words%2F%C3%A9", 404),
        ("/api/v1/two%20words/%C3%A9?q=a%2Cb", 200),
        ("/api/v1/two%20words/%C3%A9?q=c,a%2Cb,c", 200),
        ("/api/v1/two%20words/%C3%A9?q=a,b", 400),
        ("/api/v1/two%20words/%C3%A9?q=c&q=c", 400),
        ("/api/v1/two%20words/%C3%A9?q=c%FF", 400),
        ("/api/v1/all/c,a%2Fb/c%2Ejson", 200),
        ("/api/v1/all/a,b/c.json", 404),
    ],
)
def test_guard_1_an_encoded_delimiter_separates_nothing_for_the_server_and_the_judge(
    world: World, contract: Contract, target: str, status: int
) -> None:
    assert world.get(target, key=world.key("admin")).status == status
    assert judged(contract, target, []) == (status == 200)


def test_guard_1_an_encoded_comma_in_a_list_of_a_path_is_part_of_a_value(world: World) -> None:
    assert world.get("/api/v1/all/c,a%2Cb/a%2Cb.json", key=world.key("admin")).status == 200


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ([("X-One", "5")], 200),
        ([("X-One", " 5 \t")], 200),
        ([("X-One", "5 5")], 400),
        ([("X-One", "5"), ("X-One", "5")], 400),
        ([("X-One", "5"), ("x-one", "6")], 400),
        ([("X-Many", "5")], 200),
        ([("X-Many", "5,6 ,\t7")], 200),
        ([("X-Many", "5,6"), ("x-many", "7")], 200),
        ([("X-Many", "5,6"), ("X-Many", "7, 8")], 400),
        ([("X-Many", "5,x")], 400),
    ],
)
def test_guard_1_field_values_lose_their_blanks_and_lines_of_a_list_are_one(
    world: World, contract: Contract, fields: list[tuple[str, str]], status: int
) -> None:
    """RFC 9110 sections 5.3 and 5.5."""
    reply = world.get("/api/v1/fields", key=world.key("admin"), headers=fields)
    assert reply.status == status
    assert judged(contract, "/api/v1/fields", fields) == (status == 200)


def test_guard_1_an_encoded_slash_does_not_act(world: World) -> None:
    """`POST bookings/ID%2Fcancel` is a POST to one booking, which there is none of, and cancels nothing."""
    key = world.key("admin")
    booking = world.get("/api/v1/bookings?status=confirmed", key=key).json["data"][0]
    reply = world.post(f"/api/v1/bookings/{booking['id']}%2Fcancel", key=key)
    assert (reply.status, reply.headers["allow"]) == (405, "GET, HEAD")
    assert world.get(f"/api/v1/bookings/{booking['id']}", key=key).json == booking


@pytest.mark.parametrize("target", ["/api/v1%2Fme", "/api/v1/me%2F", "/api/v1/file/c%2Fd"])
def test_sbx_5_a_fault_hits_what_the_router_finds(contract: Contract, target: str) -> None:
    plane = open_plane(contract)
    for name in ("getAccount", "_api_v1_file_{name}"):
        arm(plane, "status", status=503, operations=name)
    hit = target == "/api/v1/file/c%2Fd"
    assert plane.get(target, key=plane.world.key("admin")).status == (503 if hit else 404)


@pytest.mark.parametrize("target", ["/_sandbox%2Fhealth", "/_sandbox/sandboxes%2Fdefault", "/_sandbox/sandboxes/a%2Fb"])
def test_guard_1_an_encoded_slash_separates_nothing_on_the_control_plane(contract: Contract, target: str) -> None:
    assert open_plane(contract).get(target).status == 404


def test_auth_1_an_encoded_slash_makes_no_path_one_where_keys_are_not_read(world: World) -> None:
    assert "cache-control" in world.post("/oauth/token", body=b"").headers
    reply = world.post("/oauth%2Ftoken", body=b"")
    assert (reply.status, "cache-control" in reply.headers) == (404, False)
