"""An edit of the contract that is undone leaves nothing behind: stored documents stay as they were (law SRC 5)."""

import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartcal_api.errors import UsageError
from smartcal_api.sandbox import Sandbox
from smartcal_api.sandbox.adaptation import adapt, look_ahead
from smartcal_api.sandbox.image import Image
from smartcal_api.sandbox.restoring import fitted, go_on, load, state_of
from smartcal_api.sandbox.subscriptions import subscribe
from smartcal_api.sandbox.views import Views
from tests.api.teams import TEAMS, with_teams
from tests.edits import SCHEMAS, Edit, edited, put, rename
from tests.flows.contract_edits import word
from tests.sandbox.reopening import Reopening, contract_of
from tests.store.states import dump
from tests.wire import World

EVENT, BOOKING, PAGE = (f"{SCHEMAS}/{name}" for name in ("Event", "Booking", "BookingPage"))
QUERIES = (
    "/api/v1/events?per_page=100",
    "/api/v1/events?per_page=100&page=3",
    "/api/v1/events?status=confirmed&per_page=100",
    "/api/v1/events?status=tentative",
    "/api/v1/events?source=icloud&per_page=100",
    "/api/v1/bookings?per_page=100",
    "/api/v1/booking-pages",
    "/api/v1/webhooks",
    "/api/v1/me",
)


def required(schema: str, name: str, stated: Any) -> list[Edit]:
    return [put(f"{schema}/properties/{name}", stated), put(f"{schema}/required/-", name)]


def without(schema: str, name: str) -> list[Edit]:
    def leave_out(data: Any) -> None:
        stated = data["components"]["schemas"][schema.rpartition("/")[2]]
        stated["properties"].pop(name)
        stated["required"] = [each for each in stated["required"] if each != name]

    return [leave_out]


def renamed(schema: str, name: str, new: str) -> list[Edit]:
    def edit(data: Any) -> None:
        stated = data["components"]["schemas"][schema.rpartition("/")[2]]
        stated["properties"][new] = {**stated["properties"].pop(name), "x-was": name}
        stated["required"] = [new if each == name else each for each in stated["required"]]

    return [edit]


def without_type(name: str) -> Edit:
    def edit(data: Any) -> None:
        del data["webhooks"][name]
        data["components"]["schemas"]["EventType"]["enum"].remove(name)

    return edit


EDITS: dict[str, list[Edit]] = {
    "a required member": required(EVENT, "colour", {"type": "string", "pattern": "^#[0-9a-f]{6}$"}),
    "a value of an enum gone": [put(f"{SCHEMAS}/EventSource/enum", ["google", "outlook", "manual", "smartcal"])],
    "another type": [put(f"{EVENT}/properties/all_day", {"enum": ["yes", "no"]})],
    "null gone": [put(f"{SCHEMAS}/Webhook/properties/description/type", "string")],
    "a narrower bound": [put(f"{EVENT}/properties/title/maxLength", 10)],
    "ids of another form": [put(f"{SCHEMAS}/EventId/pattern", "^ev-[0-9a-f]{8}$")],
    "ids of subscriptions": [put(f"{SCHEMAS}/WebhookId/pattern", "^hook-[0-9]{12}$")],
    "a member gone": without(EVENT, "visibility"),
    "a member within a list gone": without(f"{SCHEMAS}/Attendee", "name"),
    "a member of another name": renamed(PAGE, "duration_minutes", "minutes"),
    "an event type gone": [without_type("event.deleted")],
}


@pytest.fixture(params=["memory", "file"])
def serve(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Reopening]:
    with Reopening(tmp_path / "store.db" if request.param == "file" else None) as serve:
        yield serve


def answers(world: World) -> list[bytes]:
    replies = [world.get(each, key=world.key("admin")) for each in QUERIES]
    assert [each.status for each in replies if each.status not in (200, 400)] == []
    return [each.body if each.status == 200 else str(each.json["errors"]).encode() for each in replies]


def subscribed(world: World) -> World:
    now = world.sandbox.clock.now()
    for name, types in (("a", ["event.deleted"]), ("b", ["event.deleted", "booking.created"])):
        subscribe(world.sandbox, f"https://{name}.example.com/", types, secret=f"whsec_{name * 40}", owner=1, now=now)
    return world


