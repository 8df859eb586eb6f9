"""The guard of the head, in process: each bound from both sides, and whatever repeats."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartcal_api.contract import Contract
from tests.wire import Reply, World, open_world

_OWN = 4  # header fields that the request below has of its own: Host, Authorization, and the two of the body


@pytest.fixture(scope="module")
def served(contract: Contract) -> World:
    """One for all, since nothing here changes it."""
    return open_world(contract)


def refused(reply: Reply, status: int, code: str) -> None:
    assert (reply.status, reply.code) == (status, code)
    assert reply.headers["content-type"] == "application/problem+json"
    assert {"x-request-id", "x-ratelimit-limit", "x-ratelimit-remaining"} <= reply.headers.keys()


@pytest.mark.parametrize("path", ["/api/v1/me", "/nowhere", "/oauth/token"])
@pytest.mark.parametrize("query", [False, True])
def test_guard_1_a_url_is_read_to_its_last_byte_allowed_and_refused_with_414_beyond(
    served: World, path: str, query: bool
) -> None:
    most = served.contract.policy.request_limits.url_bytes
    start = f"{path}?x=" if query else f"{path}/"
    filled = start + "a" * (most - len(start))
    assert served.get(filled, key=served.key("read")).status != 414
    refused(served.get(filled + "a", key=served.key("read")), 414, "uri_too_long")


def test_guard_1_percent_encoding_counts_as_it_was_sent(served: World) -> None:
    most = served.contract.policy.request_limits.url_bytes
    refused(served.get("/" + "%41" * (most // 3 + 1)), 414, "uri_too_long")


def test_guard_1_as_many_header_fields_as_allowed_are_taken_and_one_more_is_431(served: World) -> None:
    most = served.contract.policy.request_limits.header_count
    own = [("host", "127.0.0.1"), ("authorization", f"Bearer {served.key('read')}")]
    fields = own[1:] + [(f"x-{number}", "") for number in range(most - len(own))]
    assert served.get("/api/v1/me", headers=fields).status == 200
    refused(served.get("/api/v1/me", headers=[*fields, ("x-more", "")]), 431, "headers_too_large")


def test_guard_1_as_many_header_bytes_as_allowed_are_taken_and_one_more_is_431(served: World) -> None:
    most = served.contract.policy.request_limits.header_bytes
    secret = served.key("read")
    own = sum(map(len, ("host", "127.0.0.1:8080", "authorization", f"Bearer {secret}", "x")))
    assert served.get("/api/v1/me", key=secret, headers={"x": "a" * (most - own)}).status == 200
    refused(served.get("/api/v1/me", key=secret, headers={"x": "a" * (most - own + 1)}), 431, "headers_too_large")


@pytest.mark.parametrize("name", ["Host", "Content-Type", "Content-Length", "Content-Encoding", "Origin"])
@pytest.mark.parametrize("same", [True, False])
def test_guard_1_a_header_that_two_readers_could_take_differently_stands_once(
    served: World, name: str, same: bool
) -> None:
    twice = [(name, "127.0.0.1:8080"), (name, "127.0.0.1:8080" if same else "other")]
    reply = served.get("/api/v1/me", key=served.key("read"), headers=twice)
    refused(reply, 400, "invalid_request")
    assert reply.json["errors"][0]["parameter"].lower() == name.lower()


def test_a_header_that_this_server_does_not_read_may_repeat(served: World) -> None:
    repeated = [("accept", "text/html"), ("accept", "*/*"), ("cookie", "a=1"), ("cookie", "b=2")]
    assert served.get("/api/v1/me", key=served.key("read"), headers=repeated).status == 200


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["origin", "accept", "x-api-key", "authorization", "content-length", "expect", "te", "x"]),
            st.text(alphabet=st.characters(max_codepoint=0xFF, exclude_characters="\r\n\0"), max_size=40),
        ),
        max_size=12,
    )
)
def test_guard_1_any_bytes_in_any_header_are_answered_below_500(served: World, fields: list[tuple[str, str]]) -> None:
    for method in ("GET", "OPTIONS"):
        reply = served.request(method, "/api/v1/events", headers=fields)
        assert reply.status < 500
    assert served.get("/api/v1/me", key=served.key("read")).status == 200


def test_rate_3_what_the_guard_refuses_counts_against_the_address_and_not_against_the_key(contract: Contract) -> None:
    world = open_world(contract, rate_limits=True)
    key = world.key("read")
    before = int(world.get("/api/v1/me", key=key).headers["x-ratelimit-remaining"])
    first = int(world.get("/" + "a" * 9_000, key=key).headers["x-ratelimit-remaining"])
    second = int(world.get("/" + "a" * 9_000, key=key).headers["x-ratelimit-remaining"])
    assert second == first - 1
    assert int(world.get("/api/v1/me", key=key).headers["x-ratelimit-remaining"]) == before - 1
