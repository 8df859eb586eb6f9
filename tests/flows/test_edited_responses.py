"""Edits of what the contract answers with, and of the names that it gives, take effect without code (law SRC 2)."""

from pathlib import Path
from typing import Any

import pytest

from smartcal_api.contract import Contract, Document
from tests.edits import ACCOUNT, SCHEMAS, edited, put, source
from tests.flows.contract_edits import no_examples
from tests.wire import open_world

NEW_HEADER = {"required": True, "schema": {"type": "integer", "minimum": 3, "maximum": 9}}


def test_src_2_a_new_required_header_is_made_up_until_code_knows_it() -> None:
    world = open_world(edited(put(f"{ACCOUNT}/responses/200/headers/X-Region-Number", NEW_HEADER)))
    reply = world.get("/api/v1/me", key=world.key("read"))
    assert reply.status == 200
    assert 3 <= int(reply.headers["x-region-number"]) <= 9


def test_src_5_a_header_that_only_code_can_know_is_never_made_up() -> None:
    location = {"required": True, "schema": {"type": "string", "format": "uri"}}
    world = open_world(edited(put(f"{ACCOUNT}/responses/200/headers/Location", location)))
    reply = world.get("/api/v1/me", key=world.key("read"))
    assert (reply.status, reply.code) == (500, "internal_error")
    assert "/responses/200/headers" in reply.json["detail"]


def test_src_2_a_path_parameter_may_have_any_name() -> None:
    text = source().replace(b"webhook_id", b"the hook")
    world = open_world(Contract(Document(Path("edited.yaml"), text)))
    key = world.key("webhooks")
    made = world.post("/api/v1/webhooks", {"url": "https://a.example.com/", "events": ["calendar.synced"]}, key=key)
    assert made.status == 201
    path = f"/api/v1/webhooks/{made.json['id']}"
    assert [world.request("DELETE", path, key=key).status for _ in range(2)] == [204, 404]


def test_src_2_two_lists_of_the_same_resources_have_each_its_own_order() -> None:
    world = open_world(edited(_second_list))
    key = world.key("read")
    query = {"per_page": 100}
    first = world.get("/api/v1/events", query=query, key=key).json["data"]
    second = world.get("/api/v1/changes", query=query, key=key).json["data"]
    assert [each["id"] for each in first] == [e["id"] for e in sorted(first, key=lambda e: (e["start_time"], e["id"]))]
    assert [each["id"] for each in second] == [
        e["id"] for e in sorted(second, key=lambda e: (e["updated_at"], e["id"]))
    ]


def test_src_5_lists_whose_items_are_constrained_together_are_judged_whole() -> None:
    """Item by item, no one would see that none of them is such a one."""
    such = {"required": ["id"], "properties": {"id": {"const": "evt_00000000000000000000"}}}
    world = open_world(edited(put(f"{SCHEMAS}/EventList/properties/data/contains", such), no_examples))
    assert world.get("/api/v1/events", query={"per_page": 2}, key=world.key("read")).status == 500


def test_src_2_a_page_is_never_longer_than_its_schema_has_it() -> None:
    world = open_world(edited(put(f"{SCHEMAS}/EventList/properties/data/maxItems", 2)))
    key = world.key("read")
    pages = [world.get("/api/v1/events", query={"page": page}, key=key) for page in (1, 2, 100, 101)]
    assert [each.status for each in pages] == [200] * 4
    assert [len(each.json["data"]) for each in pages] == [2, 2, 2, 0]
    assert pages[0].json["pagination"] == {"page": 1, "per_page": 2, "total": 200, "total_pages": 100}


def _second_list(data: dict[str, Any]) -> None:
    listed = data["paths"]["/api/v1/events"]["get"]
    again = listed | {
        "operationId": "listChanges",
        "x-order": ["updated_at", "id"],
        "parameters": listed["parameters"][-2:],
    }
    data["paths"]["/api/v1/changes"] = {"get": again}


def test_src_5_a_document_that_no_longer_fits_is_not_sent_as_it_is() -> None:
    """Stored under one contract and asked for under another, without the adaptation in between."""
    world = open_world()
    with world.sandbox.store.transaction():
        world.sandbox.store.put("Event", {"id": "evt_x", "start_time": "2026-03-04T12:00:00Z"}, owner=1)
    reply = world.get("/api/v1/events", query={"start_after": "2026-03-04T12:00:00Z"}, key=world.key("read"))
    assert (reply.status, reply.code) == (500, "internal_error")
    assert "/components/schemas/Event" in reply.json["detail"]


def test_src_5_a_change_whose_answer_would_break_the_contract_is_not_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "smartcal_api.api.assignment.unfit", lambda *_: {}
    )  # what is seen at start isn't the last resort
    world = open_world(edited(put("/x-secrets/webhook_secret", "sec_")))
    key = world.key("webhooks")
    wanted = {"url": "https://a.example.com/", "events": ["calendar.synced"]}
    reply = world.post("/api/v1/webhooks", wanted, key=key)
    assert (reply.status, reply.code) == (500, "internal_error")
    assert world.get("/api/v1/webhooks", key=key).json["data"] == []
    assert world.sandbox.store.query("SELECT count(*) FROM webhook_secrets") == [(0,)]
