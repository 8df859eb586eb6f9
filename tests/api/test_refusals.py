"""Law BOOK 3: any refused request leaves the store as it was."""

from collections.abc import Iterator

from hypothesis import given, settings
from hypothesis import strategies as st

from smartcal_api.contract import Contract
from tests.api.calls import dump, owned, subscribe
from tests.wire import Reply, World, open_world

JSON = "application/json"


def refusals(world: World) -> Iterator[tuple[int, Reply]]:
    """(status, answer) of one refusal of each kind, most of them of requests that would change something."""
    admin, read, hooks = world.key("admin"), world.key("read"), "/api/v1/webhooks"
    booking = next(each["id"] for each in owned(world, "Booking") if each["status"] == "confirmed")
    cancelled = next(each["id"] for each in owned(world, "Booking") if each["status"] == "cancelled")
    other = next(each["id"] for each in owned(world, "Booking", 2) if each["status"] == "confirmed")
    cancel, wanted = f"/api/v1/bookings/{booking}/cancel", {"url": "https://a.example", "events": ["event.created"]}
    mine = subscribe(world)["id"]
    yield 400, world.post(cancel, {"reason": ""}, key=admin)
    yield 400, world.post(cancel, {"reason": "x" * 501}, key=admin)
    yield 400, world.post(cancel, {"reason": None}, key=admin)
    yield 400, world.post(cancel, {"reason": "x", "other": 1}, key=admin)
    yield 400, world.post(cancel, key=admin, body=b'{"reason": "a", "reason": "b"}', media_type=JSON)
    yield 400, world.post(cancel, key=admin, body=b"[]", media_type=JSON)
    yield 400, world.post(cancel, key=admin, query="reason=x")
    yield 400, world.post(hooks, key=admin)
    yield 400, world.post(hooks, wanted | {"events": []}, key=admin)
    yield 400, world.post(hooks, wanted | {"secret": "mine"}, key=admin)
    yield 400, world.post(hooks, wanted, key=admin, headers={"x-api-key": read})
    yield 400, world.request("DELETE", f"{hooks}/{mine}", key=admin, query="force=true")
    yield 401, world.post(cancel)
    yield 401, world.post(hooks, wanted, key="scp_nobody")
    yield 403, world.post(cancel, key=read)
    yield 403, world.post(hooks, wanted, key=world.key("read", "write"))
    yield 403, world.request("DELETE", f"{hooks}/{mine}", key=read)
    yield 404, world.post(f"/api/v1/bookings/{other}/cancel", key=admin)
    yield 404, world.post(f"{cancel}/", key=admin)
    yield 404, world.request("DELETE", f"{hooks}/{mine}", key=world.key("admin", owner=2))
    yield 405, world.request("DELETE", f"/api/v1/bookings/{booking}", key=admin)
    yield 409, world.post(f"/api/v1/bookings/{cancelled}/cancel", key=admin)
    yield 413, world.post(cancel, key=admin, body=b" " * (2**20 + 1), media_type=JSON)
    yield 414, world.post(cancel, key=admin, query="x" * 9000)
    yield 415, world.post(cancel, key=admin, body=b"{}", media_type="text/plain")
    yield 415, world.post(cancel, {}, key=admin, headers={"content-encoding": "gzip"})
    yield 422, world.post(hooks, wanted | {"url": "https://user@a.example"}, key=admin)
    yield 431, world.post(cancel, key=admin, headers={"x": "y" * 33_000})


def test_book_3_any_refused_request_leaves_the_store_as_it_was(world: World) -> None:
    subscribe(world)
    requests = refusals(world)
    steps, seen = 0, set()
    # The first step makes a subscription of its own; from then on nothing is made.
    status, reply = next(requests)
    before = dump(world.sandbox)
    while True:
        assert reply.status == status, (steps, reply)
        assert dump(world.sandbox) == before, (steps, reply)
        seen.add(status)
        try:
            status, reply = next(requests)
        except StopIteration:
            break
        steps += 1
    assert seen == {400, 401, 403, 404, 405, 409, 413, 414, 415, 422, 431}


def test_book_3_the_subscription_too_many_leaves_the_store_as_it_was(world: World) -> None:
    for _ in range(world.contract.policy.resource_limits["webhooks"]):
        subscribe(world)
    before = dump(world.sandbox)
    for _ in range(3):
        wanted = {"url": "https://a.example", "events": ["event.created"]}
        assert world.post("/api/v1/webhooks", wanted, key=world.key("webhooks")).code == "webhook_limit_reached"
    assert dump(world.sandbox) == before


def test_book_3_a_request_over_the_rate_limit_does_nothing(contract: Contract) -> None:
    world = open_world(contract, rate_limits=True)
    booking = next(each["id"] for each in owned(world, "Booking") if each["status"] == "confirmed")
    key, before = world.key("write"), dump(world.sandbox)
    while world.get("/api/v1/nothing", key=key).status == 404:
        pass
    assert world.post(f"/api/v1/bookings/{booking}/cancel", key=key).code == "rate_limited"
    assert dump(world.sandbox) == before


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(JUNK | st.dictionaries(st.sampled_from(["reason", "url", "events", "description"]), JUNK))
@settings(max_examples=25)
def test_book_3_whatever_body_is_refused_changes_nothing(contract: Contract, body: object) -> None:
    world = open_world(contract, data=False)
    before = dump(world.sandbox)
    reply = world.post("/api/v1/webhooks", body, key=world.key("webhooks"))
    if reply.status != 201 and body is not None:
        assert reply.status in (400, 422)
        assert reply.json["errors"]
    assert (dump(world.sandbox) == before) == (reply.status != 201)
