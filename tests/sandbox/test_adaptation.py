"""Stored data under an edited contract: filled in, made anew, reported, and never again (law SRC 5)."""

import json
import logging
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartcal_api.app import Options, build
from smartcal_api.contract import Contract
from smartcal_api.errors import UsageError
from smartcal_api.sandbox.adaptation import Adaptation, adapt
from smartcal_api.sandbox.population import default_data_set, populate
from smartcal_api.sandbox.registry import Registry
from smartcal_api.server.application import open_application
from smartcal_api.store import open_store
from tests.edits import SCHEMAS, document, edited, put
from tests.independent import Independent
from tests.sandbox.reopening import Reopening, contract_of, no_examples, sandbox_of
from tests.wire import World, open_world

EVENT = f"{SCHEMAS}/Event"
Documents = dict[str, dict[str, Any]]
Reopen = Callable[[Contract], World]


@pytest.fixture(params=["memory", "file"])
def reopen(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Reopen]:
    with Reopening(tmp_path / "store.db" if request.param == "file" else None) as serve:
        yield serve


def documents(world: World, collection: str = "Event") -> Documents:
    return {item["id"]: item for item in (json.loads(text) for _, text in world.sandbox.store.all(collection))}


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage().partition(": ")[2] for record in caplog.records if "adapted" in record.getMessage()]


def test_src_5_a_new_required_member_is_filled_in(reopen: Reopen, caplog: pytest.LogCaptureFixture) -> None:
    before = documents(reopen(contract_of()))
    caplog.set_level(logging.WARNING, "smartcal")
    priority = {"type": "string", "enum": ["low", "high"], "default": "low"}
    colour = {"type": "string", "pattern": "^#[0-9a-f]{6}$"}
    room = {"type": "integer", "minimum": 3, "maximum": 9, "examples": [7]}
    new = {"priority": priority, "colour": colour, "room": room}
    edits = [put(f"{EVENT}/properties/{name}", schema) for name, schema in new.items()]
    world = reopen(contract_of(*edits, *(put(f"{EVENT}/required/-", name) for name in new)))
    after = documents(world)
    assert {id_: {k: v for k, v in each.items() if k not in new} for id_, each in after.items()} == before
    assert {each["priority"] for each in after.values()} == {"low"}, "the default"
    assert {each["room"] for each in after.values()} == {7}, "the first example"
    assert len({each["colour"] for each in after.values()}) > 100, "generated for each"
    count = len(before)
    assert told(caplog) == [f"Event/{name}: filled in in {count} documents" for name in ("colour", "priority", "room")]
    listed = world.get("/api/v1/events?per_page=100", key=world.key("read"))
    assert listed.status == 200
    assert Independent(world.contract.data).response_faults("GET", "/api/v1/events", listed) == []


def test_src_5_a_removed_value_of_an_enum_is_made_anew(reopen: Reopen, caplog: pytest.LogCaptureFixture) -> None:
    before = documents(reopen(contract_of()))
    caplog.set_level(logging.WARNING, "smartcal")
    world = reopen(contract_of(put(f"{SCHEMAS}/EventStatus/enum", ["confirmed", "cancelled"])))
    after = documents(world)
    changed = [id_ for id_ in before if before[id_] != after[id_]]
    assert changed == [id_ for id_ in before if before[id_]["status"] == "tentative"] != []
    assert all(before[id_] | {"status": after[id_]["status"]} == after[id_] for id_ in before)
    assert {each["status"] for each in after.values()} <= {"confirmed", "cancelled"}
    assert told(caplog) == [f"Event/status: made anew in {len(changed)} documents"]
    key = world.key("read")
    parts = [world.get(f"/api/v1/events?status={each}", key=key).json["pagination"]["total"]
             for each in ("confirmed", "cancelled")]  # fmt: skip
    assert sum(parts) == world.get("/api/v1/events", key=key).json["pagination"]["total"], "the filter sees it"


def test_src_5_what_no_longer_matches_a_pattern_is_made_anew_deep_inside(
    reopen: Reopen, caplog: pytest.LogCaptureFixture
) -> None:
    before = documents(reopen(contract_of()))
    caplog.set_level(logging.WARNING, "smartcal")
    world = reopen(contract_of(put(f"{SCHEMAS}/Attendee/properties/name/pattern", "^[A-Z]{3}$")))
    after = documents(world)
    names = [one["name"] for each in after.values() for one in each["attendees"]]
    assert names
    assert all(re.fullmatch("[A-Z]{3}", name) for name in names)
    assert [[one["email"] for one in each["attendees"]] for each in after.values()] == [
        [one["email"] for one in each["attendees"]] for each in before.values()
    ]
    (line,) = told(caplog)
    touched = sum(1 for id_ in before if before[id_] != after[id_])
    assert line == f"Event/attendees/*/name: made anew in {touched} documents"


def test_src_5_references_are_kept(reopen: Reopen) -> None:
    """Whatever else of a booking is made anew, it leads to its event and its page, and these to it."""
    before = documents(reopen(contract_of()), "Booking")
    world = reopen(
        contract_of(
            put(f"{SCHEMAS}/Answer/properties/answer/maxLength", 3),
            put(f"{SCHEMAS}/Booking/properties/colour", {"type": "string"}),
            put(f"{SCHEMAS}/Booking/required/-", "colour"),
            put(f"{EVENT}/properties/title/maxLength", 5),
        )
    )
    after, events = documents(world, "Booking"), documents(world)
    pages = documents(world, "BookingPage")
    assert set(after) == set(before)
    for id_, booking in after.items():
        assert [booking[name] for name in ("event_id", "booking_page_id", "start_time")] == [
            before[id_][name] for name in ("event_id", "booking_page_id", "start_time")
        ]
        assert events[booking["event_id"]]["booking_id"] == id_
        assert booking["booking_page_id"] in pages


