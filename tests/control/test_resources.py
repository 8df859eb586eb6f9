"""Laws SRC 5 and HOOK 2: any resource as a test needs it, whole by the contract, or refused with nothing changed."""

from typing import Any, NamedTuple

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartcal_api.contract import Contract
from tests.api.calls import dump, owned
from tests.api.rooms import with_rooms
from tests.control.overrides import overrides
from tests.control.plane import Plane, open_plane
from tests.control.test_triggers import check_whole
from tests.edits import edited
from tests.webhooks.post import due, hook

ROOT = "/sandboxes/default/resources/"
FRESH = {"Booking": "bkg_", "Event": "evt_", "BookingPage": "bpg_", "Webhook": "whk_"}


def fresh(collection: str) -> str:
    return f"{collection}/{FRESH[collection]}{'a' * 20}"


@pytest.mark.parametrize("collection", FRESH)
def test_src_5_a_resource_of_which_nothing_is_said_is_believable(plane: Plane, collection: str) -> None:
    made = plane.request("PUT", ROOT + fresh(collection), body={})
    assert made.status == 201, made.body
    assert made.headers["location"].endswith(ROOT + fresh(collection))
    document = made.json["resource"]
    assert plane.world.contract.schemas.at(f"/components/schemas/{collection}").is_valid(document)
    assert plane.get(ROOT + fresh(collection)).json == {"owner": "main", "resource": document}
    again = plane.request("PUT", ROOT + fresh(collection), body={})
    assert again.status == 200
    assert again.json["resource"] == document, "what isn't given stays"
    check_whole(plane)


def test_a_booking_that_is_put_is_seen_by_the_product_with_its_event(plane: Plane) -> None:
    made = plane.request("PUT", ROOT + fresh("Booking"), body={"status": "pending", "start_time": "now+1d"}).json
    key = plane.world.key("read")
    booking = plane.get(f"/api/v1/bookings/{made['resource']['id']}", key=key).json
    assert (booking["status"], booking["start_time"]) == ("pending", "2026-03-05T12:00:00Z")
    event = plane.get(f"/api/v1/events/{booking['event_id']}", key=key).json
    assert (event["status"], event["booking_id"]) == ("tentative", booking["id"])


@pytest.mark.parametrize(
    ("given", "events"),
    [
        ({"status": "cancelled"}, ["booking.cancelled", "event.updated"]),
        ({"start_time": "now+40d"}, ["booking.rescheduled", "event.updated"]),
        ({"status": "no_show"}, ["event.updated"]),
        ({"answers": []}, []),
    ],
)
def test_hook_2_a_booking_that_changes_tells_what_it_has_become(
    plane: Plane, given: dict[str, Any], events: list[str]
) -> None:
    plane.request("PUT", ROOT + fresh("Booking"), body={"status": "pending"})
    hook(plane.world)
    changed = plane.request("PUT", ROOT + fresh("Booking"), body=given).json
    assert [each["type"] for each in changed["events"]] == events
    assert [orjson.loads(each.body)["id"] for each in due(plane.world)] == [each["id"] for each in changed["events"]]
    if "start_time" in given:
        assert changed["resource"]["rescheduled_from"] is not None
    check_whole(plane)


def test_hook_2_a_quiet_change_tells_nobody(plane: Plane) -> None:
    hook(plane.world)
    for method in ("PUT", "DELETE"):
        assert plane.request(method, ROOT + fresh("Event"), query={"quiet": "true"}).json["events"] == []
    assert due(plane.world) == []


def test_what_is_deleted_is_gone_and_what_others_refer_to_stays(plane: Plane) -> None:
    hook(plane.world)
    booking = owned(plane.world, "Booking")[0]
    for path in (f"Event/{booking['event_id']}", f"BookingPage/{booking['booking_page_id']}"):
        refused = plane.request("DELETE", ROOT + path)
        assert refused.code == "conflict"
    account = owned(plane.world, "Account")[0]
    assert plane.request("DELETE", f"{ROOT}Account/{account['id']}").status == 409
    gone = plane.request("DELETE", f"{ROOT}Booking/{booking['id']}").json["events"]
    assert [(each["type"], each["data"]["id"]) for each in gone] == [("event.deleted", booking["event_id"])]
    assert plane.request("DELETE", f"{ROOT}Booking/{booking['id']}").status == 404
    check_whole(plane)


def test_a_subscription_that_is_put_signs_with_its_secret_and_goes_with_its_deliveries(plane: Plane) -> None:
    made = plane.post(ROOT + "Webhook", {"url": "http://127.0.0.1:9/"}).json
    assert made["secret"] not in plane.get(ROOT + "Webhook").body.decode()
    plane.post("/sandboxes/default/triggers/event.created")
    (lease,) = due(plane.world)
    assert lease.secret == made["secret"]
    assert plane.request("DELETE", f"{ROOT}Webhook/{made['resource']['id']}").status == 200
    assert plane.post(ROOT + "Webhook", {"url": "http://[::/"}).json["errors"][0]["pointer"] == "/url"


