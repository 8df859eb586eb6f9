"""Law STORE 3: whatever the database can't do is a 503 with nothing changed, at any statement."""

import json
import resource
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NamedTuple

import pytest

from smartcal_api.clock import NANOSECONDS, parse_rfc3339
from smartcal_api.contract import Contract
from smartcal_api.errors import Unavailable
from smartcal_api.store import Store, collections, open_file, open_memory
from tests.e2e.server import serving
from tests.store.failing import FailingConnection
from tests.store.states import dump, pages_of
from tests.wire import Reply, World, open_world

FULL, LOCKED, BROKEN = "database or disk is full", "database is locked", "disk I/O error"
HOOK = {"url": "https://example.com/hook", "events": ["booking.cancelled"]}


class Operation(NamedTuple):
    """`prepare` readies a world, `run` makes the request; `status` is its answer where nothing fails."""

    prepare: Callable[[World], Any]
    run: Callable[[World, Any], Reply]
    status: int
    completes: bool = False


def webhook_of(world: World) -> str:
    return world.post("/api/v1/webhooks", HOOK, key=world.key("admin")).json["id"]


def upcoming(world: World) -> list[dict[str, Any]]:
    return world.get("/api/v1/bookings?upcoming=true", key=world.key("admin")).json["data"]


def booking_of(world: World) -> str:
    return upcoming(world)[0]["id"]


def let_a_booking_end(world: World) -> None:
    """The next request finds a booking due for completion."""
    before = [each["id"] for each in upcoming(world) if each["status"] == "confirmed"]
    world.sandbox.clock.advance(20 * 86_400 * NANOSECONDS)
    assert before


def create(world: World, _: Any) -> Reply:
    return world.post("/api/v1/webhooks", HOOK, key=world.key("admin"))


OPERATIONS = {
    "createWebhook": Operation(lambda _: None, create, 201),
    "deleteWebhook": Operation(
        webhook_of, lambda w, made: w.request("DELETE", f"/api/v1/webhooks/{made}", key=w.key("admin")), 204
    ),
    "cancelBooking": Operation(
        booking_of, lambda w, found: w.post(f"/api/v1/bookings/{found}/cancel", key=w.key("admin")), 200
    ),
    "completion by the clock": Operation(
        let_a_booking_end, lambda w, _: w.get("/api/v1/bookings", key=w.key("admin")), 200, completes=True
    ),
    "completion while creating": Operation(let_a_booking_end, create, 201, completes=True),
}


@pytest.mark.parametrize("rolls_back", [False, True], ids=["left open", "rolled back"])
@pytest.mark.parametrize("message", [FULL, LOCKED, BROKEN])
@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_store_3_a_failure_at_any_statement_is_a_503_with_nothing_changed(
    contract: Contract, operation: Operation, message: str, rolls_back: bool
) -> None:
    connection = FailingConnection(open_memory())
    world = open_world(contract, store=Store(connection, collections(contract), small=0))
    prepared = operation.prepare(world)
    failed_at: list[str] = []
    while True:
        before = dump(world.sandbox.store)
        connection.arm(len(failed_at), message, rolls_back=rolls_back)
        reply = operation.run(world, prepared)
        connection.disarm()
        if not connection.failed:
            break
        failed_at.append(connection.failed)
        assert (reply.status, reply.code) == (503, "unavailable"), connection.failed
        after = dump(world.sandbox.store)
        if operation.completes and connection.committed:
            # What the clock had made due is done, once and whole, whatever becomes of the request that found it.
            assert "confirmed" not in {each["status"] for each in ended(world)}
            for table in ("resources Booking", "tally Booking"):
                assert before.pop(table) != after.pop(table)
        assert after == before
        assert not connection.in_transaction
    assert reply.status == operation.status, "the next request, and the last one here, works"
    assert "COMMIT" in failed_at
    assert_nothing_is_remembered_wrong(world, contract)


def ended(world: World) -> list[Any]:
    stored = [json.loads(text) for _, text in world.sandbox.store.all("Booking")]
    return [each for each in stored if parse_rfc3339(each["end_time"]) <= world.sandbox.clock.now()]


def assert_nothing_is_remembered_wrong(world: World, contract: Contract) -> None:
    """What the sandbox keeps in memory beside the database (totals, what is due next) is what a fresh look finds."""
    remembered = pages_of(world.sandbox.store, contract)
    assert remembered == pages_of(Store(world.sandbox.store._connection, collections(contract)), contract)
    due = world.sandbox._due
    world.sandbox.plan()
    assert due <= world.sandbox._due, "something would fall due later than it is"


