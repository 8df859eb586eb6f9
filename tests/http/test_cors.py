"""Calls from browsers: preflights cost nothing, and answers name only the origins that they are meant for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartcal_api.app import Options
from smartcal_api.contract import Contract
from tests.api.calls import dump
from tests.wire import Reply, World, open_world

LOOPBACK = [
    "http://localhost",
    "http://localhost:3000",
    "https://localhost:8443",
    "http://127.0.0.1:5173",
    "http://127.9.9.9",
    "http://[::1]:8000",
    "http://app.localhost:3000",
]
FOREIGN = [
    "https://app.example.com",
    "http://localhost.example.com",
    "http://127.0.0.1.example.com",
    "http://localhost@evil.example",
    "http://evil.example#localhost",
    "http://10.0.0.1",
    "http://[::2]",
    "file://localhost",
    "ftp://127.0.0.1",
    "chrome-extension://localhost",
    "localhost",
    "null",
    "",
    "é",
]
PREFLIGHT = {"access-control-request-method": "GET"}
ALLOW, EXPOSE = "access-control-allow-origin", "access-control-expose-headers"


@pytest.fixture(scope="module")
def reading(contract: Contract) -> World:
    """A world for requests that change nothing."""
    return open_world(contract)


def world_for(contract: Contract, *origins: str) -> World:
    return open_world(contract, options=Options(origins=origins))


def preflight(world: World, origin: str, path: str = "/api/v1/events", **more: str) -> Reply:
    return world.request("OPTIONS", path, headers={"origin": origin} | PREFLIGHT | more)


def answers(world: World, origin: str | None) -> list[Reply]:
    """One answer of every kind that is made before, by and after an operation."""
    headers, key, hooks = {"origin": origin} if origin is not None else {}, world.key("admin"), "/api/v1/webhooks"
    return [
        world.get("/api/v1/events", key=key, headers=headers),
        world.request("HEAD", "/api/v1/me", key=key, headers=headers),
        world.get("/api/v1/events", key=key, headers=headers, query="page=0"),
        world.get("/api/v1/events", headers=headers),
        world.get("/api/v1/events", key=world.key("write"), headers=headers),
        world.get("/api/v1/events/none", key=key, headers=headers),
        world.get("/nowhere", headers=headers),
        world.request("PUT", "/api/v1/me", headers=headers),
        world.post(hooks, key=key, headers=headers, body=b" " * (2**20 + 1), media_type="application/json"),
        world.post(hooks, key=key, headers=headers, body=b"{}", media_type="text/plain"),
        world.post(hooks, {"url": "http://a.example", "events": ["event.created"]}, key=key, headers=headers),
        world.get("/api/v1/events", headers=headers, query="x" * 9000),
        world.get("/api/v1/events", headers=headers | {"x": "y" * 33_000}),
        world.post("/oauth/token", headers=headers),
        world.get("/.well-known/oauth-authorization-server", headers=headers),
    ]


def test_answers_of_any_status_let_a_loopback_origin_read_them_and_the_headers_of_the_contract(world: World) -> None:
    stated = ", ".join(world.contract.data["x-cors"]["expose"])
    statuses = set()
    for origin in LOOPBACK:
        for reply in answers(world, origin):
            statuses.add(reply.status)
            assert (reply.headers[ALLOW], reply.headers[EXPOSE]) == (origin, stated)
            assert reply.headers["vary"] == "Origin"
            assert "access-control-allow-credentials" not in reply.headers
    assert statuses >= {200, 400, 401, 403, 404, 405, 413, 414, 415, 422, 431}


def test_a_429_lets_a_loopback_origin_read_it(contract: Contract) -> None:
    world = open_world(contract, rate_limits=True)
    while (reply := world.get("/x", headers={"origin": LOOPBACK[0]})).status != 429:
        pass
    assert (reply.headers[ALLOW], "Retry-After" in reply.headers[EXPOSE]) == (LOOPBACK[0], True)


def test_every_header_that_is_exposed_is_one_that_answers_have(contract: Contract) -> None:
    responses = [each for operation in contract.operations.values() for each in operation.responses.values()]
    sent = {header.name for each in [*responses, *contract.unrouted.values()] for header in each.headers}
    assert set(contract.policy.cors_expose) <= sent


def test_other_origins_and_requests_without_one_are_answered_and_allowed_nothing(world: World) -> None:
    for origin in [*FOREIGN, None]:
        for reply, plain in zip(answers(world, origin), answers(world, None), strict=True):
            assert reply.status == plain.status, origin
            assert [name for name in reply.headers if name.startswith("access-control")] == []
            # A cache that keeps this answer must not give it to an origin that may read it (Fetch section 3.2.5).
            assert reply.headers["vary"] == "Origin"


@pytest.mark.parametrize("origin", LOOPBACK)
def test_a_preflight_is_204_with_the_methods_of_the_contract_and_the_headers_asked_for(
    reading: World, origin: str
) -> None:
    wanted = {"access-control-request-headers": "authorization, x-api-key, content-type"}
    reply = preflight(reading, origin, **wanted)
    assert (reply.status, reply.body) == (204, b"")
    assert reply.headers[ALLOW] == origin
    assert reply.headers["access-control-allow-methods"] == "DELETE, GET, HEAD, POST"
    assert reply.headers["access-control-allow-headers"] == wanted["access-control-request-headers"]
    assert reply.headers["access-control-max-age"] == str(reading.contract.data["x-cors"]["max_age_seconds"])
    assert "Origin" in reply.headers["vary"]
    assert "access-control-allow-private-network" not in reply.headers
    private = preflight(reading, origin, **{"access-control-request-private-network": "true"})
    assert private.headers["access-control-allow-private-network"] == "true"


def test_preflights_cost_nothing_and_are_never_refused_by_a_limit(contract: Contract) -> None:
    world = open_world(contract, rate_limits=True)
    limit = contract.policy.rate_limits[0].limit
    before = dump(world.sandbox)
    for _ in range(3 * limit):
        assert preflight(world, LOOPBACK[0]).status == 204
    assert dump(world.sandbox) == before
    assert world.get("/nowhere").headers["x-ratelimit-remaining"] == str(limit - 1)
    for _ in range(limit):
        reply = world.get("/nowhere")
    assert reply.status == 429
    assert preflight(world, LOOPBACK[0]).status == 204


@pytest.mark.parametrize("origin", FOREIGN)
def test_a_preflight_of_another_origin_is_refused(reading: World, origin: str) -> None:
    reply = preflight(reading, origin)
    assert (reply.status, ALLOW in reply.headers) == (405, False)


def test_options_that_is_no_preflight_is_405(reading: World) -> None:
    reply = reading.request("OPTIONS", "/api/v1/events", headers={"origin": LOOPBACK[0]})
    assert (reply.status, reply.headers[ALLOW]) == (405, LOOPBACK[0])
    assert reading.request("OPTIONS", "/api/v1/events", headers=PREFLIGHT).status == 405


def test_the_consent_page_is_never_read_by_another_origin(contract: Contract) -> None:
    form = {"body": b"decision=allow", "media_type": "application/x-www-form-urlencoded"}
    for world in (world_for(contract, "loopback"), world_for(contract, "*"), world_for(contract, LOOPBACK[0])):
        headers = {"origin": LOOPBACK[0]}
        for reply in (
            world.get("/oauth/authorize", headers=headers),
            world.get(
                "/oauth/authorize", headers=headers, query="response_type=code&client_id=a&redirect_uri=http://a"
            ),
            world.post("/oauth/authorize", headers=headers, **form),
            preflight(world, LOOPBACK[0], "/oauth/authorize"),
        ):
            assert [name for name in reply.headers if name.startswith("access-control")] == []
        assert world.post("/oauth/token", headers=headers).headers[ALLOW] == LOOPBACK[0]


def test_cors_with_origins_allows_these_alone(contract: Contract) -> None:
    world = world_for(contract, "https://app.example.com", "https://other.example:8443/")
    for origin in ("https://app.example.com", "HTTPS://APP.example.com", "https://other.example:8443"):
        assert preflight(world, origin).headers[ALLOW] == origin
        assert world.get("/nowhere", headers={"origin": origin}).headers[ALLOW] == origin
    for origin in (*LOOPBACK, "http://app.example.com", "https://app.example.com:444", "https://a.app.example.com"):
        assert preflight(world, origin).status == 405
        assert ALLOW not in world.get("/nowhere", headers={"origin": origin}).headers


def test_cors_with_loopback_and_an_origin_allows_both_and_a_star_all(contract: Contract) -> None:
    both = world_for(contract, "loopback", "https://app.example.com")
    for origin in ("https://app.example.com", *LOOPBACK):
        assert preflight(both, origin).status == 204
    assert preflight(both, "https://evil.example").status == 405
    star = world_for(contract, "*")
    for origin in ("https://any.example", "null", *LOOPBACK):
        assert preflight(star, origin).headers[ALLOW] == origin


def test_cors_off_sends_no_header_and_answers_no_preflight(contract: Contract) -> None:
    world = world_for(contract)
    for origin in [*LOOPBACK, "null"]:
        for reply in [*answers(world, origin), preflight(world, origin)]:
            assert [name for name in reply.headers if name.startswith("access-control") or name == "vary"] == []


@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_characters="\x7f"), max_size=80))
def test_any_origin_is_judged_without_harm(reading: World, origin: str) -> None:
    reply = reading.get("/nowhere", headers={"origin": origin})
    assert reply.status == 404
    assert reply.headers.get(ALLOW, origin) == origin
