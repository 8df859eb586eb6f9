"""Law SBX 5: a fault hits what it names, as often as it says."""

import asyncio
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartcal_api.contract import Contract
from smartcal_api.control.plane import describe
from smartcal_api.http import fault_kinds
from smartcal_api.sandbox.faults import Faults
from tests.control.faulty import EVENTS, FAULTS, applied, arm, messages, sent
from tests.control.plane import JSON, Plane, open_plane
from tests.wire import Reply

PLANE = open_plane(Contract.read())


def test_sbx_5_outcomes_come_one_after_the_other(plane: Plane, key: str) -> None:
    for status in (500, 502, 503):
        arm(plane, "status", status=status, next=1)
    arm(plane, "drop", next=1)
    assert [plane.get(EVENTS, key=key).status for _ in range(3)] == [500, 502, 503]
    assert messages(plane, EVENTS, key=key) == []
    assert plane.get(EVENTS, key=key).status == 200
    assert applied(plane) == [1, 1, 1, 1]


def test_sbx_5_a_fault_is_in_the_journal(plane: Plane, key: str, cancelling: dict[str, Any]) -> None:
    """With the operation, also where the request never got to it; and what it hid is no refusal."""
    arm(plane, "missing_header", header="Retry-After")
    arm(plane, "status", status=503, next=1)
    arm(plane, "drop", after_work=True)
    plane.get(EVENTS, key=key)
    messages(plane, extensions={"smartcal.hang_up": {}}, **cancelling)
    answered, dropped = plane.get("/sandboxes/default/journal").json["data"]
    assert answered["faults"] == ["fault-1 missing_header", "fault-2 status"]
    assert (answered["operation"], answered["status"]) == ("listEvents", 503)
    assert dropped["faults"] == ["fault-3 drop"]
    assert (dropped["operation"], dropped["status"], dropped["clause"]) == ("cancelBooking", None, None)


def test_sbx_5_what_nobody_sees_is_not_counted(plane: Plane, key: str) -> None:
    arm(plane, "malformed_json", next=1)
    arm(plane, "drop", next=1)
    assert messages(plane, EVENTS, key=key) == []
    assert applied(plane) == [0, 1]


SELECTED = {
    "an operation": ({"operations": ["getEvent", "LISTBOOKINGS"]}, {"bookings"}),
    "a method": ({"methods": ["POST"]}, {"post"}),
    "one of each, in whichever case": (
        {"operations": "listbookings", "methods": "get", "scopes": "READ"},
        {"bookings"},
    ),
    "HEAD is a method of its own": ({"methods": ["HEAD"], "operations": ["listEvents"]}, {"head"}),
    "HEAD is the operation of GET": ({"operations": ["listEvents"]}, {"events", "head", "anonymous", "other"}),
    "a scope set": ({"scopes": ["admin"]}, {"other"}),
    "both an operation and a scope set": ({"scopes": ["admin"], "operations": ["listBookings"]}, set()),
}


@pytest.mark.parametrize(("selectors", "hit"), SELECTED.values(), ids=SELECTED)
def test_sbx_5_a_fault_hits_what_it_names(plane: Plane, key: str, selectors: dict[str, Any], hit: set[str]) -> None:
    arm(plane, "status", status=503, **selectors)
    assert answered(plane, key) == hit


def test_sbx_5_a_credential_is_hit_in_whichever_header(plane: Plane, key: str) -> None:
    shown = arm(plane, "status", status=503, credential=key)
    assert key not in json.dumps(shown)
    assert answered(plane, key) == {"events", "bookings", "head", "post"}
    assert plane.get(EVENTS, headers={"x-api-key": key}).status == 503
    plane.request("DELETE", FAULTS)
    arm(plane, "status", status=503, credential=shown["credential"])
    assert answered(plane, key) == {"events", "bookings", "head", "post"}


def answered(plane: Plane, key: str) -> set[str]:
    """Which of some requests are answered 503."""
    replies = {
        "events": plane.get(EVENTS, key=key),
        "bookings": plane.get("/api/v1/bookings", key=key),
        "head": plane.request("HEAD", EVENTS, key=key),
        "post": plane.post("/api/v1/webhooks", key=key),
        "anonymous": plane.get(EVENTS),
        "other": plane.get(EVENTS, key=plane.world.key("admin")),
    }
    return {name for name, reply in replies.items() if reply.status == 503}


def test_sbx_5_an_unknown_path_is_hit_too_unless_operations_are_named(plane: Plane) -> None:
    arm(plane, "status", status=503, operations=["listEvents"])
    assert plane.get("/api/nowhere").status == 404
    arm(plane, "status", status=502)
    assert plane.get("/api/nowhere").status == 502


def test_sbx_5_a_429_is_never_hit(contract: Contract) -> None:
    plane = open_plane(contract, rate_limits=True)
    arm(plane, "status", status=503, next=1)
    plane.post("/sandboxes/default/limits/refuse", {"next": 1})
    assert [plane.get(EVENTS).status for _ in range(3)] == [429, 503, 401]


