"""HEAD, 405 with Allow, and paths that nothing is at, for every path of the contract."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartcal_api.contract import Contract
from tests.api.calls import BEARER, call, credential, dump, path_of
from tests.e2e.server import serving
from tests.wire import World, open_world

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "get", "X"]


@pytest.fixture(scope="module")
def reading(contract: Contract) -> World:
    """A world for requests that change nothing."""
    return open_world(contract)


def allowed(contract: Contract, path: str) -> set[str]:
    methods = {name.upper() for name in contract.data["paths"][path] if name.upper() in METHODS}
    return methods | ({"HEAD"} if "GET" in methods else set())


def test_head_has_the_status_and_headers_of_get_at_every_path(contract: Contract) -> None:
    gets = [operation for operation in contract.operations.values() if operation.method == "GET"]
    assert len(gets) == 10
    # The same requests to two worlds, in the same order, so that request ids are the same too.
    asked, headed = open_world(contract), open_world(contract)
    for operation in gets:
        for scopes in (("admin",), ("write",), None):
            answers = []
            for method, world in (("GET", asked), ("HEAD", headed)):
                headers = credential(BEARER, world.key(*scopes)) if scopes else {}
                answers.append(world.request(method, path_of(world, operation), headers=headers))
            assert answers[0].status == answers[1].status
            assert answers[0].headers == answers[1].headers, operation.id


def test_head_has_no_body_on_the_wire(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        key = server.ready["keys"]["read"]
        get, head = (server.request(method, "/api/v1/events", key=key) for method in ("GET", "HEAD"))
        assert (head.status, head.body) == (200, b"")
        assert int(head.headers["content-length"]) == len(get.body) > 0
        refused = server.request("HEAD", "/api/v1/events")
        assert (refused.status, refused.body) == (401, b"")


def test_405_names_all_methods_of_the_path_and_no_other_is_refused(contract: Contract) -> None:
    for path in contract.data["paths"]:
        world = open_world(contract)
        before = dump(world.sandbox)
        for method in METHODS:
            if method in allowed(contract, path):
                continue
            for key in (None, world.key("admin"), "scp_nobody"):
                reply = world.request(method, path.replace("{", "").replace("}", ""), key=key)
                assert (reply.status, reply.code) == (405, "method_not_allowed"), (method, path)
                assert set(reply.headers["allow"].split(", ")) == allowed(contract, path)
        assert dump(world.sandbox) == before
        for operation in contract.operations.values():
            if operation.path == path:
                reply = call(world, operation, credential(BEARER, world.key("admin")))
                assert reply.status != 405, operation.id


SEGMENTS = st.text(st.characters(codec="utf-8", exclude_characters="?#/"), max_size=12)
PATHS = st.lists(SEGMENTS | st.sampled_from(["api", "v1", "v2", "events", "bookings", "me", "oauth"]), max_size=5)


@given(PATHS, st.sampled_from(METHODS), st.sampled_from([None, "admin", "unknown"]))
def test_any_other_path_is_404_whatever_the_method_and_the_credential(
    reading: World, segments: list[str], method: str, who: str | None
) -> None:
    path = "/" + "/".join("".join(f"%{byte:02x}" for byte in each.encode()) for each in segments)
    known = [template.split("/")[1:] for template in reading.contract.data["paths"]]
    fits = [
        each
        for each in known
        if len(each) == len(segments) and all("{" in a or a == b for a, b in zip(each, segments, strict=True))
    ]
    if fits:
        return
    key = reading.key("admin") if who == "admin" else who
    reply = reading.request(method, path, key=key)
    assert (reply.status, reply.code) == (404, "not_found")


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "",
        "/api/v1",
        "/api/v1/",
        "/api/v1/events/",
        "/api/v1//events",
        "//api/v1/events",
        "/API/v1/events",
        "/api/v1/Events",
        "/api/v1/events%0a",
        "/api/v1/events%00",
        "/api/v1/events%20",
        "/api/v1/me/../events",
        "/api/v1/./events",
        "/api/v1/events;a=b",
        "/events",
        "/api/v1/bookings/a/cancel/",
        "/openapi.json",
        "/docs",
        "/_sandbox",
    ],
)
def test_a_path_that_is_nearly_one_is_404_and_no_redirect(reading: World, path: str) -> None:
    for key in (None, reading.key("admin")):
        reply = reading.get(path, key=key)
        assert (reply.status, reply.code) == (404, "not_found")
        assert "location" not in reply.headers
