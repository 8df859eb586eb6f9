"""Law GUARD 3: whatever is large is done beside the loop, where others are answered meanwhile."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest

from smartcal_api.store import Store
from tests.control.held import Held
from tests.control.plane import Plane
from tests.wire import request_scope

ROOT = "/_sandbox/sandboxes"
# What is asked of a sandbox `large`, and whether requests to that one wait meanwhile.
LARGE: dict[str, tuple[str, str, Any, bool]] = {
    "create": ("POST", ROOT, {"events": 300}, False),
    "reset": ("POST", f"{ROOT}/large/reset", None, False),
    "snapshot": ("POST", f"{ROOT}/large/snapshots", {"name": "new"}, True),
    "restore": ("POST", f"{ROOT}/large/snapshots/kept/restore", None, False),
    "fork": ("POST", f"{ROOT}/large/fork", {}, True),
    "diff": ("GET", f"{ROOT}/large/diff?from=kept", None, False),
    "bundle": ("GET", f"{ROOT}/large/bundle", None, True),
    "journal": ("GET", f"{ROOT}/large/journal", None, False),
    "an entry": ("GET", f"{ROOT}/large/journal/1", None, False),
    "HAR": ("GET", f"{ROOT}/large/journal/har", None, False),
}


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Held:
    threads = Held()
    monkeypatch.setattr("smartcal_api.background.Thread", threads.thread)
    return threads


async def status(plane: Plane, method: str, target: str, body: Any = None, key: str | None = None) -> int:
    payload = b"" if body is None else json.dumps(body).encode()
    sent: list[Any] = []
    scope = request_scope(method, target, body=payload, media_type="application/json", key=key)

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": payload, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    await plane.front(scope, receive, send)  # type: ignore[arg-type]  # scopes are dicts
    return int(sent[0]["status"])


async def soon(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0)


async def taken(store: Store, held: Held) -> None:
    """Lets go of everything before the work that has the store to itself, and holds that."""
    while not store.turn.taken:
        await soon(lambda: held or store.turn.taken)
        if not store.turn.taken:
            held.let_go()


def prepared(plane: Plane, held: Held) -> str:
    """The key of a sandbox `large` with a snapshot."""
    held.holding = False
    key: str = plane.create(name="large", events=10)["keys"]["read"]
    assert plane.post("/sandboxes/large/snapshots", {"name": "kept"}).status == 201
    assert plane.get("/~large/api/v1/me", key=key).status == 200
    held.holding = True
    return key


@pytest.mark.parametrize("name", LARGE)
def test_guard_3_whatever_is_large_is_done_while_others_are_answered(plane: Plane, held: Held, name: str) -> None:
    method, target, body, waits = LARGE[name]
    large, key = prepared(plane, held), plane.world.key("read")

    async def test() -> None:
        asked = asyncio.ensure_future(status(plane, method, target, body))
        await soon(lambda: held)
        assert await status(plane, "GET", "/api/v1/me", key=key) == 200
        assert await status(plane, "GET", f"{ROOT}/default") == 200
        own = asyncio.ensure_future(status(plane, "GET", "/~large/api/v1/me", key=large))
        for _ in range(20):
            await asyncio.sleep(0)
        assert own.done() is not waits
        assert not asked.done()
        held.holding = False
        held.let_go()
        assert await asked in (200, 201)
        assert await own == 200

    asyncio.run(test())


@pytest.mark.parametrize("action", ["reset", "snapshots/kept/restore"])
def test_guard_3_requests_to_a_sandbox_wait_while_its_data_is_replaced(plane: Plane, held: Held, action: str) -> None:
    """By the key at the bare root, by its name, and on the control plane; and see it as it is afterwards."""
    key = prepared(plane, held)
    store = plane.sandbox("large").store

    async def test() -> None:
        asked = asyncio.ensure_future(status(plane, "POST", f"{ROOT}/large/{action}"))
        await taken(store, held)
        own = [
            asyncio.ensure_future(each)
            for each in (
                status(plane, "GET", "/~large/api/v1/me", key=key),
                status(plane, "GET", "/api/v1/events", key=key),
                status(plane, "GET", f"{ROOT}/large/keys"),
            )
        ]
        for _ in range(50):
            await asyncio.sleep(0)
        assert not any(each.done() for each in own)
        held.holding = False
        held.let_go()
        assert await asked == 200
        assert await asyncio.gather(*own) == [200, 200, 200]
        assert plane.sandbox("large").generation == 1

    asyncio.run(test())


def test_guard_3_who_gives_up_on_a_restore_leaves_it_whole(plane: Plane, held: Held) -> None:
    prepared(plane, held)
    sandbox = plane.sandbox("large")

    async def test() -> None:
        asked = asyncio.ensure_future(status(plane, "POST", f"{ROOT}/large/snapshots/kept/restore"))
        await taken(sandbox.store, held)
        asked.cancel()
        await asyncio.gather(asked, return_exceptions=True)
        assert (sandbox.generation, sandbox.store.turn.taken) == (0, True)
        held.holding = False
        held.let_go()
        await sandbox.store.turn.free()
        assert sandbox.generation == 1

    asyncio.run(test())