@given(number=st.integers(1, 30), requests=st.integers(1, 40))
@settings(max_examples=15)
def test_sbx_5_next_n_hits_exactly_n_of_many_at_once(number: int, requests: int) -> None:
    PLANE.request("DELETE", FAULTS)
    arm(PLANE, "status", status=503, next=number)
    key = PLANE.world.key("read")

    async def all_at_once() -> list[list[Any]]:
        return await asyncio.gather(*(sent(PLANE, EVENTS, key=key) for _ in range(requests)))

    statuses = [answer[0]["status"] for answer in asyncio.run(all_at_once())]
    assert statuses.count(503) == min(number, requests)
    assert statuses.count(200) == max(0, requests - number)
    assert applied(PLANE) == [min(number, requests)]


def test_sbx_5_probability_is_the_seeds(contract: Contract) -> None:
    def statuses(seed: int, *, more: bool = False) -> list[int]:
        plane = open_plane(contract, seed=seed)
        arm(plane, "status", status=503, probability=0.5)
        if more:
            arm(plane, "latency", seconds=0, probability=0.5, operations=["getAccount"])
        return [plane.get(EVENTS, key=plane.world.key("read")).status for _ in range(40)]

    first = statuses(1)
    assert first == statuses(1) == statuses(1, more=True)
    assert first != statuses(2)
    assert 5 < first.count(503) < 35


@pytest.mark.parametrize(("path", "method"), [(EVENTS, "GET"), ("/api/v1/webhooks/whk_none", "DELETE")])
def test_store_3_a_request_that_is_held_back_while_its_sandbox_goes_is_503(
    plane: Plane, monkeypatch: pytest.MonkeyPatch, path: str, method: str
) -> None:
    made = plane.create(name="going")
    plane.post("/sandboxes/going/faults", {"kind": "latency", "seconds": 9})

    async def pause(_: float, receive: Any) -> Any:
        plane.registry.remove("going")
        return receive

    monkeypatch.setattr(fault_kinds, "pause", pause)
    reply = plane.request(method, f"/~going{path}", key=made["keys"]["admin"])
    assert (reply.status, reply.code) == (503, "unavailable")
    assert plane.get(EVENTS, key=plane.world.key("read")).status == 200


def test_sbx_1_a_fault_is_in_its_own_sandbox_alone(plane: Plane, key: str) -> None:
    made = plane.create(name="other")
    plane.post("/sandboxes/other/faults", {"kind": "status", "status": 503})
    assert plane.get(EVENTS, key=key).status == 200
    assert plane.get("/~other/api/v1/events").status == 503
    assert plane.get(EVENTS, key=made["keys"]["read"]).status == 503
    assert plane.get("/health").status == 200


@given(st.data())
@settings(max_examples=30)
def test_sbx_3_restored_faults_hit_as_if_nothing_had_happened(data: st.DataObject) -> None:
    wanted = st.fixed_dictionaries(
        {"kind": st.just("status")}, optional={"probability": st.floats(0.1, 1), "next": st.integers(1, 5)}
    )
    faults = Faults(7)
    for each in data.draw(st.lists(wanted, max_size=4)):
        faults.add(each)
    strikes(faults, data.draw(st.integers(0, 5)))
    kept = json.loads(json.dumps(faults.state()))
    twin = Faults(7)
    twin.restore(kept)
    strikes(faults, data.draw(st.integers(0, 9)))
    faults.clear()
    faults.add({"kind": "status"})
    faults.restore(kept)
    assert strikes(faults, 9) == strikes(twin, 9)
    assert faults.add({"kind": "drop"}).id == twin.add({"kind": "drop"}).id


def test_sbx_3_faults_and_limits_come_back_with_a_snapshot(contract: Contract) -> None:
    plane = open_plane(contract, rate_limits=True)
    key = plane.world.key("read")

    def answers() -> list[tuple[int, str]]:
        replies = [plane.get(EVENTS, key=key) for _ in range(13)]
        return [(each.status, each.headers["x-ratelimit-remaining"]) for each in replies]

    arm(plane, "status", status=503, probability=0.5, next=3)
    plane.request("PATCH", "/sandboxes/default/limits", body={"scale": 0.2})
    plane.post("/sandboxes/default/snapshots", {"name": "before"})
    first = answers()
    assert [status for status, _ in first].count(503) == 3
    plane.request("DELETE", FAULTS)
    plane.post("/sandboxes/default/limits/exhaust")
    plane.request("PATCH", "/sandboxes/default/limits", body={"enabled": False})
    assert plane.post("/sandboxes/default/snapshots/before/restore").status == 200
    assert answers() == first


def strikes(faults: Faults, rounds: int) -> list[Any]:
    draws = [(each.id, faults.strike(each)) for _ in range(rounds) for each in faults.armed]
    return [(name, None if draw is None else draw.random()) for name, draw in draws]