def stored(world: World) -> dict[str, list[Any]]:
    return stored_in(world.sandbox)


def stored_in(sandbox: Sandbox) -> dict[str, list[Any]]:
    """All tables, but for what tells of the contracts that there were."""
    return {name: rows for name, rows in dump(sandbox.store).items() if name not in ("meta", "originals")}


def members(world: World, collection: str) -> dict[str, dict[str, Any]]:
    return {item["id"]: item for item in (json.loads(text) for _, text in world.sandbox.store.all(collection))}


def test_src_5_an_edit_and_its_undoing_give_the_same_answers_and_the_same_data() -> None:
    with Reopening() as serve:
        world = subscribed(serve(contract_of()))
        before, data = answers(world), stored(world)
        for name, edits in EDITS.items():
            assert answers(serve(contract_of(*edits))) != before, name
            world = serve(contract_of())
            assert answers(world) == before, name
            assert stored(world) == data, name
            assert world.sandbox.store.query("SELECT count(*) FROM originals") == [(0,)], name


_FREE = ["title", "description", "visibility", "timezone", "all_day", "location", "recurrence", "attendees", "source"]
_SCHEMAS = st.sampled_from(
    [
        *({"type": "integer"}, {"type": "string", "maxLength": 2}, {"type": ["boolean", "null"]}, {"const": "x"}),
        *({"type": "array", "items": {"type": "string"}, "minItems": 1}, {"enum": [1, True, "two"]}),
        *({"type": "string", "pattern": "^[a-z]{3}$"}, {"type": "object", "required": ["a"]}),
    ]
)
_MEMBER = st.sampled_from([each for each in _FREE if each != "source"])
_EDIT = st.one_of(
    st.builds(lambda name, stated: [put(f"{EVENT}/properties/{name}", stated)], _MEMBER, _SCHEMAS),
    st.builds(lambda name: without(EVENT, name), _MEMBER),
    st.builds(lambda name: renamed(EVENT, name, f"{name}_now"), _MEMBER),
    st.builds(lambda stated: required(EVENT, "colour", stated), _SCHEMAS),
    st.sampled_from([*EDITS.values()]),
)


@settings(max_examples=4)
@given(edits=st.lists(_EDIT, min_size=1, max_size=3), in_file=st.booleans())
def test_src_5_any_edits_one_after_the_other_are_undone_at_once(edits: list[list[Edit]], in_file: bool) -> None:
    with TemporaryDirectory() as folder, Reopening(Path(folder) / "store.db" if in_file else None) as serve:
        world = subscribed(serve(contract_of()))
        before, data = answers(world), stored(world)
        for each in edits:
            answers(serve(contract_of(*each)))
        world = serve(contract_of())
        assert answers(world) == before
        assert stored(world) == data


def test_src_5_what_is_changed_under_an_edit_stays_changed_when_it_is_undone(serve: Reopening) -> None:
    world = serve(contract_of())
    before = members(world, "Booking")
    edits = [
        *required(BOOKING, "colour", {"const": "red"}),
        *without(BOOKING, "answers"),
        put(f"{SCHEMAS}/BookingId/pattern", "^bk-[0-9a-f]{8}$"),
        *renamed(PAGE, "duration_minutes", "minutes"),
    ]
    world = serve(contract_of(*edits))
    booking = world.get("/api/v1/bookings?upcoming=true&per_page=1", key=world.key("admin")).json["data"][0]
    assert (booking["colour"], "answers" in booking) == ("red", False)
    cancelled = world.post(f"/api/v1/bookings/{booking['id']}/cancel", key=world.key("admin"))
    assert cancelled.status == 200
    page = next(iter(members(world, "BookingPage").values()))
    world.sandbox.store.put("BookingPage", page | {"minutes": 17}, owner=1)
    world = serve(contract_of())
    after = members(world, "Booking")
    changed = {each: after[each] for each in after if after[each] != before[each]}
    (own,) = changed
    assert changed[own] == before[own] | {
        name: cancelled.json[name] for name in ("status", "cancellation", "updated_at") if name in before[own]
    }
    assert changed[own]["status"] == "cancelled"
    assert changed[own]["answers"] == before[own]["answers"]
    assert members(world, "BookingPage")[page["id"]]["duration_minutes"] == 17