def test_resources_are_listed_with_their_owners(plane: Plane) -> None:
    everybody = plane.get(ROOT + "Event?limit=1000").json
    other = plane.get(ROOT + "Event?owner=other").json
    assert everybody["total"] == 205
    assert {each["owner"] for each in everybody["data"]} == {"main", "other"}
    assert other["data"] == [each for each in everybody["data"] if each["owner"] == "other"]
    assert plane.get(ROOT + "Event?limit=2&offset=1").json["data"] == everybody["data"][1:3]
    assert plane.get(ROOT + "Nothing").code == "not_found"


def test_an_account_can_be_emptied(plane: Plane) -> None:
    hook(plane.world)
    plane.post("/sandboxes/default/triggers/event.created")
    assert plane.request("DELETE", "/sandboxes/default/resources").status == 204
    key = plane.world.key("admin")
    for name in ("events", "bookings", "booking-pages", "webhooks"):
        assert plane.get(f"/api/v1/{name}", key=key).json["pagination"]["total"] == 0
    assert plane.get("/api/v1/me", key=key).status == 200
    assert due(plane.world) == []
    assert plane.get(f"{ROOT}Event?owner=other").json["total"] == 5


def test_somebody_elses_id_is_not_taken(plane: Plane) -> None:
    theirs = owned(plane.world, "Event", 2)[0]
    refused = plane.request("PUT", f"{ROOT}Event/{theirs['id']}", body={"title": "Mine"})
    assert refused.code == "conflict"
    assert plane.request("PUT", f"{ROOT}Event/{theirs['id']}?owner=other", body={"title": "Mine"}).status == 200


def test_an_account_is_put_under_its_own_id(plane: Plane) -> None:
    account = owned(plane.world, "Account")[0]
    assert plane.request("PUT", f"{ROOT}Account/{account['id']}", body={"plan": "free"}).status == 200
    assert plane.get("/api/v1/me", key=plane.world.key("read")).json["plan"] == "free"
    assert plane.request("PUT", f"{ROOT}Account/acc_{'a' * 20}", body={}).code == "conflict"


def test_src_3_a_resource_of_a_mocked_collection_is_put_like_any_other() -> None:
    plane = open_plane(edited(*with_rooms()))
    path = f"{ROOT}Room/room_abcdefgh"
    made = plane.request("PUT", path, body={"name": "Attic", "open_from": "now+1d"})
    assert made.status == 201, made.body
    room = plane.get("/api/v1/rooms/room_abcdefgh", key=plane.world.key("read")).json
    assert room == made.json["resource"]
    assert (room["name"], room["open_from"]) == ("Attic", "2026-03-05T12:00:00Z")
    assert plane.request("PUT", path, body={"seats": 41}).json["errors"][0]["pointer"] == "/seats"
    assert plane.request("DELETE", path).status == 200


# -- any documents


class AnyWorld(NamedTuple):
    """A plane, what its store held at first, and what may be given for a resource of each collection there."""

    plane: Plane
    image: bytes
    given_for: dict[str, st.SearchStrategy[dict[str, Any]]]
    ids: dict[str, list[str]]


@pytest.fixture(scope="module")
def any_world(contract: Contract) -> AnyWorld:
    plane = open_plane(contract)
    hook(plane.world)
    collections = [*FRESH, "Account"]
    given_for = {name: overrides(contract, plane.world, name) for name in collections}
    ids = {
        name: [each["id"] for each in owned(plane.world, name) + owned(plane.world, name, 2)] for name in collections
    }
    return AnyWorld(plane, plane.world.sandbox.store.image(), given_for, ids)


@settings(max_examples=150)
@given(data=st.data())
def test_src_5_any_document_ends_in_a_whole_state_or_changes_nothing(any_world: AnyWorld, data: st.DataObject) -> None:
    plane, image, given_for, ids = any_world
    plane.world.sandbox.store.load_image(image)
    collection = data.draw(st.sampled_from(sorted(given_for)))
    there = ids[collection]
    identifier = data.draw(st.sampled_from([*there, f"{there[0][:4]}{'a' * 20}", "x"]))
    method = data.draw(st.sampled_from(["PUT", "PUT", "PUT", "DELETE"]))
    body = data.draw(given_for[collection]) if method == "PUT" else None
    owner = data.draw(st.sampled_from(["main", "other"]))
    before = dump(plane.world.sandbox)
    query = {"owner": owner} if method == "PUT" else {}
    reply = plane.request(method, f"{ROOT}{collection}/{identifier}", body=body, query=query)
    if reply.status < 300:
        check_whole(plane)
        if method == "PUT":
            validator = plane.world.contract.schemas.at(f"/components/schemas/{collection}")
            assert validator.is_valid(reply.json["resource"])
    else:
        assert 400 <= reply.status < 500, reply.body
        assert dump(plane.world.sandbox) == before
