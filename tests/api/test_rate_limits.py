"""Budgets as a client sees them (laws RATE)."""

import re
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartcal_api.clock import NANOSECONDS
from smartcal_api.contract import Contract, Document
from smartcal_api.contract.contract import shipped
from tests.wire import Reply, World, open_world

EVENTS = "/api/v1/events"


def with_windows(*windows: tuple[int, int]) -> Contract:
    """The shipped contract with other windows, as (limit, seconds)."""
    source = shipped().read_text(encoding="utf-8")
    stated = "".join(
        f"  - {{name: w{i}, limit: {limit}, window_seconds: {seconds}}}\n" for i, (limit, seconds) in enumerate(windows)
    )
    edited, times = re.subn(r"(?m)^(x-rate-limits:.*\n)(?:  - .*\n)+", rf"\g<1>{stated}", source)
    assert times == 1
    return Contract(Document(shipped(), edited.encode()))


@pytest.fixture
def limited(contract: Contract) -> World:
    return open_world(contract, rate_limits=True)


@pytest.fixture(scope="module")
def tight_contract() -> Contract:
    return with_windows((3, 10))


@pytest.fixture
def tight(tight_contract: Contract) -> World:
    return open_world(tight_contract, rate_limits=True)


def budget(reply: Reply) -> tuple[int, int]:
    return int(reply.headers["x-ratelimit-limit"]), int(reply.headers["x-ratelimit-remaining"])


def exhaust(world: World, **request: object) -> Reply:
    """Sends until it is refused."""
    while (reply := world.get(EVENTS, **request)).status != 429:
        pass
    return reply