def test_src_5_what_is_made_under_an_edit_is_there_when_it_is_undone_and_when_it_is_made_again(
    serve: Reopening,
) -> None:
    edits = [*EDITS["ids of another form"], *without(EVENT, "visibility")]
    serve(contract_of())
    world = serve(contract_of(*edits))
    (event, *_) = members(world, "Event").values()
    booking = next(each for each in members(world, "Booking").values())
    made = booking | {"id": "bkg_00000000000000000000", "event_id": event["id"], "mine": 1}
    new = event | {"id": "ev-00000000", "visibility": "public", "mine": {"x": [1]}}
    world.sandbox.store.put("Booking", made, owner=1)
    world.sandbox.store.put("Event", new, owner=1)
    assert "visibility" not in members(world, "Event")["ev-00000000"], "it leaves what is written, too"
    seen = [members(world, name) for name in ("Event", "Booking")]
    world = serve(contract_of())
    undone = members(world, "Booking")[made["id"]]
    assert members(world, "Event")[undone["event_id"]]["title"] == event["title"], "by the id that it has now"
    (found,) = (each for each in members(world, "Event").values() if "mine" in each)
    assert found == new | {"id": found["id"]}, "with what no contract names"
    world = serve(contract_of(*edits))
    assert [members(world, name) for name in ("Event", "Booking")] == seen
    assert world.sandbox.store.delete("Event", "ev-00000000", owner=1)
    world.sandbox.store.put("Event", event | {"id": "ev-00000000"}, owner=1)
    world = serve(contract_of())
    assert not any("mine" in each for each in members(world, "Event").values()), "a deleted one doesn't come back"


def test_src_5_a_subscription_whose_ids_change_keeps_its_deliveries_and_failures(serve: Reopening) -> None:
    world = subscribed(serve(contract_of()))
    event = next(iter(members(world, "Event").values()))
    hooks = [*members(world, "Webhook")]
    with world.sandbox.store.transaction():
        world.sandbox.outbox.record("event.deleted", event, owner=1, now=world.sandbox.clock.now())
        world.sandbox.store.query("INSERT INTO webhook_failures VALUES (?, 3)", (hooks[0],))
    tables = ("webhook_secrets", "webhook_failures", "deliveries")
    before = {each: world.sandbox.store.query(f"SELECT * FROM {each}") for each in tables}
    world = serve(contract_of(*EDITS["ids of subscriptions"]))
    now = [each.encode() for each in members(world, "Webhook")]
    assert all(each.startswith(b"hook-") for each in now)
    assert world.sandbox.store.query("SELECT webhook, state FROM deliveries ORDER BY number") == [
        (each, b"pending") for each in now
    ]
    assert {each for (each,) in world.sandbox.store.query("SELECT webhook FROM webhook_secrets")} == {*now}
    assert world.sandbox.store.query("SELECT * FROM webhook_failures") == [(now[0], 3)]
    leases = world.sandbox.outbox.take(1 << 62, most=9, each=9, busy={})
    assert [each.webhook.encode() for each in leases] == now, "none is cancelled"
    world.sandbox.outbox.release(leases)
    world = serve(contract_of())
    assert {each: world.sandbox.store.query(f"SELECT * FROM {each}") for each in tables} == before


def test_src_5_a_subscription_is_disabled_while_its_event_type_is_gone(serve: Reopening) -> None:
    before = members(subscribed(serve(contract_of())), "Webhook")
    world = serve(contract_of(*EDITS["an event type gone"]))
    listed = world.get("/api/v1/webhooks", key=world.key("admin")).json["data"]
    only, one_of_two = sorted(listed, key=lambda each: each["url"])
    assert (only["active"], "event.deleted" in only["disabled_reason"]) == (False, True)
    assert (one_of_two["active"], one_of_two["events"]) == (True, ["booking.created"])
    types = ("booking.created", "calendar.synced", "event.created", "event.updated", "booking.cancelled")
    with world.sandbox.store.transaction():
        for each in types:
            world.sandbox.outbox.record(each, {}, owner=1, now=0)
    reached = world.sandbox.store.query("SELECT DISTINCT webhook FROM deliveries")
    assert reached == [(one_of_two["id"].encode(),)]
    assert members(serve(contract_of()), "Webhook") == before


