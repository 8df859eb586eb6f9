"""Every response is valid against the contract; an invalid one is a 500 that names the clause (law SRC 5)."""

import json
import logging
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartcal_api.api import handlers
from smartcal_api.contract import Contract
from smartcal_api.http.answer import Answer, json_answer
from smartcal_api.http.exchange import Exchange
from tests.independent import Independent
from tests.wire import Reply, World, open_world

SCOPES = [(), ("read",), ("write",), ("webhooks",), ("admin",), ("read", "write", "webhooks")]
PATHS = [
    "/api/v1/events", "/api/v1/events/x", "/api/v1/booking-pages", "/api/v1/booking-pages/x", "/api/v1/bookings",
    "/api/v1/bookings/x", "/api/v1/bookings/x/cancel", "/api/v1/webhooks", "/api/v1/webhooks/x", "/api/v1/me",
    "/oauth/authorize", "/oauth/token", "/oauth/revoke", "/.well-known/oauth-authorization-server", "/nothing", "/",
]  # fmt: skip
QUERIES = ["", "per_page=3", "page=1000000&per_page=100", "status=confirmed", "upcoming=true", "source=google&page=2",
           "per_page=0", "unknown=1", "status=", "page=1&page=2", "start_after=2026-03-01T00:00:00Z", "%ff=%ff",
           "response_type=code&client_id=x&redirect_uri=https://x.example/"]  # fmt: skip
JSON = "application/json"
BODIES: list[tuple[bytes, str | None]] = [
    (b"", None), (b"{}", JSON), (b"{", JSON), (b"x", "text/plain"), (b"x" * 1_048_577, None), (b"[" * 70, JSON),
    (b'{"reason":"gone"}', JSON), (b"grant_type=refresh_token", "application/x-www-form-urlencoded"),
    (b'{"url":"https://h.example/","events":["event.created"]}', JSON),
    (b'{"url":"http://h.example/#x","events":["event.created"]}', JSON),
]  # fmt: skip


@pytest.fixture(scope="module")
def independent() -> Independent:
    return Independent(Contract.read().data)


@pytest.fixture(scope="module")
def busy() -> World:
    """A world that a broad run of requests is sent to, in any order."""
    return open_world()


def test_src_5_the_response_to_every_path_query_and_credential_is_valid(busy: World, independent: Independent) -> None:
    seen: set[int] = set()
    for path, query, scopes in product(PATHS, QUERIES, SCOPES):
        reply = busy.get(path, query=query, key=busy.key(*scopes) if scopes else None)
        assert independent.response_faults("GET", path, reply) == []
        seen.add(reply.status)
    assert seen == {200, 400, 401, 403, 404, 405}


@given(st.data())
def test_src_5_any_request_has_a_valid_response(busy: World, independent: Independent, data: st.DataObject) -> None:
    draw = data.draw
    method = draw(st.sampled_from(["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"]))
    path = draw(st.sampled_from(PATHS) | st.text(st.characters(codec="utf-8"), max_size=30).map(lambda t: "/" + t))
    path = path.replace("?", "").replace("/x", "/" + draw(st.sampled_from(_ids(busy)))) if draw(st.booleans()) else path
    body, media_type = draw(st.sampled_from(BODIES))
    scopes = draw(st.sampled_from(SCOPES))
    headers = draw(st.sampled_from([{}, {"x-api-key": "other"}, {"origin": "http://localhost"}, {"content-type": "x"}]))
    reply = busy.request(
        method,
        path.replace("?", ""),
        query=draw(st.sampled_from(QUERIES) | st.just("x" * 9000)),
        key=busy.key(*scopes) if scopes else None,
        body=body,
        media_type=media_type if "content-type" not in headers else None,
        headers=headers,
    )
    assert independent.response_faults(method, path.partition("?")[0], reply) == []
    assert reply.status < 500


def _ids(world: World) -> list[str]:
    key = world.key("admin")
    lists = ("events", "bookings", "booking-pages", "webhooks")
    return ["x"] + [item["id"] for name in lists for item in world.get(f"/api/v1/{name}", key=key).json["data"][:2]]


ACCOUNT = {
    "id": "acc_" + "0" * 20, "object": "account", "name": "N", "email": "n@example.com", "timezone": "UTC",
    "plan": "free", "scopes": [], "auth_method": "api_key", "created_at": "2026-01-01T00:00:00Z",
}  # fmt: skip
PROPERTIES = "/components/schemas/Account/properties"
# What a handler answers wrongly, and the clause that the 500 must name.
WRONG: dict[str, tuple[Answer, str]] = {
    "a value of another type": (json_answer(200, ACCOUNT | {"name": 1}), f"{PROPERTIES}/name/type"),
    "a value of no enum": (json_answer(200, ACCOUNT | {"plan": "gold"}), f"{PROPERTIES}/plan/enum"),
    "a pattern": (json_answer(200, ACCOUNT | {"id": "acc_x"}), "/schemas/AccountId/pattern"),
    "a format": (json_answer(200, ACCOUNT | {"created_at": "2026-02-30T00:00:00Z"}), "/schemas/Timestamp/format"),
    "another media type": (Answer(200, b"<p>", media_type="text/html"), "no media type text/html"),
    "no body": (Answer(200), "/content"),
    "no JSON": (Answer(200, b"{", media_type="application/json"), "/content"),
    "a status of no response": (json_answer(206, ACCOUNT), "206"),
    "a header of another form": (json_answer(200, ACCOUNT, headers={"X-Request-Id": "mine"}), "/headers"),
}


