import hashlib
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from smartcal_api.ids import Ids
from smartcal_api.seeding import ANCHOR, generate, shift

SIZES = [(0, 0), (1, 0), (1, 1), (4, 4), (60, 60), (200, 50), (5000, 1000)]
SCHEMAS = ("Account", "BookingPage", "Event", "Booking")
every_size = pytest.mark.parametrize(("events", "bookings"), SIZES)


@every_size
def test_the_main_account_owns_exactly_what_was_asked_for_and_the_second_is_always_small(
    world: Callable[..., Any], events: int, bookings: int
) -> None:
    resources = world(events, bookings).resources
    main, second = (resource.account for resource in resources if resource.collection == "Account")
    counts = Counter((resource.account, resource.collection) for resource in resources)
    assert [counts[main, name] for name in SCHEMAS] == [1, 3, events, bookings]
    assert [counts[second, name] for name in SCHEMAS] == [1, 1, 5, 2]


@pytest.mark.parametrize("booking_pages", [0, 1, 9])
def test_there_are_as_many_booking_pages_as_asked_for(world: Callable[..., Any], booking_pages: int) -> None:
    pages = world(10, 4 if booking_pages else 0, booking_pages).of("BookingPage")
    assert len(pages) == booking_pages + 1
    assert len({page["public_url"] for page in pages}) == len(pages)


@every_size
def test_kinds_come_in_an_order_in_which_references_exist(
    world: Callable[..., Any], events: int, bookings: int
) -> None:
    collections = [resource.collection for resource in world(events, bookings).resources]
    assert collections == sorted(collections, key=SCHEMAS.index)


@every_size
def test_ids_never_collide(world: Callable[..., Any], events: int, bookings: int) -> None:
    counts = Counter(resource.document["id"] for resource in world(events, bookings).resources)
    assert counts.most_common(1)[0][1] == 1


@pytest.mark.parametrize("kind", ["event", "booking", "booking_page", "account"])
def test_serials_count_on_from_0_without_a_gap(world: Callable[..., Any], ids: Ids, kind: str) -> None:
    schema = {"event": "Event", "booking": "Booking", "booking_page": "BookingPage", "account": "Account"}[kind]
    found = [document["id"] for document in world(5000, 1000).of(schema)]
    assert set(found) == {ids.mint(kind, serial) for serial in range(len(found))}


@pytest.fixture(scope="module")
def validators(contract: dict[str, Any]) -> dict[str, jsonschema_rs.Draft202012Validator]:
    components = {"components": contract["components"]}
    return {
        name: jsonschema_rs.Draft202012Validator(
            {**components, "$ref": f"#/components/schemas/{name}"}, validate_formats=True
        )
        for name in SCHEMAS
    }


@every_size
def test_every_document_is_valid_against_the_contract(
    world: Callable[..., Any], validators: dict[str, Any], events: int, bookings: int
) -> None:
    for resource in world(events, bookings, 9).resources:
        # The API adds these when it answers: they are the credential's.
        credential = {"scopes": ["read"], "auth_method": "api_key"} if resource.collection == "Account" else {}
        validators[resource.collection].validate({**resource.document, **credential})


@pytest.mark.parametrize("name", SCHEMAS)
def test_documents_have_the_contracts_members_in_its_order(
    world: Callable[..., Any], contract: dict[str, Any], name: str
) -> None:
    members = [
        member
        for member in contract["components"]["schemas"][name]["required"]
        if (name, member) not in {("Account", "scopes"), ("Account", "auth_method")}
    ]
    assert all(list(document) == members for document in world().of(name))


@every_size
def test_nothing_was_made_or_changed_after_the_anchor_or_changed_before_it_was_made(
    world: Callable[..., Any], events: int, bookings: int
) -> None:
    for resource in world(events, bookings).resources:
        document = resource.document
        updated = document.get("updated_at", document["created_at"])
        assert document["created_at"] <= updated <= ANCHOR
        assert document["created_at"] < document.get("start_time", ANCHOR)


def test_more_bookings_than_events_are_refused_at_once(ids: Ids) -> None:
    with pytest.raises(ValueError, match="every booking has a calendar event of its own"):
        generate(ids, seed=0, events=3, bookings=4)


def test_bookings_without_a_page_are_refused_at_once(ids: Ids) -> None:
    with pytest.raises(ValueError, match="every booking is made on a booking page"):
        generate(ids, seed=0, booking_pages=0)


@pytest.mark.parametrize("name", ["events", "bookings", "booking_pages"])
def test_negative_sizes_are_refused_at_once(ids: Ids, name: str) -> None:
    with pytest.raises(ValueError, match=f"{name} must be 0 or more, not -1"):
        generate(ids, seed=0, **{name: -1})


def test_another_seed_is_another_world(world: Callable[..., Any]) -> None:
    assert world(seed=1).resources != world(seed=2).resources
    assert world(seed=1).of("Event")[0]["title"] != world(seed=-1).of("Event")[0]["title"]


DIGEST = """
import hashlib, json, sys
from smartcal_api.ids import Ids
import smartcal_api.seeding as seeding
assert "faker" not in sys.modules, "importing the package must not import Faker"
rules = json.loads(sys.argv[1])
found = hashlib.sha256()
for resource in seeding.generate(Ids(0, **rules), seed=0):
    found.update(json.dumps(seeding.shift(resource.document, 40)).encode())
print(found.hexdigest())
"""


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONHASHSEED": "1", "TZ": "Asia/Tokyo", "PYTHONTZPATH": ""},
        {"PYTHONHASHSEED": "2", "TZ": "America/New_York", "LC_ALL": "de_DE.UTF-8", "LANG": "de_DE.UTF-8"},
    ],
)
def test_the_same_seed_gives_the_same_bytes_in_another_process(
    world: Callable[..., Any], contract: dict[str, Any], environment: dict[str, str]
) -> None:
    expected = hashlib.sha256()
    for resource in world().resources:
        expected.update(json.dumps(shift(resource.document, 40)).encode())
    rules = {name: contract["x-ids"][name] for name in ("alphabet", "length", "prefixes")}
    source = str(Path(__file__).parents[2] / "src")
    found = subprocess.run(
        [sys.executable, "-c", DIGEST, json.dumps(rules)],
        env={**os.environ, "PYTHONPATH": source, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.strip() == expected.hexdigest()
