"""Law STORE 3: whatever the database can't do is a 503 with nothing changed, at any statement."""

import json
import resource
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from typing import Any, NamedTuple

import pytest

from smartcal_api.clock import NANOSECONDS, parse_rfc3339
from smartcal_api.contract import Contract
from smartcal_api.errors import Unavailable
from smartcal_api.sandbox.difference import Difference, difference
from smartcal_api.store import Store, collections, open_file, open_image, open_memory, open_store
from tests.e2e.server import serving
from tests.store.failing import BROKEN, CODES, DAMAGED, FULL, LOCKED, FailingConnection
from tests.store.states import dump, pages_of
from tests.wire import Reply, World, open_world

ADVANCE = "/_sandbox/sandboxes/default/clock/advance"
HOOK = {"url": "https://example.com/hook", "events": ["booking.cancelled"]}


class Operation(NamedTuple):
    """`prepare` readies a world, `run` makes the request; `status` is its answer where nothing fails."""

    prepare: Callable[[World], Any]
    run: Callable[[World, Any], Reply]
    status: int


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
        assert dump(world.sandbox.store) == before
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


@pytest.mark.parametrize("small", [0, 500], ids=["tallies", "walks"])
@pytest.mark.parametrize(
    "refused", [("BEGIN",), ("INSERT INTO", "UPDATE"), ("COMMIT",)], ids=["begin", "row", "commit"]
)
def test_store_3_what_time_has_done_is_seen_at_once_and_written_when_it_can_be(contract, refused, small):
    """A store that takes nothing answers every read as one does that has never failed."""
    connection = FailingConnection(open_memory())
    failing = open_world(contract, store=Store(connection, collections(contract), small=small))
    right = open_world(contract)
    before = dump(failing.sandbox.store)
    connection.refuse(FULL, *refused)
    # Twice, for what can't be written yet can't keep more of it from being seen.
    for _ in range(2):
        for world in (failing, right):
            let_a_booking_end(world)
        for path in reads(right):
            answers = [world.get(path, key=world.key("admin")) for world in (failing, right)]
            assert answers[0].body == answers[1].body, path
        assert [*failing.sandbox.store.all("Booking")] == [*right.sandbox.store.all("Booking")], "in the same order"
        assert create(failing, None).status == 503
        assert stored(connection) == before["resources Booking"], "nothing was written"
    changes = difference(failing.sandbox.store.image(), right.sandbox.store.image())
    assert changes == Difference(), "a snapshot has it too"
    connection.disarm()
    failing.get("/api/v1/me", key=failing.key("admin"))
    right.get("/api/v1/me", key=right.key("admin"))
    assert dump(failing.sandbox.store)["resources Booking"] == dump(right.sandbox.store)["resources Booking"]
    assert stored(connection) == dump(right.sandbox.store)["resources Booking"], "written by the next request"
    assert create(failing, None).status == 201
    assert_nothing_is_remembered_wrong(failing, contract)


def test_store_3_what_could_not_be_written_is_when_the_store_is_closed(contract, tmp_path):
    connection = FailingConnection(open_file(tmp_path / "store.db"))
    world = open_world(contract, store=Store(connection, collections(contract)))
    let_a_booking_end(world)
    connection.refuse(FULL, "COMMIT")
    seen = world.get("/api/v1/bookings?status=completed", key=world.key("read")).json["pagination"]["total"]
    connection.disarm()
    world.sandbox.store.close()
    again = open_store(contract, tmp_path / "store.db")
    (stored,) = again.query(
        """SELECT count(*) FROM "resources Booking" WHERE owner = 1 AND "field status" = 'completed'"""
    )
    assert stored == (seen,)
    again.close()


def reads(world: World) -> list[str]:
    """Lists by whatever of a booking its end changes, in pages, and each booking by itself."""
    statuses = world.contract.data["components"]["schemas"]["BookingStatus"]["enum"]
    listed = [json.loads(text) for owner, text in world.sandbox.store.all("Booking") if owner == 1]
    queries = ["", "?upcoming=true", "?upcoming=false", "?per_page=7&page=3", *(f"?status={each}" for each in statuses)]
    return [f"/api/v1/bookings{each}" for each in [*queries, *(f"/{booking['id']}" for booking in listed)]]


def stored(connection: FailingConnection) -> list[Any]:
    """The rows of the table itself, whatever lies over it."""
    return sorted(connection.real.execute('SELECT * FROM main."resources Booking"').fetchall(), key=repr)


@pytest.mark.parametrize(("message", "rolls_back"), [(FULL, True), (LOCKED, False)])
def test_store_3_a_completion_that_fails_at_any_statement_is_whole_or_none(contract, message, rolls_back):
    """And the next request finds it done, wherever it was broken off."""
    image = open_world(contract).sandbox.store.image()
    for nth in count():
        connection = FailingConnection(open_image(image))
        world = open_world(contract, store=Store(connection, collections(contract), small=0), data=False)
        let_a_booking_end(world)
        key, before = world.key("admin"), dump(world.sandbox.store)
        connection.arm(nth, message, rolls_back=rolls_back)
        reply = world.get("/api/v1/bookings", key=key)
        connection.disarm()
        if not connection.failed:
            break
        assert (reply.status == 503) == connection.failed.startswith("SELECT"), connection.failed
        if reply.status == 503 and not connection.committed:
            assert dump(world.sandbox.store) == before
        assert not connection.in_transaction
        world.get("/api/v1/me", key=key)
        assert "confirmed" not in {each["status"] for each in ended(world)}
        assert not world.sandbox.store.behind
        assert_nothing_is_remembered_wrong(world, contract)
    assert nth > 4


@pytest.mark.parametrize("message", CODES)
def test_store_4_a_503_tells_damage_from_what_passes_and_says_what_to_do(contract, message):
    connection = FailingConnection(open_memory())
    world = open_world(contract, store=Store(connection, collections(contract)))
    key = world.key("read")
    connection.arm(0, message)
    reply = world.get("/api/v1/me", key=key)
    assert (reply.status, reply.code) == (503, "unavailable")
    damaged = message == DAMAGED
    assert ("is damaged" in reply.json["detail"]) == damaged
    assert ("with a copy of the file from before" in reply.json["detail"]) == damaged
    assert ("send the request again" in reply.json["detail"]) != damaged


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
        # Bookings end while the disk is full, on any day of the week.
        advanced = server.request("POST", ADVANCE, body=b'{"by": 1728000}')
        assert advanced.status == 200, advanced.json
        listed = server.request("GET", path, key=key)
        assert {each["id"] for each in listed.json["data"]} >= set(ids)
        bookings = server.request("GET", "/api/v1/bookings?per_page=100", key=key).json["data"]
        ended = [each for each in bookings if each["end_time"] <= advanced.json["now"]]
        assert ended
        assert "confirmed" not in {each["status"] for each in ended}
        assert server.request("POST", path, key=key, body=body).status == 503
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
