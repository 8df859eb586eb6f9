"""Law SBX 2 as far as one process shows it, and request ids."""

import logging
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartcal_api.contract import Contract
from tests.api.calls import BEARER, call, credential, product
from tests.wire import Reply, World, open_world

SECRET = re.compile(rb'"secret":"[^"]*"')
REQUEST_ID = re.compile(r"req_[0-9a-z]{20}")


def run(contract: Contract, steps: list[tuple[str, str | None, int]], *, seed: int) -> list[tuple[object, ...]]:
    world = open_world(contract, seed=seed)
    answers = []
    for operation, scope, seconds in steps:
        world.sandbox.clock.advance(seconds * 10**9)
        headers = credential(BEARER, world.key(scope)) if scope else {}
        reply = call(world, contract.operations[operation], headers)
        answers.append((reply.status, reply.headers, SECRET.sub(b"", reply.body)))
    return answers


OPERATIONS = ["listEvents", "getEvent", "listBookings", "cancelBooking", "createWebhook", "listWebhooks"]
STEPS = st.lists(
    st.tuples(
        st.sampled_from([*OPERATIONS, "deleteWebhook", "getAccount", "issueToken", "getAuthorizationServerMetadata"]),
        st.sampled_from(["admin", "read", None]),
        st.integers(0, 3600),
    ),
    min_size=1,
    max_size=6,
)


@given(STEPS, st.integers(-(2**63), 2**63 - 1))
@settings(max_examples=12)
def test_sbx_2_same_seed_clock_and_requests_give_the_same_answers_byte_for_byte(
    contract: Contract, steps: list[tuple[str, str | None, int]], seed: int
) -> None:
    assert run(contract, steps, seed=seed) == run(contract, steps, seed=seed)


@given(st.integers(-(2**63), 2**63 - 1), st.integers(-(2**63), 2**63 - 1))
@settings(max_examples=10)
def test_sbx_2_another_seed_gives_other_ids(contract: Contract, seed: int, other: int) -> None:
    answers = [run(contract, [("createWebhook", "admin", 0)], seed=each)[0] for each in (seed, other)]
    ids = [(reply[1]["x-request-id"], reply[1]["location"]) for reply in answers]
    assert (ids[0] == ids[1]) == (seed == other)
    assert (ids[0][0] == ids[1][0]) == (ids[0][1] == ids[1][1])


def everything(world: World) -> list[Reply]:
    replies = [
        call(world, each, credential(BEARER, world.key(scope)))
        for each in product(world.contract)
        for scope in ("admin", "write")
    ]
    replies += [world.get(path) for path in ("/", "/api/v1/events", "/oauth/authorize", "/.well-known/x")]
    replies += [world.request(method, "/api/v1/me") for method in ("HEAD", "PUT", "OPTIONS")]
    preflight = {"origin": "http://localhost", "access-control-request-method": "GET"}
    return [*replies, world.request("OPTIONS", "/api/v1/events", headers=preflight)]


def test_every_answer_has_a_request_id_of_its_own_in_the_form_of_the_contract(world: World) -> None:
    replies = everything(world) + everything(world)
    ids = [reply.headers["x-request-id"] for reply in replies]
    assert all(REQUEST_ID.fullmatch(each) for each in ids)
    assert len(set(ids)) == len(ids)
    for reply in replies:
        if reply.headers.get("content-type") == "application/problem+json":
            assert reply.json["request_id"] == reply.headers["x-request-id"]


def test_a_request_id_that_the_client_sends_is_not_taken_for_one(world: World) -> None:
    mine = "req_00000000000000000000"
    assert world.get("/api/v1/me", headers={"x-request-id": mine}).headers["x-request-id"] != mine


def test_the_log_names_a_refused_request_by_its_id_at_info(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    reply = world.get("/api/v1/me")
    (line,) = (each for each in caplog.records if reply.headers["x-request-id"] in each.getMessage())
    assert line.levelno == logging.INFO
