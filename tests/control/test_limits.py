"""Limits on demand: what is asked for is what the headers say (laws RATE 3 to 5, SBX 4)."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartcal_api.clock import NANOSECONDS
from smartcal_api.contract import Contract, RateLimit
from smartcal_api.sandbox.limits import Limits
from tests.control.plane import Plane, open_plane
from tests.wire import Reply

EVENTS = "/api/v1/events"
LIMITS = "/sandboxes/default/limits"


@pytest.fixture
def limited(contract: Contract) -> Plane:
    return open_plane(contract, rate_limits=True)


def budget(reply: Reply) -> tuple[int, int, int]:
    return reply.status, int(reply.headers["x-ratelimit-limit"]), int(reply.headers["x-ratelimit-remaining"])


def test_the_limits_are_the_contracts_until_somebody_changes_them(limited: Plane) -> None:
    stated = limited.get(LIMITS).json
    assert (stated["enabled"], stated["scale"], stated["refusals"]) == (True, 1.0, [])
    assert [tuple(each.values()) for each in stated["windows"]] == [
        (each.name, each.limit, each.window_seconds) for each in limited.world.contract.policy.rate_limits
    ]


def test_rate_2_scaled_limits_hold_and_the_headers_tell_them(limited: Plane) -> None:
    key = limited.world.key("read")
    assert limited.request("PATCH", LIMITS, body={"scale": 0.03}).status == 200
    assert [budget(limited.get(EVENTS, key=key)) for _ in range(4)] == [
        (200, 3, 2),
        (200, 3, 1),
        (200, 3, 0),
        (429, 3, 0),
    ]
    limited.request("PATCH", LIMITS, body={"scale": 1})
    assert budget(limited.get(EVENTS, key=key)) == (200, 100, 96), "what was counted stays counted"


def test_no_scale_leaves_less_than_one_request(limited: Plane) -> None:
    windows = limited.request("PATCH", LIMITS, body={"scale": 0}).json["windows"]
    assert [each["limit"] for each in windows] == [1, 1]


def test_switched_off_and_on_again(limited: Plane) -> None:
    key = limited.world.key("read")
    limited.post(f"{LIMITS}/exhaust")
    assert limited.get(EVENTS, key=key).status == 429
    assert limited.request("PATCH", LIMITS, body={"enabled": False}).json["enabled"] is False
    assert budget(limited.get(EVENTS, key=key)) == (200, 100, 100)
    off = limited.post(f"{LIMITS}/exhaust")
    assert (off.status, off.code) == (409, "limits_off")
    limited.request("PATCH", LIMITS, body={"enabled": True})
    assert limited.get(EVENTS, key=key).status == 429


def test_rate_4_one_exhausted_credential_leaves_the_others_whole(limited: Plane) -> None:
    """By the key, by the head of its hash, or a client by its id."""
    first, second, third = (limited.world.key(scope) for scope in ("read", "admin", "write"))
    head = next(each.budget for each in limited.world.sandbox.keys.principals() if each.granted == ("admin",))[:12]
    for credential in (first, head):
        assert limited.post(f"{LIMITS}/exhaust", {"credential": credential}).status == 200
    statuses = [limited.get(EVENTS, key=key).status for key in (first, second, third)]
    assert statuses == [429, 429, 403]
    assert limited.get(EVENTS).status == 401, "the address has a budget of its own"


@pytest.mark.parametrize("window", [0, 1])
def test_rate_3_honouring_retry_after_admits_what_was_exhausted(limited: Plane, window: int) -> None:
    stated = limited.world.contract.policy.rate_limits[window]
    key = limited.world.key("read")
    limited.post(f"{LIMITS}/exhaust", {"window": stated.name})
    refused = limited.get(EVENTS, key=key)
    assert (refused.status, refused.headers["x-ratelimit-remaining"]) == (429, "0")
    assert int(refused.headers["retry-after"]) == stated.window_seconds
    limited.post("/sandboxes/default/clock/advance", {"by": stated.window_seconds})
    assert limited.get(EVENTS, key=key).status == 200


def test_exhausting_everybodys_budget_holds_for_those_that_come_later(limited: Plane) -> None:
    limited.post(f"{LIMITS}/exhaust")
    assert limited.get(EVENTS, client="192.0.2.77").status == 429
    assert limited.get(EVENTS, key=limited.world.key("read", owner=2)).status == 429


def test_the_next_so_many_are_429_exactly(plane: Plane) -> None:
    """Also where the limits are off; and what is refused did nothing."""
    key = plane.world.key("webhooks")
    told = plane.post(f"{LIMITS}/refuse", {"next": 2})
    assert told.json["refusals"] == [{"next": 2, "credential": None}]
    body = {"url": "https://hooks.example.com/", "events": ["booking.created"]}
    replies = [plane.post("/api/v1/webhooks", body, key=key) for _ in range(4)]
    assert [each.status for each in replies] == [429, 429, 201, 201]
    assert replies[0].headers["retry-after"] == "1"
    assert "asked to refuse" in replies[0].json["detail"]
    assert "/_sandbox/sandboxes/default/limits/refuse" in replies[0].json["detail"]
    assert plane.world.sandbox.store.count("Webhook") == 2
    assert plane.get(LIMITS).json["refusals"] == []


def test_the_next_of_one_credential_alone_and_taken_back(plane: Plane) -> None:
    read, admin = plane.world.key("read"), plane.world.key("admin")
    shown = plane.post(f"{LIMITS}/refuse", {"next": 5, "credential": read}).json["refusals"]
    assert len(shown[0]["credential"]) == 12
    assert read not in json.dumps(shown)
    assert [plane.get(EVENTS, key=key).status for key in (admin, read)] == [200, 429]
    assert plane.post(f"{LIMITS}/refuse", {"next": 0, "credential": read}).json["refusals"] == []
    assert plane.get(EVENTS, key=read).status == 200


def test_sbx_4_a_429_on_a_frozen_clock_says_how_to_move_it(limited: Plane) -> None:
    key = limited.world.key("read")
    limited.post(f"{LIMITS}/exhaust")
    detail = limited.get(EVENTS, key=key).json["detail"]
    assert 'POST /_sandbox/sandboxes/default/clock/advance {"by": 60}' in detail
    limited.world.sandbox.clock.resume()
    assert "clock" not in limited.get(EVENTS, key=key).json["detail"]


@pytest.mark.parametrize(
    ("path", "body", "said"),
    [
        ("exhaust", {"window": "minut"}, "Did you mean 'minute'?"),
        ("exhaust", {"credential": "0000"}, "Give one of: "),
        ("refuse", {"next": -1}, "/next"),
        ("refuse", {}, "next"),
        ("refuse", {"next": 1, "credentials": "abcd"}, "credentials"),
    ],
)
def test_a_wrong_request_is_told_what_there_is(limited: Plane, path: str, body: object, said: str) -> None:
    limited.world.key("read")
    reply = limited.post(f"{LIMITS}/{path}", body)
    assert reply.status == 400
    assert said in reply.json["detail"]


def test_auth_3_a_secret_that_is_not_known_is_not_quoted(limited: Plane) -> None:
    reply = limited.post(f"{LIMITS}/exhaust", {"credential": "scp_of_another_server"})
    assert reply.status == 400
    assert "another_server" not in reply.body.decode()


RATES = (RateLimit("minute", 5, 60), RateLimit("hour", 20, 3600))
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("admit"), st.sampled_from(["a", "b"])),
        st.tuples(st.just("exhaust"), st.sampled_from(["a", "b", None])),
        st.tuples(st.just("refuse"), st.integers(0, 3)),
        st.tuples(st.just("rescale"), st.sampled_from([0.01, 0.5, 2.0])),
        st.tuples(st.just("enable"), st.booleans()),
        st.tuples(st.just("wait"), st.integers(0, 70)),
    ),
    max_size=30,
)


@given(before=STEPS, between=STEPS, after=STEPS)
def test_sbx_3_restored_limits_answer_as_if_nothing_had_happened(before, between, after) -> None:  # type: ignore[no-untyped-def]
    limits, instant = Limits(RATES), 0
    _run(limits, before, instant)
    kept = json.loads(json.dumps(limits.state()))
    instant = 100 * NANOSECONDS
    twin = Limits(RATES)
    twin.restore(json.loads(json.dumps(kept)))
    _run(limits, between, instant)
    limits.restore(kept)
    assert _run(limits, after, instant) == _run(twin, after, instant)


def _run(limits: Limits, steps: list[tuple[str, object]], now: int) -> list[object]:
    answers = []
    for step, value in steps:
        match step:
            case "admit":
                answers.append(limits.admit(value, now))
            case "exhaust":
                limits.exhaust(limits.windows[0], now, budget=value)
            case "refuse":
                limits.refuse(value)
            case "rescale":
                limits.rescale(value)
            case "enable":
                limits.enabled = value
            case "wait":
                now += value * NANOSECONDS
    return answers
