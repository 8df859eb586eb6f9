"""Laws BOOK 1 to 3, and bookings that complete because their time has passed."""

import asyncio
import json
import threading
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from smartcal_api.clock import NANOSECONDS, format_rfc3339, parse_rfc3339
from smartcal_api.contract import Contract
from tests.api.calls import dump, owned
from tests.e2e.server import serving
from tests.wire import NOW, Reply, World, open_world

REASONS = st.text(min_size=1, max_size=500)
LIST = "/api/v1/bookings"


def future(world: World) -> list[str]:
    """The ids of bookings that can be cancelled."""
    return [each["id"] for each in owned(world, "Booking") if each["status"] == "confirmed" and each["end_time"] > NOW]


def cancel(world: World, identifier: str, body: bytes = b"", media_type: str | None = "application/json") -> Reply:
    return world.post(f"{LIST}/{identifier}/cancel", key=world.key("write"), body=body, media_type=media_type)


def listed(world: World, path: str, query: dict[str, Any]) -> dict[str, Any]:
    reply = world.get(path, query=query | {"per_page": 100}, key=world.key("read"))
    return {each["id"]: each for each in reply.json["data"]}


@given(REASONS, st.booleans())
@settings(max_examples=30)
def test_book_1_a_reason_is_kept_byte_for_byte(contract: Contract, reason: str, ascii_only: bool) -> None:
    world = open_world(contract)
    identifier = future(world)[0]
    reply = cancel(world, identifier, json.dumps({"reason": reason}, ensure_ascii=ascii_only).encode())
    assert reply.status == 200
    got = world.get(f"{LIST}/{identifier}", key=world.key("read"))
    seen = listed(world, LIST, {"status": "cancelled"})[identifier]
    for booking in (reply.json, got.json, seen):
        assert booking["cancellation"] == {"reason": reason, "cancelled_by": "host", "cancelled_at": NOW}
        assert booking["cancellation"]["reason"].encode() == reason.encode()


def test_book_1_a_cancellation_is_visible_at_once_everywhere(contract: Contract) -> None:
    for number, body in enumerate([b"", b"{}", b'{"reason": "Ill"}']):
        world = open_world(contract)
        read = world.key("read")
        identifier = future(world)[number]
        before = listed(world, LIST, {"upcoming": "true"})[identifier]
        event = world.get(f"/api/v1/events/{before['event_id']}", key=read).json
        assert event["status"] != "cancelled"
        world.sandbox.clock.advance(90 * NANOSECONDS)
        at = format_rfc3339(world.sandbox.clock.now())
        reply = cancel(world, identifier, body)
        cancellation = {"reason": "Ill" if number == 2 else None, "cancelled_by": "host", "cancelled_at": at}
        after = before | {"status": "cancelled", "cancellation": cancellation, "updated_at": at}
        assert (reply.status, reply.json) == (200, after)
        assert world.get(f"{LIST}/{identifier}", key=read).json == after
        assert identifier not in listed(world, LIST, {"upcoming": "true"})
        assert identifier not in listed(world, LIST, {"status": "confirmed"})
        assert listed(world, LIST, {"status": "cancelled"})[identifier] == after
        changed = event | {"status": "cancelled", "updated_at": at}
        assert world.get(f"/api/v1/events/{event['id']}", key=read).json == changed
        assert event["id"] in listed(world, "/api/v1/events", {"status": "cancelled"})


def resources(world: World) -> dict[str, list[Any]]:
    """What is stored, without the counts of it."""
    return {name: rows for name, rows in dump(world.sandbox).items() if not name.startswith("tally ")}


def test_book_1_a_cancellation_changes_that_booking_and_its_event_and_nothing_else(world: World) -> None:
    identifier = future(world)[0]
    before = resources(world)
    event = cancel(world, identifier).json["event_id"]
    after = resources(world)
    changed = {row[0].decode() for name, rows in after.items() for row in rows if row not in before[name]}
    assert changed == {identifier, event}
    assert {name: len(rows) for name, rows in after.items()} == {name: len(rows) for name, rows in before.items()}


def test_book_1_a_second_cancellation_is_409_and_keeps_the_first_reason(world: World) -> None:
    identifier = future(world)[0]
    assert cancel(world, identifier, b'{"reason": "first"}').status == 200
    before = dump(world.sandbox)
    for step in (0, 10, 400 * 86_400):  # long after its end, too: cancelled comes before past
        world.sandbox.clock.advance(step * NANOSECONDS)
        reply = cancel(world, identifier, b'{"reason": "second"}')
        assert (reply.status, reply.code) == (409, "booking_already_cancelled")
        if step < 86_400:
            assert dump(world.sandbox) == before
    got = world.get(f"{LIST}/{identifier}", key=world.key("read")).json
    assert got["cancellation"]["reason"] == "first"


