"""What the fixture `smartcal` offers to the tests of a receiver."""

import asyncio
import re
import time
from collections.abc import Iterator

import pytest

from smartcal_api.pytest_plugin import AsyncSmartCal, SmartCal
from smartcal_api.remote import Control, Refused
from smartcal_api.remote.target import read_target
from smartcal_api.webhooks import BookingCancelled, EventUpdated, InvalidDelivery, parse
from smartcal_api.webhooks.receiver import Receiver, Reply
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


@pytest.fixture
def async_smartcal(smartcal: SmartCal) -> Iterator[AsyncSmartCal]:
    made = AsyncSmartCal(smartcal)
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


def test_the_same_scopes_are_the_same_key_and_another_has_a_budget_of_its_own(smartcal: SmartCal) -> None:
    both = smartcal.key("read", "write")
    assert smartcal.key("write", "read") == smartcal.key("read", "read", "write") == both
    assert smartcal.client("read", "write").headers["Authorization"] == f"Bearer {both}"
    assert smartcal.key("read") == smartcal.keys["read"]
    assert smartcal.key() == smartcal.keys["admin"]
    fresh = [smartcal.new_key("read", "write"), smartcal.new_key("read"), smartcal.new_key()]
    assert len({both, *fresh, *smartcal.keys.values()}) == 4 + len(smartcal.keys)
    smartcal.limits.exhaust(both)
    assert smartcal.client("read", "write").get("/events").status_code == 429
    assert smartcal.client("read").get("/events").status_code == 200


def test_a_webhook_that_is_given_takes_its_secret_and_tells_it(smartcal: SmartCal) -> None:
    with Receiver() as app:
        random = smartcal.given.webhook(url=app.url, active=False)["secret"]
        given = smartcal.given.webhook(url=app.url, events=["event.created"], secret="known to my app")
        assert (random[:6], given["secret"]) == ("whsec_", "known to my app")
        smartcal.trigger("event.created")
        smartcal.deliveries.wait_for("event.created")
        (delivery,) = app.received
    assert parse(delivery.body, delivery.headers["x-smartcalpro-signature"], "known to my app").type == "event.created"
    with pytest.raises(Refused, match="/secret is not a text of 1 to 255 characters"):
        smartcal.given.webhook(secret="")
    with pytest.raises(Refused, match="/secret is not a member of Event"):
        smartcal.given.event(secret="x")


class SameLoop:
    """A receiver that is served by the very loop that the test runs in."""

    def __init__(self) -> None:
        self.paths: list[str] = []

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(int(re.search(rb"(?i)content-length: (\d+)", head)[1]))  # type: ignore[index]
        self.paths.append(head.split(b" ")[1].decode())
        writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()


def test_an_asynchronous_test_awaits_what_its_own_loop_has_to_answer(
    smartcal: SmartCal, async_smartcal: AsyncSmartCal
) -> None:
    async def scenario() -> None:
        app = SameLoop()
        async with await asyncio.start_server(app.answer, "127.0.0.1", 0) as listening:
            port = listening.sockets[0].getsockname()[1]
            await async_smartcal.given.webhook(url=f"http://127.0.0.1:{port}/hook", events=["event.created"])
            _, waited = await asyncio.gather(
                async_smartcal.trigger("event.created"), async_smartcal.deliveries.wait_for("event.created")
            )
            assert [each["state"] for each in waited] == ["delivered"]
            before = await async_smartcal.snapshot()
            await async_smartcal.trigger("event.created")
            assert await async_smartcal.clock.advance("2h") == await async_smartcal.clock.now()
            assert app.paths == ["/hook", "/hook"]
            assert (await before.diff())["added"]
            async with async_smartcal.client("read") as api:
                assert (await api.get("/events")).status_code == 200
            await async_smartcal.journal.assert_count(1, operation="listEvents")

            began = time.monotonic()
            await async_smartcal.trigger("event.created")
            for call in (
                lambda: smartcal.deliveries.wait_for("event.created", count=9, timeout=60),
                lambda: smartcal.journal.wait_for(operation="getAccount", timeout=60),
                lambda: smartcal.clock.advance("1h"),
                lambda: smartcal.clock.set("2027-01-01T00:00:00Z"),
            ):
                with pytest.raises(RuntimeError, match=r"would block the event loop.*await async_smartcal"):
                    call()
            assert smartcal.journal.wait_for(operation="listEvents", timeout=60)["status"] == 200, "it is there already"
            assert time.monotonic() - began < 60
            await async_smartcal.deliveries.wait_until_settled()

    asyncio.run(scenario())


def test_within_a_loop_a_receiver_of_its_own_thread_is_waited_for(smartcal: SmartCal) -> None:
    async def scenario() -> None:
        receiver = smartcal.receiver
        smartcal.trigger("event.created")
        smartcal.deliveries.wait_for("event.created")
        smartcal.clock.advance("1h")
        assert [event.type for event in receiver.events] == ["event.created"]

    asyncio.run(scenario())