def test_rate_1_a_hundred_are_admitted_in_a_minute_and_a_thousand_in_an_hour(limited, contract):
    key, clock = limited.key("read"), limited.sandbox.clock
    (minute, hour), statuses = contract.policy.rate_limits, []
    for _ in range(hour.limit // minute.limit + 1):
        statuses.append([limited.get(EVENTS, key=key).status for _ in range(minute.limit + 1)])
        clock.advance(minute.window_seconds * NANOSECONDS)
    assert all(each == [200] * minute.limit + [429] for each in statuses[:-1])
    assert set(statuses[-1]) == {429}
    clock.advance((hour.window_seconds - len(statuses) * minute.window_seconds) * NANOSECONDS)
    assert limited.get(EVENTS, key=key).status == 200


@given(
    windows=st.lists(st.tuples(st.integers(1, 6), st.integers(1, 20)), min_size=1, max_size=3),
    steps=st.lists(st.tuples(st.integers(0, 8), st.integers(0, 12)), max_size=25),
)
@settings(max_examples=15)
def test_rate_1_and_3_any_windows_hold_on_the_wire_and_retry_after_admits(windows, steps):
    world = open_world(with_windows(*windows), rate_limits=True, data=False)
    key, clock, admitted = world.key("read"), world.sandbox.clock, []
    for requests, seconds in steps:
        for _ in range(requests):
            now = clock.now()
            room = [limit - sum(now - span * NANOSECONDS < at for at in admitted) for limit, span in windows]
            reply = world.get(EVENTS, key=key)
            assert reply.status == (200 if min(room) > 0 else 429)
            assert budget(reply)[1] == max(min(room) - 1, 0)
            if reply.status == 429:
                clock.advance(int(reply.headers["retry-after"]) * NANOSECONDS)
                assert world.get(EVENTS, key=key).status == 200
            admitted.append(clock.now())
        clock.advance(seconds * NANOSECONDS)


def test_rate_2_remaining_falls_by_one_with_each_request_of_a_burst(limited, contract):
    key, limit = limited.key("read"), contract.policy.rate_limits[0].limit
    seen = [budget(limited.get(EVENTS, key=key)) for _ in range(limit + 3)]
    assert seen == [(limit, left) for left in [*range(limit - 1, -1, -1), 0, 0, 0]]


def test_rate_3_a_429_is_a_problem_and_did_nothing(tight):
    key = tight.key("webhooks")
    wanted = {"url": "https://example.com/hook", "events": ["booking.cancelled"]}
    replies = [tight.post("/api/v1/webhooks", wanted, key=key) for _ in range(4)]
    assert [each.status for each in replies] == [201, 201, 201, 429]
    refused = replies[-1]
    assert (refused.code, refused.headers["content-type"]) == ("rate_limited", "application/problem+json")
    assert refused.headers["retry-after"] == "10"
    assert tight.sandbox.store.count("Webhook") == 3
    tight.sandbox.clock.advance(9 * NANOSECONDS)
    assert tight.post("/api/v1/webhooks", wanted, key=key).headers["retry-after"] == "1"
    tight.sandbox.clock.advance(NANOSECONDS)
    assert tight.post("/api/v1/webhooks", wanted, key=key).status == 201


def test_rate_3_a_429_comes_before_any_other_refusal(tight):
    """A 429 does no work: neither the path, the scope, the method nor the body is looked at."""
    key = tight.key("read")
    exhaust(tight, key=key)
    assert tight.get("/nowhere", key=key).status == 429
    assert tight.request("PATCH", EVENTS, key=key).status == 429
    assert tight.post("/api/v1/webhooks", key=key, body=b"{", media_type="text/plain").status == 429


def test_rate_4_a_head_that_is_refused_is_counted_on_its_address(tight):
    """Credentials in it are not looked at, so that reading it costs nothing; too many of them are refused as well."""
    key = tight.key("read")
    statuses = [tight.get(EVENTS, query="x" * 9000, key=key).status for _ in range(4)]
    assert statuses == [414, 414, 414, 429]
    assert budget(tight.get(EVENTS, key=key)) == (3, 2)


def test_rate_4_bearer_and_x_api_key_share_one_budget(tight):
    key = tight.key("read")
    forms = [{"key": key}, {"headers": {"X-API-Key": key}}, {"key": key, "headers": {"X-API-Key": key}}]
    assert [budget(tight.get(EVENTS, **form))[1] for form in forms] == [2, 1, 0]
    assert [tight.get(EVENTS, **form).status for form in forms] == [429, 429, 429]


def test_rate_4_exhausting_one_key_leaves_the_others_whole(tight):
    first, others = tight.key("read"), [tight.key("admin"), tight.key("read", owner=2), tight.key("read", "write")]
    exhaust(tight, key=first)
    assert [budget(tight.get(EVENTS, key=key)) for key in others] == [(3, 2)] * 3
    assert budget(tight.get(EVENTS)) == (3, 2)  # nor the address's


def test_rate_4_addresses_are_separate_and_a_key_is_one_budget_wherever_it_comes_from(tight):
    key = tight.key("read")
    assert exhaust(tight, client="192.0.2.1").status == 429
    assert budget(tight.get(EVENTS, client="192.0.2.2")) == (3, 2)
    assert tight.get(EVENTS, key=key, client="192.0.2.1").status == 200
    assert budget(tight.get(EVENTS, key=key, client="2001:db8::1")) == (3, 1)


def test_rate_4_bad_keys_are_counted_on_their_address_alone(tight):
    """Random keys share the address's budget, so they neither escape it nor grow memory."""
    random = Random(4)
    guesses = [tight.get(EVENTS, key=f"scp_{random.getrandbits(256):x}", client="192.0.2.7") for _ in range(200)]
    assert [each.status for each in guesses] == [401] * 3 + [429] * 197
    assert len(tight.sandbox.limits._logs) == 1
    assert tight.get(EVENTS, client="192.0.2.7").status == 429


# Requests that end early in each of the ways there are; (method, path, what else, status).
ENDS = {
    "a list": ("GET", EVENTS, {"key": "read"}, 200),
    "one that was made": (
        "POST",
        "/api/v1/webhooks",
        {"key": "webhooks", "body": b'{"url":"https://a.example/","events":["event.created"]}'},
        201,
    ),
    "an invalid parameter": ("GET", f"{EVENTS}?page=0", {"key": "read"}, 400),
    "two credentials": ("GET", EVENTS, {"key": "read", "headers": {"X-API-Key": "scp_x"}}, 400),
    "no credential": ("GET", EVENTS, {}, 401),
    "an unknown credential": ("GET", EVENTS, {"headers": {"X-API-Key": "scp_x"}}, 401),
    "too small a scope": ("GET", EVENTS, {"key": "webhooks"}, 403),
    "a missing id": ("GET", f"{EVENTS}/evt_none", {"key": "read"}, 404),
    "an unknown path": ("GET", "/nowhere", {"key": "read"}, 404),
    "an unknown path, unknown sender": ("GET", "/api/v2/events", {}, 404),
    "a method too many": ("PUT", EVENTS, {"key": "read"}, 405),
    "a media type": ("POST", "/api/v1/webhooks", {"key": "webhooks", "body": b"x", "media_type": "text/plain"}, 415),
    "a body too large": ("POST", "/api/v1/webhooks", {"key": "webhooks", "body": b" " * 1_048_577}, 413),
    "a URL too long": ("GET", f"{EVENTS}?x={'x' * 9000}", {"key": "read"}, 414),
    "too many headers": ("GET", EVENTS, {"key": "read", "headers": [(f"x-{i}", "") for i in range(120)]}, 431),
    "HEAD": ("HEAD", EVENTS, {"key": "read"}, 200),
    "HEAD of nothing": ("HEAD", "/nowhere", {}, 404),
}


@pytest.mark.parametrize(("method", "path", "request_", "status"), ENDS.values(), ids=ENDS)
def test_rate_5_the_headers_are_on_every_response_of_any_status(tight, method, path, request_, status):
    if "key" in request_:
        request_ = request_ | {"key": tight.key(request_["key"])}
    if "body" in request_:
        request_ = {"media_type": "application/json"} | request_
    assert tight.request(method, path, **request_).status == status
    assert budget(tight.request(method, path, **request_)) == (3, 1)
    assert "retry-after" not in tight.request(method, path, **request_).headers
    refused = tight.request(method, path, **request_)
    assert (refused.status, budget(refused)) == (429, (3, 0))


def test_rate_5_a_204_has_the_headers_too(tight):
    key = tight.key("webhooks")
    made = tight.post("/api/v1/webhooks", {"url": "https://a.example/", "events": ["event.created"]}, key=key)
    gone = tight.request("DELETE", f"/api/v1/webhooks/{made.json['id']}", key=key)
    assert (gone.status, budget(gone)) == (204, (3, 1))


def test_switched_off_the_headers_stay_and_nothing_is_refused(contract):
    world, limit = open_world(contract, rate_limits=False), contract.policy.rate_limits[0].limit
    key = world.key("read")
    replies = [world.get(EVENTS, key=key) for _ in range(3 * limit)] + [world.get("/nowhere") for _ in range(limit + 1)]
    assert {each.status for each in replies} == {200, 404}
    assert {budget(each) for each in replies} == {(limit, limit)}
