"""`Prefer` on a request: any answer that the contract has, without anything changing (RFC 7240)."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartcal_api.contract import Contract, Operation
from tests.api.calls import call, dump, existing, product
from tests.control.plane import open_plane
from tests.wire import World, open_world

EVENTS = "/api/v1/events"
SHARED = open_world()


def prefer(world: World, operation: Operation, preference: str) -> Any:
    headers = {"authorization": f"Bearer {world.key('admin')}", "prefer": preference}
    identifier = "anything" if "{" in operation.path else None
    return call(world, operation, headers, identifier=identifier)


@pytest.fixture(scope="module")
def shared() -> World:
    return SHARED


def test_any_status_and_example_of_any_operation_is_answered_and_changes_nothing(shared: World) -> None:
    before = dump(shared.sandbox)
    for operation in product(shared.contract):
        for status, response in operation.responses.items():
            names = [name for examples in response.examples.values() for name in examples]
            for preference in [f"code={status}", *(f'code={status}, example="{name}"' for name in names)]:
                reply = prefer(shared, operation, preference)
                assert reply.status == status, reply.body
                assert reply.headers["preference-applied"] == preference
                assert "x-ratelimit-remaining" in reply.headers
    after = dump(shared.sandbox)
    assert {name: rows for name, rows in after.items() if name != "meta"} == {
        name: rows for name, rows in before.items() if name != "meta"
    }


def test_a_named_example_is_the_contracts_word_for_word(shared: World) -> None:
    operation = shared.contract.operations["cancelBooking"]
    for name in ("booking_already_cancelled", "booking_in_the_past"):
        reply = prefer(shared, operation, f"code=409; example={name}")
        stated = operation.responses[409].examples["application/problem+json"][name]
        assert {**stated, "instance": "", "request_id": ""} == {**reply.json, "instance": "", "request_id": ""}
        assert reply.json["request_id"] == reply.headers["x-request-id"], "but it is about this request"
        assert reply.json["instance"] == "/api/v1/bookings/anything/cancel"


def test_what_is_generated_differs_from_the_example_and_is_the_same_each_time(shared: World) -> None:
    operation = shared.contract.operations["getEvent"]
    first, second = (prefer(shared, operation, "dynamic=true") for _ in range(2))
    assert first.status == 200
    assert first.json == second.json
    assert first.json != prefer(shared, operation, "code=200").json


def test_statuses_that_come_before_any_operation_can_be_asked_for_too(shared: World) -> None:
    for status in shared.contract.unrouted:
        assert prefer(shared, shared.contract.operations["listEvents"], f"code={status}").status == status


@pytest.mark.parametrize(
    ("preference", "said"),
    [
        ("code=418", "It has: 200, 400, 401"),
        ("code=abc", "It has: 200, 400, 401"),
        ("code=²", "It has: 200, 400, 401"),
        ("code=200, example=nope", "There are: "),
        ("wait=61", "from 0 to 60"),
        ("wait=-1", "from 0 to 60"),
        ("wait=nan", "from 0 to 60"),
    ],
)
def test_what_the_contract_lacks_is_400_and_says_what_there_is(shared: World, preference: str, said: str) -> None:
    reply = prefer(shared, shared.contract.operations["listEvents"], preference)
    assert (reply.status, reply.code) == (400, "invalid_request")
    assert said in reply.json["detail"]
    assert reply.json["errors"][0]["parameter"] == "Prefer"


@given(
    st.text(st.characters(codec="latin-1", exclude_categories=["Cc"]), max_size=80).filter(
        lambda text: "wait" not in text.lower()
    )
)
def test_guard_1_any_other_preference_is_answered_as_if_it_were_not_there(text: str) -> None:
    reply = SHARED.get(EVENTS, key=SHARED.key("read"), headers={"prefer": text})
    assert reply.status in (200, 400)
    assert reply.status == 200 or "Prefer" in reply.json["detail"]


@pytest.mark.parametrize("ignored", ["return=minimal", "respond-async", "dynamic=false", ""])
def test_preferences_of_others_are_ignored(shared: World, ignored: str) -> None:
    key = shared.key("read")
    plain = shared.get(EVENTS, key=key)
    told = shared.get(EVENTS, key=key, headers={"prefer": ignored})
    assert (told.status, told.body) == (plain.status, plain.body)
    assert "preference-applied" not in told.headers


def test_of_a_repeated_preference_the_first_counts_over_fields_too(shared: World) -> None:
    reply = shared.get(EVENTS, key=shared.key("read"), headers=[("Prefer", "code=404"), ("prefer", "code=200")])
    assert reply.status == 404


def test_authorisation_and_validation_come_first(shared: World) -> None:
    asked = {"prefer": "code=200"}
    assert shared.get(EVENTS, headers=asked).status == 401
    assert shared.get(EVENTS, key=shared.key("webhooks"), headers=asked).status == 403
    assert shared.get(f"{EVENTS}?page=0", key=shared.key("read"), headers=asked).status == 400
    path = f"/api/v1/bookings/{existing(shared, 'booking_id', 1)}/cancel"
    assert shared.post(path, {"x": 1}, key=shared.key("write"), headers=asked).status == 400


def test_wait_is_real_time_and_the_request_is_about_the_time_after_it(
    contract: Contract, monkeypatch: pytest.MonkeyPatch
) -> None:
    plane, waited = open_plane(contract), []

    async def pause(seconds: float, receive: Any) -> Any:
        waited.append(seconds)
        plane.world.sandbox.clock.advance(3_600_000_000_000)
        return receive

    monkeypatch.setattr("smartcal_api.http.preferences.pause", pause)
    key = plane.world.key("read")
    later = plane.get(f"{EVENTS}?per_page=1", key=key, headers={"prefer": "wait=2.5"})
    assert (later.status, waited) == (200, [2.5])
    assert plane.get(EVENTS, key=key, headers={"prefer": "wait=60, code=503"}).status == 503
    assert waited == [2.5, 60.0]
