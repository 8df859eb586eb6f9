"""Problem details (RFC 9457): every code of the contract is produced once, with its status, and none besides."""

import logging
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartcal_api.contract import Contract
from smartcal_api.errors import Invalid, Problem
from smartcal_api.http.problems import problem_answer
from tests.api.calls import owned, subscribe
from tests.edits import ACCOUNT, edited, put
from tests.wire import Reply, World, open_world

HOOKS, WANTED = "/api/v1/webhooks", {"url": "https://a.example", "events": ["event.created"]}
JSON = "application/json"


def booking(world: World, status: str) -> str:
    return next(each["id"] for each in owned(world, "Booking") if each["status"] == status)


def cancel(world: World, identifier: str, **request: Any) -> Reply:
    return world.post(f"/api/v1/bookings/{identifier}/cancel", key=world.key("write"), **request)


def limited(world: World) -> Reply:
    world.sandbox.limits.enabled = True
    while (reply := world.get("/api/v1/me", key=world.key("read"))).status == 200:
        pass
    return reply


def too_many(world: World) -> Reply:
    for _ in range(world.contract.policy.resource_limits["webhooks"]):
        subscribe(world)
    return world.post(HOOKS, WANTED, key=world.key("webhooks"))


def broken(world: World) -> Reply:
    def handler(_: object) -> Any:
        raise ZeroDivisionError

    world.application.served["getAccount"].handler = handler
    return world.get("/api/v1/me", key=world.key("read"))


def unwritable(world: World) -> Reply:
    world.sandbox.store.query("PRAGMA query_only = 1")
    return world.post(HOOKS, WANTED, key=world.key("webhooks"))


def draft(world: World) -> Reply:
    unknown = edited(put(f"{ACCOUNT}/callbacks", {}), draft=True)
    assert "getAccount" in unknown.unserved
    world = open_world(unknown)
    return world.get("/api/v1/me", key=world.key("read"))


PRODUCED: dict[str, Callable[[World], Reply]] = {
    "invalid_request": lambda world: world.get("/api/v1/events?page=0", key=world.key("read")),
    "invalid_body": lambda world: world.post(HOOKS, {}, key=world.key("webhooks")),
    "conflicting_credentials": lambda world: world.get("/api/v1/me", key="a", headers={"x-api-key": "b"}),
    "missing_credentials": lambda world: world.get("/api/v1/me"),
    "invalid_token": lambda world: world.get("/api/v1/me", key="scp_nobody"),
    "insufficient_scope": lambda world: world.get("/api/v1/me", key=world.key("write")),
    "not_found": lambda world: world.get("/api/v1/events/evt_none", key=world.key("read")),
    "method_not_allowed": lambda world: world.request("PUT", "/api/v1/me"),
    "booking_already_cancelled": lambda world: cancel(world, booking(world, "cancelled")),
    "booking_in_the_past": lambda world: cancel(world, booking(world, "no_show")),
    "webhook_limit_reached": too_many,
    "body_too_large": lambda world: cancel(world, "any", body=b" " * (2**20 + 1), media_type=JSON),
    "uri_too_long": lambda world: world.get("/api/v1/events", query="x" * 8192),
    "unsupported_media_type": lambda world: cancel(world, "any", body=b"<a/>", media_type="text/xml"),
    "invalid_webhook_url": lambda world: world.post(HOOKS, WANTED | {"url": "http://a.b"}, key=world.key("webhooks")),
    "rate_limited": limited,
    "headers_too_large": lambda world: world.get("/api/v1/events", headers={"cookie": "a" * 32_768}),
    "internal_error": broken,
    "not_implemented": draft,
    "unavailable": unwritable,
}


def test_the_codes_that_are_produced_here_are_those_of_the_contract(contract: Contract) -> None:
    stated = {code for code in contract.data["x-problems"] if not code.startswith("x-")}
    assert set(PRODUCED) == stated == set(contract.schema("Problem")["properties"]["code"]["enum"])