def test_src_5_x_was_carries_values_over_however_deep(serve: Reopening) -> None:
    before = members(serve(contract_of()), "Event")
    world = serve(contract_of(*renamed(f"{SCHEMAS}/Attendee", "email", "mail"), *renamed(EVENT, "title", "summary")))
    for id_, event in members(world, "Event").items():
        assert event["summary"] == before[id_]["title"]
        assert [each["mail"] for each in event["attendees"]] == [each["email"] for each in before[id_]["attendees"]]
        assert "title" not in event


def test_src_5_a_contract_without_what_generated_data_have_shows_none_of_it_from_the_start() -> None:
    with Reopening() as serve:
        world = serve(contract_of(*without(EVENT, "visibility")))
        assert not any("visibility" in each for each in members(world, "Event").values())


def test_src_5_a_snapshot_from_before_from_under_or_from_after_an_edit_is_undone_with_it() -> None:
    edited = contract_of(*EDITS["ids of another form"], *EDITS["a required member"])
    with Reopening() as serve:
        world = serve(contract_of())
        before = answers(world)
        images = [Image(world.sandbox.store.image(), state_of(world.sandbox).write())]
        world = serve(edited)
        under = answers(world)
        images.append(Image(world.sandbox.store.image(), state_of(world.sandbox).write()))
        for image in images:
            taken = fitted(image, world.contract, ())
            load(world.sandbox, taken)
            go_on(world.sandbox, taken)
            assert answers(world) == under
        world = serve(contract_of())
        assert answers(world) == before
        for image in images:
            taken = fitted(image, world.contract, ())
            load(world.sandbox, taken)
            go_on(world.sandbox, taken)
            assert answers(world) == before


def test_src_5_where_there_are_too_few_ids_of_a_form_nothing_is_lost() -> None:
    with Reopening() as serve:
        before = answers(serve(contract_of()))
        with pytest.raises(UsageError, match="not enough ids"):
            serve(contract_of(put(f"{SCHEMAS}/EventId/pattern", "^e[0-9]$")))
        assert answers(serve(contract_of())) == before


def test_guard_3_what_was_worked_out_ahead_is_taken_for_all_that_has_not_changed_since(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []
    of = Views.of
    monkeypatch.setattr(Views, "of", lambda views, document: asked.append(document["id"]) or of(views, document))
    edited = contract_of(*EDITS["ids of another form"], *EDITS["a required member"], *EDITS["a narrower bound"])
    with Reopening() as serve, Reopening() as serve_plainly:
        found = []
        for each in (serve, serve_plainly):
            sandbox = each(contract_of()).sandbox
            image, now = sandbox.store.image(), sandbox.clock.now()
            ahead = look_ahead(image, edited, now=now, seed=0) if each is serve else None
            first, second, *_ = (json.loads(text) for _, text in sandbox.store.all("Event"))
            sandbox.store.put("Event", first | {"title": "A title that is new and long"}, owner=1)
            sandbox.store.delete("Event", second["id"], owner=1)
            sandbox.adopt(edited)
            asked.clear()
            changes = adapt(sandbox, edited, ahead)
            what_has_changed = {first["id"], second["booking_id"]}  # a booking names the event that is gone
            assert ({*asked} == what_has_changed) is (ahead is not None)
            found.append((changes, stored_in(sandbox), dump(sandbox.store)["originals"]))
        assert found[0] == found[1]


def test_src_5_resources_follow_their_schema_to_another_name_where_it_says_so() -> None:
    squads = [
        rename(f"{SCHEMAS}/Team", "Squad"),
        word(f"#{SCHEMAS}/Team", f"#{SCHEMAS}/Squad"),
        put(f"{SCHEMAS}/Squad/x-was", "Team"),
    ]
    with Reopening() as serve:
        world = serve(edited(*with_teams()))
        key = world.key(*world.contract.scopes)
        made = world.post(TEAMS, {"name": "Blue", "password": "b"}, key=key).json
        before = world.get(TEAMS, key=key)
        renamed = serve(edited(*with_teams(), *squads))
        assert renamed.get(TEAMS, key=key).body == before.body
        assert renamed.get(f"{TEAMS}/{made['id']}", key=key).json == made
        assert serve(edited(*with_teams())).get(TEAMS, key=key).body == before.body
