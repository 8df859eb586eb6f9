"""Laws HOOK, DELV 3 and 7, and SBX 3: what is recorded, kept and sent again; without a network."""

from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartcal_api.clock import Clock
from smartcal_api.contract import Contract
from smartcal_api.sandbox import Sandbox
from smartcal_api.store import open_store
from smartcal_api.webhooks import emission
from smartcal_api.webhooks.log import hold
from tests.api.calls import dump, owned
from tests.independent import Independent
from tests.webhooks.post import SECOND, answered, due, empty, failed, happen, hook, post, states, webhook
from tests.wire import NOW, World, open_world

LIST = "/api/v1/webhooks"


def cancel_a_booking(world: World, *, owner: int = 1) -> dict[str, Any]:
    key = world.key("admin", owner=owner)
    (booking,) = world.get("/api/v1/bookings?upcoming=true&per_page=1", key=key).json["data"]
    reply = world.post(f"/api/v1/bookings/{booking['id']}/cancel", {"reason": "x"}, key=key)
    assert reply.status == 200
    return reply.json


# -- recording


@given(st.lists(st.tuples(st.integers(1, 2), st.sets(st.integers(0, 6), min_size=1), st.booleans()), max_size=6))
def test_hook_2_an_event_is_one_delivery_for_each_active_subscription_that_names_it(
    contract: Contract, wanted: list[tuple[int, set[int], bool]]
) -> None:
    world, types = empty(contract), list(contract.data["webhooks"])
    expected = set()
    for owner, chosen, active in wanted:
        names = [types[number] for number in sorted(chosen)]
        identifier = hook(world, *names, owner=owner)
        if active:
            expected |= {(identifier, name) for name in names if owner == 1}
        else:
            document = webhook(world, identifier) | {"active": False}
            world.sandbox.store.put("Webhook", document, owner=owner)
    for name in types:
        happen(world, name)
    found = [(lease.webhook, orjson.loads(lease.body)["type"]) for lease in due(world)]
    assert len(found) == len(expected)
    assert set(found) == expected


def test_hook_2_without_a_subscription_nothing_is_recorded(world: World) -> None:
    hook(world, "calendar.synced")
    hook(world, owner=2)
    before = dump(world.sandbox)
    cancel_a_booking(world)
    after = dump(world.sandbox)
    assert {name for name in after if after[name] != before[name]} <= {
        "resources Booking",
        "resources Event",
        "meta",
    } | {name for name in after if name.startswith("tally")}


def test_book_cancelled_sends_the_booking_and_then_its_event_as_after_the_change(world: World) -> None:
    hook(world)
    booking = cancel_a_booking(world)
    first, second = (orjson.loads(lease.body) for lease in due(world))
    assert (first["type"], first["data"]) == ("booking.cancelled", booking)
    (event,) = [each for each in owned(world, "Event") if each["id"] == booking["event_id"]]
    assert (second["type"], second["data"]) == ("event.updated", event)
    assert event["status"] == "cancelled"
    assert first["created_at"] == second["created_at"] == NOW
    assert first["id"] != second["id"]


def test_hook_2_any_change_sends_what_the_contracts_table_says_valid_against_webhooks(world: World) -> None:
    hook(world)
    outbox, now = world.sandbox.outbox, world.sandbox.clock.now()
    booking, event = owned(world, "Booking")[0], owned(world, "Event")[0]
    calendar = {
        "id": event["calendar_id"], "object": "calendar", "source": event["source"],
        "synced_at": NOW, "created": 1, "updated": 1, "deleted": 1,
    }  # fmt: skip
    happenings = {
        ("booking.created", "event.created"): lambda: emission.booking_made(outbox, booking, event, owner=1, now=now),
        ("booking.cancelled", "event.updated"): lambda: emission.booking_cancelled(
            outbox, booking, event, owner=1, now=now
        ),
        ("booking.rescheduled", "event.updated"): lambda: emission.booking_rescheduled(
            outbox, booking, event, owner=1, now=now
        ),
        ("event.created",): lambda: emission.event_made(outbox, event, owner=1, now=now),
        ("event.updated",): lambda: emission.event_changed(outbox, event, owner=1, now=now),
        ("event.deleted",): lambda: emission.event_deleted(outbox, event, owner=1, now=now),
        ("event.created", "event.updated", "event.deleted", "calendar.synced"): lambda: emission.calendar_synced(
            outbox, calendar, created=[event], updated=[event], deleted=[event], owner=1, now=now
        ),
    }
    judge = Independent(world.contract.data)
    for types, happens in happenings.items():
        with world.sandbox.store.transaction():
            happens()
        bodies = [orjson.loads(lease.body) for lease in post(world, answered())]
        assert tuple(body["type"] for body in bodies) == types
        for body in bodies:
            pointer = f"/webhooks/{body['type']}/post/requestBody/content/application~1json/schema"
            assert judge.faults(pointer, body) == []