@pytest.mark.parametrize("code", PRODUCED)
def test_a_problem_has_what_the_contract_says_of_its_code(world: World, code: str) -> None:
    kind = world.contract.data["x-problems"][code]
    reply = PRODUCED[code](world)
    body = reply.json
    assert (reply.status, body["code"]) == (kind["status"], code)
    assert (body["status"], body["title"], body["type"]) == (
        reply.status,
        kind["title"],
        f"urn:smartcalpro:problem:{code}",
    )
    assert body["request_id"] == reply.headers["x-request-id"]
    assert body["instance"].startswith("/api/v1/")
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.headers["content-length"] == str(len(reply.body))
    assert list(world.contract.schemas.at("/components/schemas/Problem").iter_errors(body)) == []
    assert {"x-ratelimit-limit", "x-ratelimit-remaining"} <= reply.headers.keys()
    special = {401: "www-authenticate", 403: "www-authenticate", 405: "allow", 429: "retry-after"}
    assert {name for name in special.values() if name in reply.headers} == {
        name for status, name in special.items() if status == reply.status
    }
    # The faults one by one, where the request or its body is at fault.
    assert ("errors" in body) == (code in ("invalid_request", "invalid_body", "invalid_webhook_url"))
    assert re.fullmatch(r"[A-Z].*[^ ]", body["detail"])


@pytest.mark.parametrize("code", PRODUCED)
def test_client_errors_are_logged_at_info_and_server_errors_at_error(
    world: World, code: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    reply = PRODUCED[code](world)
    (line,) = (each for each in caplog.records if reply.headers["x-request-id"] in each.getMessage())
    expected = logging.ERROR if code in ("internal_error", "unavailable") else logging.INFO
    assert line.levelno == expected
    link = f"/_sandbox/?sandbox=default&find={reply.headers['x-request-id']}"
    assert line.getMessage().endswith(link)
    assert " See http" in line.getMessage()


def test_a_defect_is_told_to_the_log_and_not_to_the_client(world: World, caplog: pytest.LogCaptureFixture) -> None:
    reply = broken(world)
    assert "ZeroDivisionError" in caplog.text
    assert b"ZeroDivision" not in reply.body
    assert b".py" not in reply.body


def test_after_any_problem_the_next_request_is_answered(contract: Contract) -> None:
    world = open_world(contract)
    for code in set(PRODUCED) - {"unavailable", "internal_error", "rate_limited"}:
        assert PRODUCED[code](world).status >= 400
        assert world.get("/api/v1/events", key=world.key("read")).status == 200


@given(st.text(max_size=600), st.text(min_size=1, max_size=400), st.lists(st.text(max_size=30), max_size=3))
def test_any_path_detail_and_pointer_make_a_valid_problem(
    contract: Contract, path: str, detail: str, pointers: list[str]
) -> None:
    errors = [Invalid("does not fit.", pointer=f"/{pointer}".replace("~", "~0")) for pointer in pointers]
    problem = Problem("invalid_body", detail, errors=errors, headers={"X-Note": detail})
    answer = problem_answer(problem, contract.policy, path=path, request_id="req_" + "0" * 20, hidden=str)
    value = Reply(answer.status, {}, answer.body).json
    assert value["detail"] == detail
    assert value["instance"].isascii()
    assert len(value["instance"]) < 10_000
    assert answer.headers["X-Note"].isascii()
    assert list(contract.schemas.at("/components/schemas/Problem").iter_errors(value)) == []


@pytest.mark.parametrize("path", ["/api/v1/events", "/api/v1/webhooks", "/oauth/token", "/oauth/authorize"])
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("place", ["path", "name", "value", "media type", "member", "text", "header"])
def test_auth_3_a_secret_that_stands_anywhere_in_a_request_is_in_no_refusal_and_no_log(
    world: World, caplog: pytest.LogCaptureFixture, method: str, path: str, place: str
) -> None:
    caplog.set_level(logging.DEBUG)
    key = world.key("admin")
    secret = f"{world.contract.policy.secrets['api_key']}live-{'x' * 20}"
    requests: dict[str, dict[str, Any]] = {
        "path": {"path": f"{path}/{secret}/{secret}"},
        "name": {"query": {secret: "1"}},
        "value": {"query": {"page": secret, "response_type": secret}},
        "media type": {"body": b"{}", "media_type": f"application/x; authorization: bearer {secret}"},
        "member": {"body": f'{{"url": "{secret}", "{secret}": 1}}'.encode(), "media_type": JSON},
        "text": {"body": f"grant_type={secret}&{secret}=1".encode(), "media_type": "application/x-www-form-urlencoded"},
        "header": {"headers": {"Prefer": f"code={secret}", "Content-Encoding": secret}, "body": b"{}"},
    }
    reply = world.request(method, **{"path": path, "key": key, **requests[place]})
    assert secret.encode() not in reply.body
    assert secret not in reply.headers.get("location", "")
    assert secret not in caplog.text
