"""Law SBX 6: what the journal has of a request is what went over the wire, and how long it took."""

from typing import Any

import pytest

from smartcal_api.http.exchange import REQUEST
from smartcal_api.journal.document import Documents
from tests.wire import World, open_world, request_scope

ROOT = "http://127.0.0.1:8080"


def drive(world: World, scope: dict[str, Any], *given_back: bytes | None) -> None:
    """Has the request answered by a server that gives that back for its messages."""
    backs = iter(given_back)

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(_: dict[str, Any]) -> bytes | None:
        return next(backs)

    with pytest.raises(StopIteration):
        world.application.asgi(scope, receive, send).send(None)


def test_sbx_6_heads_are_kept_as_the_server_tells_them(world: World) -> None:
    scope = request_scope("GET", "/api/v1/me", key=world.key("read"))
    scope[REQUEST] = b"GET /told HTTP/1.1\r\nHost: told\r\n\r\nand more"
    drive(world, scope, None, b"HTTP/1.1 299 Told\r\nx-told: yes\r\n\r\n")
    (entry,) = world.sandbox.journal.since(1)
    assert (entry.path, entry.request_headers) == (b"/told", [(b"host", b"told")])
    assert (entry.status, entry.response_headers) == (299, [(b"x-told", b"yes")])


def test_sbx_6_heads_are_put_together_where_the_server_tells_nothing(world: World) -> None:
    scope = request_scope("GET", "/api/v1/me", key=world.key("read"))
    drive(world, scope, None, None)
    (entry,) = world.sandbox.journal.since(1)
    assert (entry.path, entry.request_headers) == (b"/api/v1/me", scope["headers"])
    assert entry.status == 200
    assert (b"content-type", b"application/json") in entry.response_headers


def test_sbx_6_the_duration_is_in_milliseconds_of_real_time(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("smartcal_api.http.enter.monotonic_ns", lambda: 5_000_000_000)
    monkeypatch.setattr("smartcal_api.http.record.monotonic_ns", lambda: 5_002_345_999)
    world.get("/api/v1/me", key=world.key("read"))
    (entry,) = world.sandbox.journal.since(1)
    assert (
        Documents(world.contract, world.sandbox.secrets, world.sandbox.journal.masked, root=ROOT).document(entry)[
            "duration_ms"
        ]
        == 2.345
    )


@pytest.mark.parametrize("path", ["/~other/api/v1/me", "/~other/nowhere", "/~other/oauth/authorize"])
def test_sbx_1_a_request_keeps_its_sandbox_from_being_idle(
    world: World, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = open_world(world.contract).sandbox
    other.name = "other"
    world.registry.add(other)
    monkeypatch.setattr("smartcal_api.http.enter.monotonic_ns", lambda: 7)
    world.sandbox.touched = 0
    world.get(path, key=world.key("read"))
    assert (other.touched, world.sandbox.touched) == (7, 0)
