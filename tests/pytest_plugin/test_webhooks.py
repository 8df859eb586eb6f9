"""What the fixture `smartcal` offers to the tests of a receiver."""

from collections.abc import Iterator

import pytest

from smartcal_api.pytest_plugin.smartcal import SmartCal
from smartcal_api.remote import Control
from smartcal_api.remote.target import read_target
from smartcal_api.webhooks import BookingCancelled, EventUpdated, InvalidDelivery
from smartcal_api.webhooks.receiver import Reply
from tests.e2e.server import serving


@pytest.fixture(scope="module")
def control(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Control]:
    with serving(tmp_path_factory.mktemp("plugin")) as server:
        connected = Control(read_target(server.ready, "ready.json"))
        yield connected
        connected.close()


@pytest.fixture
def smartcal(control: Control) -> Iterator[SmartCal]:
    made = SmartCal(control, control.post("/sandboxes", {"now": "2026-03-04T12:00:00Z", "frozen": True}))
    yield made
    made.close()


def cancel(smartcal: SmartCal) -> str:
    with smartcal.client() as client:
        (booking,) = client.get("/bookings", params={"upcoming": "true", "per_page": 1}).json()["data"]
        assert client.post(f"/bookings/{booking['id']}/cancel").status_code == 200
    return booking["id"]


def test_the_receiver_gets_events_verified_and_typed(smartcal: SmartCal) -> None:
    receiver = smartcal.receiver
    assert smartcal.receiver is receiver
    identifier = cancel(smartcal)
    smartcal.deliveries.wait_for("booking.cancelled")
    smartcal.deliveries.wait_for("event.updated")
    cancelled, updated = sorted(receiver.events, key=lambda event: event.type)
    assert isinstance(cancelled, BookingCancelled)
    assert cancelled.data["id"] == identifier
    assert isinstance(updated, EventUpdated)


def test_the_receiver_answers_as_told_and_the_clock_brings_the_retry(smartcal: SmartCal) -> None:
    smartcal.receiver.answer = Reply(503)
    cancel(smartcal)
    assert {each["state"] for each in smartcal.deliveries.wait_until_settled()} == {"pending"}
    smartcal.receiver.answer = 200
    smartcal.clock.advance(5)
    assert {each["state"] for each in smartcal.deliveries.list()} == {"delivered"}
    assert len(smartcal.receiver.received) == 4


def test_what_does_not_come_fails_the_test_and_says_how_things_stand(smartcal: SmartCal) -> None:
    with pytest.raises(AssertionError, match="deliveries stand like this"):
        smartcal.deliveries.wait_for("booking.created", timeout=0.1)


def test_deliveries_go_wrong_and_are_repeated_on_demand(smartcal: SmartCal) -> None:
    receiver = smartcal.receiver
    smartcal.deliveries.misbehave("wrong_signature", event_type="booking.cancelled")
    cancel(smartcal)
    (delivery,) = [each for each in smartcal.deliveries.wait_for(count=2) if each["event_type"] == "booking.cancelled"]
    with pytest.raises(InvalidDelivery):
        _ = receiver.events
    receiver.received.clear()
    smartcal.deliveries.redeliver(delivery["id"])
    smartcal.deliveries.wait_until_settled()
    assert [event.type for event in receiver.events] == ["booking.cancelled"]
