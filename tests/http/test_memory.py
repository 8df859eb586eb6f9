"""Memory is where it was, after whatever was refused (law GUARD 2)."""

import gc
import logging
from collections.abc import Callable

import pytest

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