# ---- the control plane -----------------------------------------------------------------------------------------------


def test_faults_are_listed_with_what_they_did_and_removed(plane: Plane, key: str) -> None:
    first, second = arm(plane, "status", status=503, next=2), arm(plane, "malformed_json")
    plane.get(EVENTS, key=key)
    listed = plane.get(FAULTS).json["data"]
    assert [(each["id"], each["applied"], each["remaining"]) for each in listed] == [
        (first["id"], 1, 1),
        (second["id"], 1, None),
    ]
    assert plane.request("DELETE", f"{FAULTS}/{first['id']}").status == 204
    assert [each["id"] for each in plane.get(FAULTS).json["data"]] == [second["id"]]
    missing = plane.request("DELETE", f"{FAULTS}/{first['id']}")
    assert (missing.status, missing.code) == (404, "not_found")
    assert second["id"] in missing.json["detail"]
    assert plane.request("DELETE", FAULTS).status == 204
    assert plane.get(FAULTS).json["data"] == []
    assert plane.get(EVENTS, key=key).json


def test_there_is_an_end_to_them(plane: Plane) -> None:
    replies = [plane.post(FAULTS, {"kind": "drop", "next": 1}) for _ in range(257)]
    assert [each.status for each in replies] == [201] * 256 + [409]
    assert replies[-1].code == "too_many_faults"


def test_the_kinds_of_the_document_are_those_that_there_are(contract: Contract) -> None:
    description = describe(contract)
    stated = description.schema("FaultWanted")
    branches = [each["$ref"] for each in stated["oneOf"]]
    assert stated["discriminator"]["mapping"] == dict(zip(fault_kinds.KINDS, branches, strict=True))
    told = [description.document.resolve(each)["properties"]["kind"]["const"] for each in branches]
    assert told == list(fault_kinds.KINDS)


WRONG = {
    "a kind": ({"kind": "statu"}, '"malformed_json", "status"; did you mean status?'),
    "a kind that is no text": ({"kind": ["status"]}, "'kind' is [\"status\"], which is not one of"),
    "an operation": ({"kind": "drop", "operations": ["cancelBokking"]}, "Did you mean 'cancelBooking'?"),
    "a method": ({"kind": "drop", "methods": "GTE"}, "Did you mean 'GET'?"),
    "no operation": ({"kind": "drop", "operations": []}, "/operations"),
    "a scope": ({"kind": "drop", "scopes": ["reed"]}, "Did you mean 'read'?"),
    "a header": ({"kind": "missing_header", "header": "Retry-Aftr"}, "Did you mean 'Retry-After'?"),
    "a header that frames": ({"kind": "missing_header", "header": "Content-Length"}, "There are: "),
    "a header's value": ({"kind": "wrong_header", "header": "Allow", "value": "a\r\nb"}, "/value"),
    "a credential": ({"kind": "drop", "credential": "ffff"}, "Give one of: "),
    "a status": ({"kind": "status", "status": 199}, "/status"),
    "a header that would break it": ({"kind": "status", "status": 503, "headers": {"content-length": 1}}, "truncate"),
    "a header with a line end": ({"kind": "status", "status": 503, "headers": {"X": "a\r\nb"}}, "/headers/X"),
    "a header of no name": ({"kind": "status", "status": 503, "headers": {"X Y": "a"}}, "/headers"),
    "a method of another operation": ({"kind": "drop", "operations": "listEvents", "methods": "POST"}, "GET and HEAD"),
    "a member misspelt": ({"kind": "drop", "operation": "listEvents"}, "is not a member; did you mean operations?"),
    "a member: any kind's": ({"kind": "latency", "seconds": 1, "porbability": 1}, "did you mean probability?"),
    "a member: none like it": ({"kind": "drop", "x": 1}, "'x' is not a member; there are kind, after_work, operations"),
    "a member": ({"kind": "status", "status": 500, "seconds": 1}, "seconds"),
    "a range": ({"kind": "latency", "seconds": 2, "up_to_seconds": 1}, "up_to_seconds"),
    "a probability": ({"kind": "drop", "probability": 0}, "/probability"),
    "no number": ({"kind": "drop", "next": 0}, "/next"),
    "a member of no other kind's": ({"kind": "wrong_header"}, "at its top: 'header' is missing. And 1 more"),
    "nothing": ({}, "'kind' is missing"),
}


@pytest.mark.parametrize(("body", "said"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_with_a_fault_is_said(plane: Plane, key: str, body: dict[str, Any], said: str) -> None:
    reply: Reply = plane.post(FAULTS, body)
    assert (reply.status, reply.code) == (400, "invalid_body")
    assert said in reply.json["detail"]
    assert plane.get(FAULTS).json["data"] == []
    assert plane.post(FAULTS, {"kind": "drop"}, media_type=JSON).status == 201