def test_src_5_the_second_start_does_nothing(reopen: Reopen, caplog: pytest.LogCaptureFixture) -> None:
    reopen(contract_of())
    contract = contract_of(put(f"{SCHEMAS}/EventStatus/enum", ["confirmed"]))
    first = documents(reopen(contract))
    assert told(caplog)
    caplog.clear()
    assert documents(reopen(contract)) == first
    assert told(caplog) == []


def test_src_5_an_edit_of_no_schema_looks_at_no_document(reopen: Reopen) -> None:
    """Seen by a document that wouldn't be left as it is, were it looked at."""
    world = reopen(contract_of())
    (_, text), *_ = world.sandbox.store.all("Event")
    odd = json.loads(text) | {"status": "odd"}
    with world.sandbox.store.transaction():
        world.sandbox.store.put("Event", odd, owner=1)
    other = contract_of(put("/info/version", "2.0.0"), put("/x-rate-limits/0/limit", 7))
    assert adapt(world.sandbox, other) == []
    assert documents(world)[odd["id"]] == odd


def test_src_5_where_no_data_can_fit_nothing_has_changed(reopen: Reopen) -> None:
    before = documents(reopen(contract_of()))
    impossible = put(f"{EVENT}/properties/title", {"type": "string", "minLength": 3, "maxLength": 2})
    with pytest.raises(UsageError, match="title"):
        reopen(contract_of(impossible))
    assert documents(reopen(contract_of())) == before


def test_src_5_adaptation_is_a_function_of_the_seed_and_the_same_in_memory_and_in_a_file(tmp_path: Path) -> None:
    contract = contract_of(put(f"{SCHEMAS}/Attendee/properties/name/pattern", "^[a-z]{9}$"))
    found = []
    for path in (None, None, tmp_path / "store.db"):
        sandbox = sandbox_of(contract, open_store(contract, path))
        populate(sandbox, default_data_set())
        changes = adapt(sandbox, contract)
        assert all(isinstance(each, Adaptation) and each.documents > 0 for each in changes)
        found.append((changes, [text for _, text in sandbox.store.all("Event")]))
        sandbox.store.close()
    assert found[0] == found[1] == found[2]


MEMBERS = st.sampled_from(
    ["title", "description", "status", "source", "timezone", "visibility", "all_day", "location", "recurrence"]
)
NEW = st.sampled_from(
    [{"type": "integer"}, {"type": "string", "maxLength": 2}, {"type": ["boolean", "null"]}, {"type": "array",
     "items": {"type": "string", "format": "email"}, "minItems": 1}, {"const": "x"}, {"enum": [1, None, "two"]}]
)  # fmt: skip


@settings(max_examples=6)
@given(members=st.dictionaries(MEMBERS.filter(lambda name: name not in ("status", "source")), NEW, max_size=4))
def test_src_5_after_any_edit_of_an_events_members_every_answer_is_valid(members: dict[str, Any]) -> None:
    contract = contract_of(*(put(f"{EVENT}/properties/{name}", schema) for name, schema in members.items()))
    sandbox = sandbox_of(contract, open_store(contract))
    populate(sandbox, default_data_set())
    registry = Registry(sandbox)
    world = World(contract, sandbox, open_application(contract, registry, Options()), registry)
    independent = Independent(document(*(put(f"{EVENT}/properties/{n}", s) for n, s in members.items())))
    key = world.key("read")
    for page in (1, 2):
        reply = world.get(f"/api/v1/events?per_page=100&page={page}", key=key)
        assert reply.status == 200
        assert independent.response_faults("GET", "/api/v1/events", reply) == []
    sandbox.store.close()


def test_src_5_resources_whose_ids_no_longer_fit_get_new_ones_that_everything_refers_to() -> None:
    world = open_world()
    key = world.key("admin")
    made = world.post("/api/v1/webhooks", {"url": "https://a.example.com/", "events": ["calendar.synced"]}, key=key)
    patterns = {"EventId": "^ev_[0-9a-f]{8}$", "WebhookId": "^hook-[0-9]{12}$"}
    contract = edited(no_examples, *(put(f"{SCHEMAS}/{name}/pattern", each) for name, each in patterns.items()))
    world.sandbox.adopt(contract)
    changed = {(each.collection, each.pointer, each.done): each.documents for each in adapt(world.sandbox, contract)}
    assert changed["Event", "/id", "made anew"] == 205
    later = World(contract, world.sandbox, build(contract, world.registry, Options()), world.registry)
    bookings = later.get("/api/v1/bookings", query={"per_page": 100}, key=key).json["data"]
    assert len(bookings) == 50
    for booking in bookings:
        event = later.get(f"/api/v1/events/{booking['event_id']}", key=key)
        assert (event.status, event.json["booking_id"]) == (200, booking["id"])
    (webhook,) = later.get("/api/v1/webhooks", key=key).json["data"]
    assert webhook["id"].startswith("hook-")
    secrets = world.sandbox.store.query("SELECT webhook, secret FROM webhook_secrets")
    assert secrets == [(webhook["id"].encode(), made.json["secret"].encode())]
    assert later.request("DELETE", f"/api/v1/webhooks/{webhook['id']}", key=key).status == 204
