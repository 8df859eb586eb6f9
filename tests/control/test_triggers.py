"""Laws SBX 2, HOOK 2, SRC 5: things happen on demand, as they would by themselves, or not at all."""

import json
from typing import Any, NamedTuple

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartcal_api.contract import Contract
from tests.api.calls import dump, owned
from tests.control.overrides import overrides
from tests.control.plane import Plane, open_plane
from tests.edits import edited, put
from tests.webhooks.post import due, hook

DEFAULT = "/sandboxes/default/triggers/"
LEADS_TO = {
    "booking.created": ["booking.created", "event.created"],
    "booking.cancelled": ["booking.cancelled", "event.updated"],
    "booking.rescheduled": ["booking.rescheduled", "event.updated"],
    "event.created": ["event.created"],
    "event.updated": ["event.updated"],
    "event.deleted": ["event.deleted"],
    "calendar.synced": ["event.created", "event.created", "event.updated", "event.deleted", "calendar.synced"],
}
OF = {"booking": "Booking", "event": "Event", "calendar": "Calendar"}


def trigger(plane: Plane, event_type: str, given: Any = None, **query: str) -> list[dict[str, Any]]:
    reply = plane.post(DEFAULT + event_type, given, query=query)
    assert reply.status == 200, reply.body
    return reply.json["events"]


def check_whole(plane: Plane) -> None:
    """Every resource fits the contract, and every reference leads to what refers back."""
    world = plane.world
    for owner in (1, 2):
        events = {each["id"]: each for each in owned(world, "Event", owner)}
        bookings = {each["id"]: each for each in owned(world, "Booking", owner)}
        pages = {each["id"] for each in owned(world, "BookingPage", owner)}
        for collection, documents in (("Event", events), ("Booking", bookings)):
            validator = world.contract.schemas.at(f"/components/schemas/{collection}")
            assert [each for each in documents.values() if not validator.is_valid(each)] == []
        for booking in bookings.values():
            assert booking["booking_page_id"] in pages
            event = events[booking["event_id"]]
            assert event["booking_id"] == booking["id"]
            assert (event["start_time"], event["end_time"]) == (booking["start_time"], booking["end_time"])
            assert (event["status"] == "cancelled") == (booking["status"] == "cancelled")
            assert (booking["status"] == "cancelled") == (booking["cancellation"] is not None)
        assert {each["booking_id"] for each in events.values()} - {None} == set(bookings)


def test_the_event_types_are_those_of_the_contract(contract: Contract) -> None:
    assert set(LEADS_TO) == set(contract.data["webhooks"])


@pytest.mark.parametrize("event_type", LEADS_TO)
def test_hook_2_a_trigger_leads_to_its_events_in_order_and_delivers_them(plane: Plane, event_type: str) -> None:
    webhook = hook(plane.world)
    happened = trigger(plane, event_type)
    assert [each["type"] for each in happened] == LEADS_TO[event_type]
    leases = due(plane.world)
    assert {each.webhook for each in leases} == {webhook}
    sent = [orjson.loads(each.body) for each in leases]
    assert [{name: body[name] for name in ("type", "id", "data")} for body in sent] == happened
    for body in sent:
        pointer = f"/components/schemas/{''.join(part.title() for part in body['type'].split('.'))}Payload"
        assert plane.world.contract.schemas.at(pointer).is_valid(body)
    check_whole(plane)


def test_a_booking_is_made_at_the_next_free_opening_of_a_page(plane: Plane) -> None:
    before = owned(plane.world, "Event")
    booking, event = (each["data"] for each in trigger(plane, "booking.created"))
    key = plane.world.key("read")
    assert plane.get(f"/api/v1/bookings/{booking['id']}", key=key).json == booking
    assert plane.get(f"/api/v1/events/{event['id']}", key=key).json == event
    (page,) = [each for each in owned(plane.world, "BookingPage") if each["id"] == booking["booking_page_id"]]
    required = {question["label"] for question in page["questions"] if question["required"]}
    assert required <= {answer["question"] for answer in booking["answers"]}
    overlapping = [
        each["id"]
        for each in before
        if each["status"] != "cancelled"
        and not each["all_day"]
        and each["start_time"] < booking["end_time"]
        and each["end_time"] > booking["start_time"]
    ]
    assert overlapping == []
    again, _ = (each["data"] for each in trigger(plane, "booking.created"))
    assert again["start_time"] > booking["start_time"], "the first one has taken its time"


