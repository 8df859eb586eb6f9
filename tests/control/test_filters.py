"""A name that can match nothing is refused, in every filter, claim and wait: none is true because of a slip."""

from typing import Any

import pytest

from smartcal_api.contract import Contract
from tests.control.plane import Plane, open_plane

JOURNAL = "/sandboxes/default/journal"
DELIVERIES = "/sandboxes/default/deliveries"
SLIPS: list[tuple[dict[str, Any], str]] = [
    ({"operation": "getAcount"}, "There is no operation 'getAcount'. Did you mean 'getAccount'?"),
    ({"operation": "nothing like it"}, "There are: "),
    ({"method": "GTE"}, "Did you mean 'GET'?"),
    ({"operation": "listEvents", "method": "POST"}, "listEvents is a GET"),
    ({"operation": "listEvents", "path": "/api/v1/bookings"}, "The path of listEvents is /api/v1/events"),
    ({"path": "api/v1/events"}, "a path here is as the contract has it"),
    ({"path": "http://127.0.0.1:8080/api/v1/events"}, "without server"),
    ({"path": "/~default/api/v1/events"}, "without server, sandbox and query"),
    ({"path": "/api/v1/events?page=1"}, "without server, sandbox and query"),
    ({"status": "40x"}, "404, 4xx, none"),
    ({"status": 99}, "99"),
    ({"principal": "ffffff"}, "Give one of: "),
    ({"principal": "demo_app"}, "Give one of: "),
    ({"request_id": "evt_00000000000000000000"}, "begins with req_"),
]
DELIVERY_SLIPS: list[tuple[dict[str, Any], str]] = [
    ({"event_type": "booking.canceled"}, "Did you mean 'booking.cancelled'?"),
    ({"event_type": "cancelBooking"}, "There are: booking.created"),
]


@pytest.fixture(scope="module")
def plane(contract: Contract) -> Plane:
    opened = open_plane(contract)
    opened.get("/api/v1/events", key=opened.world.key("read"))
    opened.get("/api/v1/nothing")
    return opened


def refused(reply: Any, said: str, *, body: bool, name: str) -> None:
    assert (reply.status, reply.code) == (400, "invalid_body" if body else "invalid_request"), reply.body
    assert said in reply.json["detail"]
    (error,) = reply.json["errors"]
    assert (error["pointer"] if body else error["parameter"]).removeprefix("/") == name


@pytest.mark.parametrize(("asked", "said"), SLIPS, ids=[str(asked) for asked, _ in SLIPS])
def test_a_slip_is_refused_wherever_the_journal_is_asked(plane: Plane, asked: dict[str, Any], said: str) -> None:
    name = list(asked)[-1]
    query = "&".join(f"{key}={str(value).replace('?', '%3F')}" for key, value in asked.items())
    for path in (JOURNAL, f"{JOURNAL}/har"):
        refused(plane.get(f"{path}?{query}"), said, body=False, name=name)
    for claim in ({"count": 0}, {"at_most": 5}, {}):
        refused(plane.post(f"{JOURNAL}/assert", {**asked, **claim}), said, body=True, name=name)
    refused(plane.post(f"{JOURNAL}/wait", {**asked, "timeout_seconds": 0}), said, body=True, name=name)


def test_a_claim_about_what_is_yet_to_come_is_refused(plane: Plane) -> None:
    refused(plane.post(f"{JOURNAL}/assert", {"since": 99, "count": 0}), "the next will be 3", body=True, name="since")
    assert plane.post(f"{JOURNAL}/assert", {"since": 3, "count": 0}).json["ok"]


@pytest.mark.parametrize(
    ("path", "note"),
    [
        ("/api/v1/bokings", "Did you mean /api/v1/bookings?"),
        ("/bookings", "Did you mean /api/v1/bookings?"),
        ("/api/v1/events/", None),
        ("/api/v1/events/evt_1", None),
        ("/api/v1/boo", None),
        ("/api", None),
        ("/", None),
        ("/api/v1/events/evt_1/more", "begins with '/api/v1/events/evt_1/more'."),
    ],
)
def test_a_path_of_no_operation_is_told_beside_the_result(plane: Plane, path: str, note: str | None) -> None:
    listed = plane.get(f"{JOURNAL}?path={path}").json
    claimed = plane.post(f"{JOURNAL}/assert", {"path": path, "at_least": 0}).json
    archive = plane.get(f"{JOURNAL}/har?path={path}").json["log"]
    late = plane.post(f"{JOURNAL}/wait", {"path": path, "method": "TRACE", "timeout_seconds": 0}).json["detail"]
    false = plane.post(f"{JOURNAL}/assert", {"path": path, "count": 99}).json["detail"]
    if note is None:
        assert ("notes" in listed, "notes" in claimed, "comment" in archive) == (False, False, False)
        assert "No operation" not in late + false
        return
    (told,) = listed["notes"]
    assert told.endswith(note)
    assert (claimed["notes"], archive["comment"]) == ([told], told)
    assert told in late
    assert told in false