def test_store_3_what_is_due_is_completed_once_the_store_works_again(contract):
    connection = FailingConnection(open_memory())
    world = open_world(contract, store=Store(connection, collections(contract)))
    booking = next(each for each in upcoming(world) if each["status"] == "confirmed")
    let_a_booking_end(world)
    for nth in range(6):
        connection.arm(nth, LOCKED)
        assert world.get("/api/v1/me", key=world.key("admin")).status == 503
    connection.disarm()
    found = world.get(f"/api/v1/bookings/{booking['id']}", key=world.key("admin")).json
    assert (found["status"], found["updated_at"]) == ("completed", booking["end_time"])


def test_store_3_a_503_counts_for_its_own_budget_and_has_the_headers(contract):
    connection = FailingConnection(open_memory())
    world = open_world(contract, store=Store(connection, collections(contract)), rate_limits=True)
    let_a_booking_end(world)
    connection.arm(0, LOCKED)
    limit, key = contract.policy.rate_limits[0].limit, world.key("read")
    failed = world.get("/api/v1/me", key=key)
    assert (failed.status, failed.headers["x-ratelimit-remaining"]) == (503, str(limit - 1))
    assert world.get("/api/v1/me", key=key).headers["x-ratelimit-remaining"] == str(limit - 2)
    assert world.get("/api/v1/me").headers["x-ratelimit-remaining"] == str(limit - 1)


def test_store_3_a_statement_that_is_wrong_in_itself_stays_a_defect(contract):
    store = Store(open_memory(), collections(contract))
    with pytest.raises(sqlite3.OperationalError):
        store.query("SELECT nothing FROM nowhere")
    with pytest.raises(sqlite3.OperationalError):
        store.query("SELEKT 1")
    with pytest.raises(sqlite3.IntegrityError):
        store.query("INSERT INTO meta VALUES ('a', NULL)")


@pytest.mark.parametrize("kind", ["memory", "file"])
def test_store_3_a_database_that_is_really_full_goes_on_once_there_is_room(contract, tmp_path, kind):
    connection = open_memory() if kind == "memory" else open_file(tmp_path / "store.db")
    world = open_world(contract, store=Store(connection, collections(contract)))
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count = {pages}")
    made, reason = [], "x" * 500
    for booking in upcoming(world):
        before = dump(world.sandbox.store)
        path = f"/api/v1/bookings/{booking['id']}/cancel"
        reply = world.post(path, {"reason": reason}, key=world.key("admin"))
        if reply.status == 503:
            break
        made.append(booking["id"])
    assert (reply.status, reply.code) == (503, "unavailable")
    assert "full" in reply.json["detail"]
    assert dump(world.sandbox.store) == before
    listed = world.get("/api/v1/bookings?status=cancelled&per_page=100", key=world.key("read")).json["data"]
    assert {each["id"] for each in listed} >= set(made)
    connection.execute("PRAGMA max_page_count = 1000000")
    assert world.post(path, {"reason": reason}, key=world.key("admin")).status == 200
    assert_nothing_is_remembered_wrong(world, contract)
    world.sandbox.store.close()


def test_store_3_a_disk_that_takes_no_more_bytes_is_a_503_until_it_does(tmp_path):
    """The operating system refuses to let any file of the server grow beyond a size, as a quota would."""
    with serving(tmp_path, "--store", "store.db", "--rate-limits", "off") as server:
        key, statuses = server.ready["keys"]["admin"], []
        unlimited = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (128 * 1024, unlimited[1]))
        ids = []
        for number in range(400):
            path, body = ("/api/v1/webhooks", b'{"url": "https://example.com/", "events": ["event.created"]}')
            answer = server.request("POST", path, key=key, body=body)
            statuses.append(answer.status)
            if answer.status == 503:
                break
            ids.append(answer.json["id"])
            if number % 2:
                assert server.request("DELETE", f"{path}/{ids.pop()}", key=key).status in (204, 503)
        assert statuses[-1] == 503
        listed = server.request("GET", path, key=key)
        assert {each["id"] for each in listed.json["data"]} >= set(ids)
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, unlimited)
        assert server.request("POST", path, key=key, body=body).status == 201
        assert "Traceback" not in server.said()


def test_store_3_outside_of_a_request_it_is_an_error_of_its_own(contract):
    connection = FailingConnection(open_memory())
    store = Store(connection, collections(contract))
    connection.arm(0, FULL)
    with pytest.raises(Unavailable, match="disk is full"), store.transaction():
        raise AssertionError("a transaction that has not begun")
    with suppress(KeyError), store.transaction():
        store.set_meta("a", "b")
        raise KeyError
    assert store.meta("a") is None
