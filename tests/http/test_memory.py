"""Memory is where it was, after whatever was refused (law GUARD 2)."""

import gc
import logging
import tracemalloc
from collections.abc import Callable

import pytest

from smartcal_api.http.judge import ValidTexts
from tests.flows.oauth import flow_of, tokens
from tests.wire import Reply, World

FORM = "application/x-www-form-urlencoded"
REFUSED: dict[str, Callable[[World], Reply]] = {
    "without a credential": lambda world: world.get("/api/v1/me"),
    "with a bad one": lambda world: world.get("/api/v1/me", key="scp_none"),
    "with too little scope": lambda world: world.get("/api/v1/me", key=world.key("write")),
    "an unknown path": lambda world: world.get("/nowhere"),
    "another method": lambda world: world.request("PUT", "/api/v1/me"),
    "a bad parameter": lambda world: world.get("/api/v1/events?page=0", key=world.key("read")),
    "a bad body": lambda world: world.post("/api/v1/webhooks", {}, key=world.key("webhooks")),
    "a bad token request": lambda world: world.post("/oauth/token", body=b"x=y", media_type=FORM),
    "a bad authorization request": lambda world: world.get("/oauth/authorize?client_id=nobody"),
}


@pytest.mark.parametrize("refused", REFUSED.values(), ids=REFUSED)
def test_guard_2_a_refusal_keeps_nothing_of_its_request(
    world: World, refused: Callable[[World], Reply], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL, "smartcal")  # who captures a log keeps what its records name
    for _ in range(50):
        refused(world)
    world.sandbox.journal.clear()
    gc.collect()
    before = len(gc.get_objects())
    for _ in range(200):
        assert refused(world).status >= 400
    world.sandbox.journal.clear()  # which is bounded (law SBX 6)
    gc.collect()
    assert len(gc.get_objects()) < before + 1000, "each one has left something behind"


@pytest.mark.parametrize(
    ("path", "scope"),
    [
        ("/api/v1/events", "read"),
        ("/api/v1/me", "read"),
        ("/nowhere", "read"),
        ("/api/v1/events", "webhooks"),
        ("/api/v1/events", None),
        ("/api/v1/events?" + "a" * 20_000, "read"),
        ("/~nobody/api/v1/events", "read"),
    ],
)
def test_guard_2_a_request_leaves_no_work_for_the_garbage_collector(
    world: World, path: str, scope: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    """What is freed at once costs no pause later, and a server may count on there being next to none."""
    caplog.set_level(logging.CRITICAL, "smartcal")  # who captures a log keeps what its records name
    key = world.key(scope) if scope else None
    world.get(path, key=key)
    gc.collect()
    gc.disable()
    try:
        for _ in range(50):
            world.get(path, key=key)
        assert gc.collect() < 50, "each request has left a cycle of objects behind"
    finally:
        gc.enable()


def _bytes_each(times: int, act: Callable[[], object], *, keep: Callable[[], None]) -> float:
    """What each leaves behind, once `keep` has let go of what may be kept."""
    keep()
    gc.collect()
    tracemalloc.start()
    try:
        for _ in range(times):
            act()
        keep()
        gc.collect()
        return tracemalloc.get_traced_memory()[0] / times
    finally:
        tracemalloc.stop()


def test_auth_3_an_answer_that_is_made_once_is_not_remembered(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """Tokens least of all; nor is a change, whose answer nobody can ask for again."""
    caplog.set_level(logging.CRITICAL, "smartcal")  # who captures a log keeps what its records name
    flow = flow_of(world)
    held = [flow.tokens().refresh]

    def refresh() -> None:
        held.append(tokens(flow.refresh(held.pop())).refresh)

    def subscribe() -> None:
        reply = world.post("/api/v1/webhooks", hook, key=key)
        assert world.request("DELETE", f"/api/v1/webhooks/{reply.json['id']}", key=key).status == 204

    hook, key = {"url": "http://127.0.0.1/", "events": ["event.created"]}, world.key("webhooks")
    for act in (subscribe, refresh):
        for _ in range(30):
            act()
        assert _bytes_each(100, act, keep=world.sandbox.journal.clear) < 1_500, act  # `tests.leaks` keeps some


def test_guard_2_a_refusal_in_the_journal_takes_what_its_bytes_take(world: World) -> None:
    flow = flow_of(world)
    body = len(flow.refresh("x").body)
    assert _bytes_each(100, lambda: flow.refresh("x"), keep=lambda: None) < body + 2_500


def test_guard_2_valid_texts_are_remembered_up_to_a_bound_that_counts_all_responses() -> None:
    remembered = ValidTexts(10_000)
    known = [remembered.of_response() for _ in range(3)]
    for number in range(500):
        for each in known:
            remembered.keep(each, b"%100d" % number)
            assert sum(map(len, known)) * 100 <= 10_000
    assert any(known), "nothing is remembered"
    before = [set(each) for each in known]
    remembered.keep(known[0], b"x" * 9_000)
    assert known == before, "one large text is not worth all the others"