def test_a_credential_is_found_by_itself_its_fingerprint_and_a_client_by_its_id(plane: Plane) -> None:
    plane.world.sandbox.oauth.clients.add("app", ["http://127.0.0.1/"], secret="s" * 20)
    plane.world.sandbox.oauth.clients.add("app_two", ["http://127.0.0.1/"], secret="s" * 20)
    key = plane.world.key("read")
    (entry,) = plane.get(f"{JOURNAL}?principal={key}").json["data"]
    shown = entry["principal"]["fingerprint"]
    for head in (shown, shown[:4], shown.upper()):
        assert len(plane.get(f"{JOURNAL}?principal={head}").json["data"]) == 1
    assert plane.get(f"{JOURNAL}?principal=app").json["data"] == []
    plane.world.sandbox.keys.revoke(shown)
    assert len(plane.get(f"{JOURNAL}?principal={shown}").json["data"]) == 1


@pytest.mark.parametrize(("asked", "said"), DELIVERY_SLIPS, ids=[str(asked) for asked, _ in DELIVERY_SLIPS])
def test_a_slip_is_refused_wherever_deliveries_are_asked(plane: Plane, asked: dict[str, str], said: str) -> None:
    query = "&".join(f"{key}={value}" for key, value in asked.items())
    name = list(asked)[-1]
    refused(plane.get(f"{DELIVERIES}?{query}"), said, body=False, name=name)
    refused(plane.post(f"{DELIVERIES}/wait", {**asked, "timeout_seconds": 0}), said, body=True, name=name)
    wanted = {"kind": "duplicate", **asked}
    refused(plane.post("/sandboxes/default/misbehaviours", wanted), said, body=True, name=name)


def test_ids_of_subscriptions_and_events_are_those_that_the_sandbox_has(plane: Plane) -> None:
    refused(plane.get(f"{DELIVERIES}?webhook=whk_1"), "There is no subscription 'whk_1'", body=False, name="webhook")
    refused(plane.get(f"{DELIVERIES}?event=whk_1"), "its ids begin with evd_", body=False, name="event")
    made = plane.post("/sandboxes/default/subscriptions", {"url": "http://127.0.0.1:9/"}).json
    assert plane.get(f"{DELIVERIES}?webhook={made['id']}").status == 200
    plane.request("DELETE", f"/sandboxes/default/subscriptions/{made['id']}")
    refused(plane.get(f"{DELIVERIES}?webhook={made['id']}"), "There is no subscription", body=False, name="webhook")


def test_who_waits_for_what_nobody_has_subscribed_to_is_told(plane: Plane) -> None:
    wanted = {"event_type": "booking.created", "count": 1, "timeout_seconds": 0}
    said = plane.post(f"{DELIVERIES}/wait", wanted).json["detail"]
    assert said.endswith("No active subscription names booking.created.")


@pytest.mark.parametrize(
    ("path", "body", "said"),
    [
        (
            "/sandboxes/default/subscriptions",
            {"url": "http://127.0.0.1:9/", "events": ["event.create"]},
            "event.created",
        ),
        ("/sandboxes/default/keys", {"scopes": ["reed"]}, "did you mean read?"),
        ("/sandboxes/default/oauth-clients", {"redirect_uris": ["http://a/"], "scopes": ["wriet"]}, "mean write?"),
        ("/sandboxes/default/triggers/bookingcreated", {}, "did you mean booking.created?"),
        ("/sandboxes/default/resources/Bookings", {}, "did you mean Booking?"),
        ("/sandboxes/defautl/reset", {}, "did you mean default?"),
    ],
)
def test_every_other_name_has_its_hint(plane: Plane, path: str, body: dict[str, Any], said: str) -> None:
    reply = plane.post(path, body)
    assert reply.status in (400, 404)
    assert said in reply.json["detail"]