def test_delv_3_rolled_back_is_not_recorded(world: World) -> None:
    hook(world)
    before = dump(world.sandbox)
    with suppress(RuntimeError), world.sandbox.store.transaction():
        happen(world)
        raise RuntimeError
    assert dump(world.sandbox) == before
    booking = cancel_a_booking(world)
    post(world, answered())
    refused = world.post(f"/api/v1/bookings/{booking['id']}/cancel", {}, key=world.key("write"))
    assert refused.status == 409
    assert due(world) == []


def test_delv_3_what_was_on_its_way_when_the_process_died_is_due_again(contract: Contract, tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    store = open_store(contract, path)
    world = open_world(contract, store=store, data=False)
    hook(world)
    happen(world)
    happen(world)
    (first, second) = due(world)
    world.sandbox.outbox.settle([(first, answered())], now=first.at)
    assert states(world) == ["delivered", "leased"]
    store.close()
    again = open_world(contract, store=open_store(contract, path), data=False)
    assert [(lease.id, lease.body) for lease in due(again)] == [(second.id, second.body)]
    again.sandbox.store.close()


# -- again


def test_delv_7_a_redelivery_sends_the_same_bytes_and_both_attempts_are_in_the_log(contract: Contract) -> None:
    world = empty(contract)
    hook(world)
    happen(world)
    (first,) = post(world, answered(204))
    assert world.sandbox.outbox.redeliver(first.id, now=world.sandbox.clock.now())
    (second,) = post(world, answered(500, retry_after=60))
    assert (second.id, second.body, second.cause) == (first.id, first.body, "redelivery")
    world.sandbox.clock.advance(60 * SECOND)
    post(world, failed("connection_failed"))
    rows = world.sandbox.store.query("SELECT number, cause, status, error, next_at FROM attempts ORDER BY number")
    assert [row[:4] for row in rows] == [
        (1, b"event", 204, None),
        (2, b"redelivery", 500, None),
        (3, b"retry", None, b"connection_failed"),
    ]
    assert [row[4] is None for row in rows] == [True, False, False]


def test_delv_7_what_is_on_its_way_or_has_nobody_to_sign_for_is_not_redelivered(world: World) -> None:
    identifier = hook(world)
    happen(world)
    (lease,) = due(world)
    assert not world.sandbox.outbox.redeliver(lease.id, now=lease.at)
    assert world.request("DELETE", f"{LIST}/{identifier}", key=world.key("webhooks")).status == 204
    assert not world.sandbox.outbox.redeliver(lease.id, now=lease.at)
    assert not world.sandbox.outbox.redeliver("dlv_of_nothing", now=lease.at)


def test_delv_7_an_event_is_delivered_again_to_whoever_names_its_type_now(contract: Contract) -> None:
    world = empty(contract)
    hook(world, "event.updated")
    happen(world)
    post(world, answered())
    hook(world, "event.created")
    later = hook(world, "event.updated")
    ((event,),) = world.sandbox.store.query("SELECT id FROM webhook_events")
    assert world.sandbox.outbox.deliver_event(event.decode(), now=world.sandbox.clock.now()) == 2
    assert later in {lease.webhook for lease in post(world, answered())}
    assert world.sandbox.outbox.deliver_event("evd_of_nothing", now=0) == 0


# -- generations


def test_sbx_3_the_outcome_of_an_older_generation_is_dropped_and_what_was_pending_is_due(contract: Contract) -> None:
    world = empty(contract)
    hook(world)
    happen(world)
    (old,) = due(world)
    world.sandbox.outbox.renew()
    world.sandbox.outbox.settle([(old, answered())], now=old.at)
    world.sandbox.outbox.release([old])
    assert states(world) == ["pending"]
    (new,) = due(world)
    assert (new.id, new.generation) == (old.id, old.generation + 1)
    assert world.sandbox.store.query("SELECT count(*) FROM attempts") == [(0,)]


def test_sbx_3_what_is_held_waits_until_it_is_redelivered(contract: Contract) -> None:
    world = empty(contract)
    hook(world)
    happen(world)
    happen(world)
    (first, _) = due(world)
    hold(world.sandbox.store)
    assert (states(world), due(world)) == (["held", "held"], [])
    assert world.sandbox.outbox.redeliver(first.id, now=world.sandbox.clock.now())
    assert [lease.id for lease in due(world)] == [first.id]


# -- the log


def test_delv_7_the_log_keeps_the_latest_and_all_that_is_yet_to_be_sent(
    contract: Contract, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("smartcal_api.webhooks.outbox._KEPT", 20)
    monkeypatch.setattr("smartcal_api.webhooks.outbox._BATCH", 10)
    world = empty(contract)
    hook(world, "event.created")
    hook(world, "event.updated")
    happen(world, "event.created")
    (waiting,) = due(world)
    for _ in range(100):
        happen(world)
        post(world, answered())
    rows = world.sandbox.store.query("SELECT id, event FROM deliveries ORDER BY number")
    assert 20 <= len(rows) <= 31
    assert rows[0][0].decode() == waiting.id
    count = "SELECT count(*) FROM {}"
    assert world.sandbox.store.query(count.format("webhook_events")) == [(len(rows),)]
    assert world.sandbox.store.query(count.format("attempts")) == [(len(rows) - 1,)]
    world.sandbox.outbox.settle([(waiting, answered())], now=waiting.at)
    assert states(world)[0] == "delivered"


# -- taking


@given(
    st.lists(st.integers(0, 3), max_size=30),
    st.integers(0, 12),
    st.integers(1, 5),
    st.dictionaries(st.integers(0, 3), st.integers(0, 6)),
)
def test_delv_5_the_earliest_are_taken_and_of_no_subscription_more_than_it_may_have(
    contract: Contract, order: list[int], most: int, each: int, busy: dict[int, int]
) -> None:
    world = empty(contract)
    types = list(contract.data["webhooks"])
    hooks = [hook(world, types[number]) for number in range(4)]
    for number in order:
        happen(world, types[number])
    flying = {hooks[number]: count for number, count in busy.items()}
    leases = world.sandbox.outbox.take(world.sandbox.clock.now(), most=most, each=each, busy=flying)
    expected: list[str] = []
    for number in order:
        if len(expected) < most and expected.count(hooks[number]) + busy.get(number, 0) < each:
            expected.append(hooks[number])
    assert [lease.webhook for lease in leases] == expected
    assert len({lease.id for lease in leases}) == len(leases)


def test_a_lease_shows_no_secret(contract: Contract) -> None:
    world = empty(contract)
    hook(world)
    happen(world)
    (lease,) = due(world)
    assert lease.secret not in repr(lease)


def test_an_empty_outbox_is_not_written_to(contract: Contract) -> None:
    """A sandbox in which nothing happens costs nothing."""
    store = open_store(contract)
    sandbox = Sandbox("default", contract, store, Clock(frozen=True))
    before = store._connection.total_changes
    assert sandbox.outbox.take(sandbox.clock.now(), most=9, each=9, busy={}) == []
    assert sandbox.outbox.next_due() is None
    assert store._connection.total_changes == before