def test_sbx_4_a_booking_that_was_made_on_demand_is_completed_at_its_end(plane: Plane) -> None:
    booking = trigger(plane, "booking.created", {"start_time": "now+1h"})[0]["data"]
    plane.post("/sandboxes/default/clock/advance", {"by": "1d"})
    now = plane.get(f"/api/v1/bookings/{booking['id']}", key=plane.world.key("read")).json
    assert (now["status"], now["updated_at"]) == ("completed", booking["end_time"])


def test_a_team_with_more_events_than_one_person_has_is_booked_all_the_same(plane: Plane) -> None:
    store = plane.world.sandbox.store
    first = owned(plane.world, "Event")[0] | {"status": "confirmed", "all_day": False, "booking_id": None}
    start, end = "2026-03-04T00:00:00Z", "2026-03-11T00:00:00Z"
    with store.transaction():
        for number in range(300):
            store.put("Event", first | {"id": f"evt_{number:020}", "start_time": start, "end_time": end}, owner=1)
    assert trigger(plane, "booking.created")[0]["data"]["start_time"] < end


def test_a_booking_is_moved_to_another_opening_and_says_from_where(plane: Plane) -> None:
    upcoming = plane.get("/api/v1/bookings?upcoming=true&per_page=1", key=plane.world.key("read")).json["data"][0]
    booking, event = (each["data"] for each in trigger(plane, "booking.rescheduled"))
    assert booking["id"] == upcoming["id"]
    assert booking["rescheduled_from"] == {name: upcoming[name] for name in ("start_time", "end_time")}
    assert booking["start_time"] > upcoming["start_time"]
    assert event["start_time"] == booking["start_time"]


def test_members_that_are_given_are_so_and_the_rest_is_believable(plane: Plane) -> None:
    given = {"start_time": "now+1d", "status": "pending", "invitee": {"name": "Ada Lovelace"}}
    booking, event = (each["data"] for each in trigger(plane, "booking.created", given, owner="other"))
    assert booking["start_time"] == "2026-03-05T12:00:00Z"
    assert booking["invitee"]["name"] == "Ada Lovelace"
    assert "@" in booking["invitee"]["email"]
    assert event["status"] == "tentative"
    assert "Ada Lovelace" in event["title"]
    assert booking["id"] in {each["id"] for each in owned(plane.world, "Booking", 2)}


def test_what_is_named_by_its_id_is_meant_and_nothing_else(plane: Plane) -> None:
    chosen = owned(plane.world, "Booking")[0]
    happened = trigger(plane, "booking.cancelled", {"id": chosen["id"], "cancellation": {"reason": "Ill"}})
    assert happened[0]["data"]["id"] == chosen["id"]
    assert happened[0]["data"]["cancellation"]["reason"] == "Ill"
    assert plane.post(DEFAULT + "booking.cancelled", {"id": chosen["id"]}).status == 409
    assert plane.post(DEFAULT + "booking.cancelled", {"id": chosen["id"]}, query={"owner": "other"}).status == 404
    event = owned(plane.world, "Event", 2)[0]
    assert plane.post(DEFAULT + "event.deleted", {"id": event["id"]}).status == 404


def test_an_event_of_a_booking_is_not_taken_from_it(plane: Plane) -> None:
    booking = owned(plane.world, "Booking")[0]
    refused = plane.post(DEFAULT + "event.deleted", {"id": booking["event_id"]})
    assert refused.code == "conflict"
    assert booking["id"] in refused.json["detail"]
    moved = plane.post(DEFAULT + "event.updated", {"id": booking["event_id"], "start_time": "now+1h"})
    assert moved.json["errors"][0]["pointer"] == "/start_time"
    check_whole(plane)


def test_a_sync_does_what_is_asked_for_in_numbers(plane: Plane) -> None:
    happened = trigger(plane, "calendar.synced", {"source": "google", "created": 3, "updated": 0, "deleted": 2})
    assert [each["type"] for each in happened] == ["event.created"] * 3 + ["event.deleted"] * 2 + ["calendar.synced"]
    calendar = happened[-1]["data"]
    assert {each["data"]["source"] for each in happened[:-1]} == {"google"} == {calendar["source"]}
    assert (calendar["created"], calendar["updated"], calendar["deleted"]) == (3, 0, 2)
    assert plane.post(DEFAULT + "calendar.synced", {"deleted": 50}).status == 409
    assert plane.post(DEFAULT + "calendar.synced", {"source": "smartcal"}).status == 400