@pytest.fixture
def answering(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Callable[[Exchange], Answer]], World]:
    """A world in which one operation has another handler."""

    def world(operation: str, handler: Callable[[Exchange], Answer]) -> World:
        monkeypatch.setattr(
            "smartcal_api.api.assignment.handlers", lambda contract, _: handlers(contract) | {operation: handler}
        )
        return open_world()

    return world


Answering = Callable[[str, Callable[[Exchange], Answer]], World]


@pytest.mark.parametrize("name", WRONG)
def test_src_5_an_invalid_response_is_a_500_that_names_the_clause(
    name: str, answering: Answering, independent: Independent, caplog: pytest.LogCaptureFixture
) -> None:
    answer, clause = WRONG[name]
    world = answering("getAccount", lambda _: answer)
    with caplog.at_level(logging.ERROR, "smartcal"):
        reply = world.get("/api/v1/me", key=world.key("read"))
    assert (reply.status, reply.code) == (500, "internal_error")
    assert clause in reply.json["detail"]
    assert any(clause in record.getMessage() for record in caplog.records), "the log says it too"
    assert independent.response_faults("GET", "/api/v1/me", reply) == []


@pytest.mark.parametrize(
    "answer",
    [
        json_answer(200, ACCOUNT | {"id": "hush"}),
        json_answer(200, ACCOUNT | {"name": {"of": "hush"}}),
        json_answer(200, ACCOUNT, headers={"X-Request-Id": "hush"}),
    ],
)
def test_auth_3_the_500_does_not_quote_the_answer(
    answer: Answer, answering: Answering, caplog: pytest.LogCaptureFixture
) -> None:
    """Which may hold a secret that was issued with it."""
    caplog.set_level(logging.DEBUG)
    world = answering("getAccount", lambda _: answer)
    reply = world.get("/api/v1/me", key=world.key("read"))
    assert reply.status == 500
    assert "the value" in reply.json["detail"]
    assert "hush" not in reply.body.decode() + caplog.text


def test_src_5_a_required_header_that_lacks_is_a_500(answering: Answering) -> None:
    hook = {"id": "whk_" + "0" * 20, "object": "webhook", "url": "https://h.example/", "events": ["event.created"],
            "description": None, "active": True, "disabled_reason": None, "secret": "whsec_" + "0" * 32,
            "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z"}  # fmt: skip
    world = answering("createWebhook", lambda _: json_answer(201, hook))
    sent = {"url": "https://h.example/", "events": ["event.created"]}
    reply = world.post("/api/v1/webhooks", sent, key=world.key("webhooks"))
    assert reply.status == 500
    assert "Location" in reply.json["detail"]


def test_src_5_a_body_where_the_contract_has_none_is_a_500(answering: Answering) -> None:
    world = answering("deleteWebhook", lambda _: Answer(204, b"{}", media_type="application/json"))
    assert world.request("DELETE", "/api/v1/webhooks/x", key=world.key("webhooks")).status == 500


def test_src_5_a_handler_that_fails_is_a_500_that_says_nothing_of_its_insides(
    answering: Answering, independent: Independent
) -> None:
    def fails(_: Exchange) -> Answer:
        raise RuntimeError("the password is hunter2")

    world = answering("getAccount", fails)
    reply = world.get("/api/v1/me", key=world.key("read"))
    assert reply.status == 500
    assert b"hunter2" not in reply.body
    assert independent.response_faults("GET", "/api/v1/me", reply) == []


def test_src_5_what_is_remembered_as_valid_is_valid_for_that_response_alone(answering: Answering) -> None:
    """The same bytes as another status, or after a valid answer, are judged by their own clause."""
    answers: Iterator[Answer] = iter([json_answer(200, ACCOUNT), json_answer(404, ACCOUNT), json_answer(200, ACCOUNT)])
    world = answering("getAccount", lambda _: next(answers))
    key = world.key("read")
    assert [world.get("/api/v1/me", key=key).status for _ in range(3)] == [200, 500, 200]


def test_the_independent_judge_finds_faults(independent: Independent, world: World) -> None:
    good = world.get("/api/v1/events?per_page=1", key=world.key("read"))
    event = good.json["data"][0]

    def faults(**changed: Any) -> int:
        reply = Reply(**(good._asdict() | changed))
        return len(independent.response_faults("GET", "/api/v1/events", reply))

    assert faults() == 0
    assert faults(status=418) == 1
    assert faults(headers={name: value for name, value in good.headers.items() if name != "link"}) == 1
    assert faults(headers=good.headers | {"x-ratelimit-limit": "many"}) == 1
    assert faults(headers=good.headers | {"content-type": "text/html"}) == 1
    assert faults(body=json.dumps(good.json | {"data": [event | {"status": "x"}]}).encode()) == 1
    assert faults(body=json.dumps(good.json | {"data": [event | {"start_time": "2026-02-30T00:00:00Z"}]}).encode()) == 1