def test_book_1_any_booking_that_has_ended_is_409_in_the_past_to_the_nanosecond(contract: Contract) -> None:
    for status in ("confirmed", "pending"):
        for early, expected in ((1, 200), (0, 409)):
            world = open_world(contract)
            each = next(each for each in owned(world, "Booking") if each["status"] == status)
            end = parse_rfc3339(each["end_time"])
            world.sandbox.clock.advance(end - early - world.sandbox.clock.now())
            reply = cancel(world, each["id"])
            assert reply.status == expected, (status, early)
            if expected == 409:
                assert reply.code == "booking_in_the_past"
                assert each["end_time"] in reply.json["detail"]


def test_book_1_completed_bookings_and_no_shows_cant_be_cancelled(world: World) -> None:
    world.sandbox.now()
    ended = [each for each in owned(world, "Booking") if each["status"] in ("completed", "no_show")]
    assert {each["status"] for each in ended} == {"completed", "no_show"}
    before = dump(world.sandbox)
    assert {cancel(world, each["id"]).code for each in ended} == {"booking_in_the_past"}
    assert dump(world.sandbox) == before


def test_book_2_of_50_cancels_whose_bodies_arrive_together_one_is_done(world: World) -> None:
    identifier, key = future(world)[0], world.key("write")
    gate = asyncio.Barrier(50)

    async def request(number: int) -> tuple[int, bytes]:
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            await gate.wait()
            return {"type": "http.request", "body": b'{"reason": "%d"}' % number, "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        path = f"{LIST}/{identifier}/cancel"
        headers = [(b"host", b"localhost"), (b"x-api-key", key.encode()), (b"content-type", b"application/json")]
        scope = {"type": "http", "http_version": "1.1", "method": "POST", "scheme": "http", "path": path}
        scope |= {"raw_path": path.encode(), "query_string": b"", "root_path": "", "headers": headers}
        await world.application.asgi(scope | {"client": ("127.0.0.1", 1), "server": ("127.0.0.1", 1)}, receive, send)
        return sent[0]["status"], sent[1]["body"]

    async def together() -> list[tuple[int, bytes]]:
        return await asyncio.gather(*(request(number) for number in range(50)))

    answers = asyncio.run(together())
    assert sorted(status for status, _ in answers) == [200] + [409] * 49
    (done,) = (json.loads(body) for status, body in answers if status == 200)
    assert done == world.get(f"{LIST}/{identifier}", key=world.key("read")).json


def test_book_2_of_50_cancels_over_50_connections_at_once_one_is_done(tmp_path: Path) -> None:
    with serving(tmp_path, "--rate-limits", "off") as server:
        keys = server.ready["keys"]
        path = server.request("GET", f"{LIST}?upcoming=true", key=keys["read"]).json["data"][0]["id"]
        start, answers = threading.Barrier(50), []

        def request() -> None:
            start.wait()
            answers.append(server.request("POST", f"{LIST}/{path}/cancel", key=keys["write"]))

        threads = [threading.Thread(target=request) for _ in range(50)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(each.status for each in answers) == [200] + [409] * 49
    assert {each.json["code"] for each in answers if each.status == 409} == {"booking_already_cancelled"}


def test_a_confirmed_booking_is_completed_at_its_end_and_not_a_nanosecond_before(contract: Contract) -> None:
    for early, expected in ((1, "confirmed"), (0, "completed")):
        world = open_world(contract)
        path = f"{LIST}/{future(world)[0]}"
        before = world.get(path, key=world.key("read")).json
        world.sandbox.clock.advance(parse_rfc3339(before["end_time"]) - early - world.sandbox.clock.now())
        changed = {} if early else {"status": expected, "updated_at": before["end_time"]}
        assert world.get(path, key=world.key("read")).json == before | changed
        assert (before["id"] in listed(world, LIST, {"status": "completed"})) == (not early)


@given(st.lists(st.integers(0, 30 * 86_400 * NANOSECONDS), min_size=1, max_size=4))
@settings(max_examples=15)
def test_confirmed_bookings_complete_at_their_end_and_nothing_else_happens(
    contract: Contract, steps: list[int]
) -> None:
    world = open_world(contract)
    before = dump(world.sandbox)
    at_first = {each["id"]: each for owner in (1, 2) for each in owned(world, "Booking", owner)}
    for step in steps:
        world.sandbox.clock.advance(step)
    now = world.sandbox.clock.now()
    world.get("/api/v1/me", key=world.key("read"))  # any request at all
    assert "confirmed" in {each["status"] for each in at_first.values()}
    for owner in (1, 2):
        for each in owned(world, "Booking", owner):
            was = at_first[each["id"]]
            over = was["status"] == "confirmed" and parse_rfc3339(was["end_time"]) <= now
            assert each == (was | {"status": "completed", "updated_at": was["end_time"]} if over else was)
    after = dump(world.sandbox)
    assert {name for name in after if after[name] != before[name]} <= {"resources Booking", "tally Booking"}