def test_an_account_without_anything_can_be_booked(contract: Contract) -> None:
    plane = open_plane(contract, data=False)
    trigger(plane, "booking.created")
    trigger(plane, "event.created")
    trigger(plane, "calendar.synced")
    check_whole(plane)
    trigger(plane, "booking.cancelled")
    assert "Make one first" in plane.post(DEFAULT + "booking.cancelled").json["detail"]


def test_a_member_that_there_is_not_is_refused_with_a_hint(plane: Plane) -> None:
    refused = plane.post(DEFAULT + "booking.created", {"strat_time": "now+1d"})
    assert refused.json["errors"] == [
        {"pointer": "/strat_time", "detail": "is not a member of Booking; did you mean start_time?"}
    ]


def test_src_2_an_event_type_that_is_new_in_the_contract_is_told_of(contract: Contract) -> None:
    new, payload = (
        json.loads(json.dumps(contract.document.resolve(reference)).replace("event.created", "event.starred"))
        for reference in ("#/webhooks/event.created", "#/components/schemas/EventCreatedPayload")
    )
    new["post"]["operationId"] = "eventStarred"
    new["post"]["requestBody"]["content"]["application/json"] = {"schema": payload}
    changed = edited(put("/webhooks/event.starred", new), put("/components/schemas/EventType/enum/-", "event.starred"))
    plane = open_plane(changed)
    hook(plane.world)
    happened = trigger(plane, "event.starred", {"title": "Mine"})
    assert [each["type"] for each in happened] == ["event.starred"]
    assert happened[0]["data"]["title"] == "Mine"
    assert [orjson.loads(each.body)["data"] for each in due(plane.world)] == [happened[0]["data"]]


# -- any overrides


class AnyWorld(NamedTuple):
    """A plane, what its store held at first, and what may be given for a resource of each collection there."""

    plane: Plane
    image: bytes
    given_for: dict[str, st.SearchStrategy[dict[str, Any]]]


@pytest.fixture(scope="module")
def any_world(contract: Contract) -> AnyWorld:
    plane = open_plane(contract)
    hook(plane.world)
    given_for = {name: overrides(contract, plane.world, name) for name in OF.values()}
    return AnyWorld(plane, plane.world.sandbox.store.image(), given_for)


@settings(max_examples=150)
@given(data=st.data())
def test_src_5_any_overrides_end_in_a_whole_state_or_change_nothing(any_world: AnyWorld, data: st.DataObject) -> None:
    plane, image, given_for = any_world
    plane.world.sandbox.store.load_image(image)
    event_type = data.draw(st.sampled_from(sorted(LEADS_TO)))
    given = data.draw(given_for[OF[event_type.partition(".")[0]]])
    owner = data.draw(st.sampled_from(["main", "other"]))
    before = dump(plane.world.sandbox)
    reply = plane.post(DEFAULT + event_type, given, query={"owner": owner})
    if reply.status == 200:
        assert reply.json["events"][-1]["type"] in LEADS_TO[event_type]
        check_whole(plane)
    else:
        assert 400 <= reply.status < 500, reply.body
        assert dump(plane.world.sandbox) == before


_STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("trigger"), st.sampled_from(sorted(LEADS_TO)), st.sampled_from(["main", "other"])),
        st.tuples(st.just("advance"), st.sampled_from(["1h", "1d", "3w"])),
    ),
    max_size=6,
)


@settings(max_examples=25)
@given(seed=st.integers(0, 3), steps=_STEPS)
def test_sbx_2_any_program_of_triggers_gives_the_same_answers_twice(
    contract: Contract, seed: int, steps: list[tuple[str, ...]]
) -> None:
    def answers() -> list[Any]:
        plane, seen = open_plane(contract, seed=seed), []
        for step in steps:
            if step[0] == "advance":
                plane.post("/sandboxes/default/clock/advance", {"by": step[1]})
            else:
                reply = plane.post(DEFAULT + step[1], query={"owner": step[2]})
                seen.append((reply.status, reply.body if reply.status == 200 else reply.code))
        key = plane.world.key("read")
        seen += [plane.get(f"/api/v1/{name}?per_page=100", key=key).body for name in ("events", "bookings")]
        return seen

    assert answers() == answers()
