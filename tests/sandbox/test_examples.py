"""Contract and data are one world: what the contract's examples send is answered in any fresh sandbox."""

import json
from typing import Any

import pytest

from smartcal_api.contract import Contract
from tests.control.plane import Plane, open_plane

# It ends a subscription, and a fresh sandbox has none: its own 404 is what it is an example of.
WITHOUT = "deleteWebhook"


@pytest.fixture(scope="module")
def plane(contract: Contract) -> Plane:
    return open_plane(contract)


def answered(plane: Plane, name: str, key: str) -> dict[str, int]:
    """operationId → the status of each operation of the product that a credential may call, sent with its examples."""
    contract, found = plane.world.contract, {}
    for operation in contract.operations.values():
        if not operation.alternatives:
            continue
        place = contract.data["paths"][operation.path]
        stated, path, query = place[operation.method.lower()], operation.path, []
        for each in (*place.get("parameters", ()), *stated.get("parameters", ())):
            parameter = contract.document.resolve(each["$ref"]) if "$ref" in each else each
            if "example" not in parameter:
                continue
            if parameter["in"] == "path":
                path = path.replace(f"{{{parameter['name']}}}", parameter["example"])
            else:
                query.append(f"{parameter['name']}={parameter['example']}")  # as it stands: it needs no encoding
        body: Any = None
        for content in stated.get("requestBody", {}).get("content", {}).values():
            body = json.dumps(next(iter(content["examples"].values()))["value"]).encode()
        target = f"/~{name}{path}" + ("?" + "&".join(query) if query else "")
        media_type = "application/json" if body else None
        found[operation.id] = plane.request(operation.method, target, body=body, media_type=media_type, key=key).status
    return found


@pytest.mark.parametrize(
    "wanted",
    [
        {},
        {"seed": 7, "now": "2031-12-29T23:59:59Z"},
        {"seed": 3, "events": 30, "bookings": 10, "now": "2024-02-29T00:00:00Z"},
    ],
)
def test_every_example_is_answered_2xx_in_a_fresh_sandbox(plane: Plane, wanted: dict[str, Any]) -> None:
    made = plane.create(**wanted)
    found = answered(plane, made["name"], made["keys"]["admin"])
    assert found.pop(WITHOUT) == 404
    assert len(found) > 8
    assert {name: status for name, status in found.items() if not 200 <= status < 300} == {}


@pytest.mark.parametrize(
    "sizes", [{"events": 0, "bookings": 0}, {"events": 1, "bookings": 0}, {"events": 1, "bookings": 1}]
)
def test_data_of_any_size_has_as_much_of_it_as_there_is_room_for(plane: Plane, sizes: dict[str, int]) -> None:
    made = plane.create(seed=5, **sizes)
    key, root = made["keys"]["read"], f"/~{made['name']}/api/v1"
    for kind in ("events", "bookings"):
        listed = plane.get(f"{root}/{kind}", key=key).json
        assert listed["pagination"]["total"] == sizes[kind]


def test_a_booking_goes_on_naming_its_event_and_its_page(plane: Plane, contract: Contract) -> None:
    made = plane.create(seed=11)
    key, root = made["keys"]["read"], f"/~{made['name']}/api/v1"
    pages = {each["id"] for each in plane.get(f"{root}/booking-pages?per_page=100", key=key).json["data"]}
    events = [
        each for n in (1, 2, 3) for each in plane.get(f"{root}/events?per_page=100&page={n}", key=key).json["data"]
    ]
    bookings = plane.get(f"{root}/bookings?per_page=100", key=key).json["data"]
    of_event = {each["id"]: each["booking_id"] for each in events}
    assert {each["booking_page_id"] for each in bookings} <= pages
    assert all(of_event[each["event_id"]] == each["id"] for each in bookings)
    example = contract.document.resolve("#/components/parameters/BookingId")["example"]
    assert example in {each["id"] for each in bookings}
    assert [each["start_time"] for each in events] == sorted(each["start_time"] for each in events)
    plane.post(f"/sandboxes/{made['name']}/reset")
    assert plane.get(f"{root}/bookings/{example}", key=key).status == 200, "it begins with them"
