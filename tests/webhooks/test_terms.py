"""Deliveries are made of what the contract says of them, and judged by it (laws SRC 2, SRC 5)."""

import asyncio
import logging
from typing import Any

import orjson
import pytest

from smartcal_api.errors import ContractError
from smartcal_api.sandbox.staging import Staging
from smartcal_api.webhooks.dispatcher import Dispatcher
from smartcal_api.webhooks.log import DeliveryLog
from smartcal_api.webhooks.network import LOOPBACK
from smartcal_api.webhooks.receiver import Receiver
from tests.edits import SCHEMAS, Edit, edited, put
from tests.webhooks.post import due, hook
from tests.wire import World, open_world

CREATED = "/webhooks/booking.created/post"
PAYLOAD = f"{SCHEMAS}/BookingCreatedPayload"


def test_src_2_members_that_the_contract_has_come_to_want_are_in_every_delivery() -> None:
    wanted: dict[str, Any] = {
        "api_version": {"type": "string", "const": "2026-11"},
        "livemode": {"type": "boolean", "default": False},
        "region": {"type": "string", "enum": ["eu"]},
    }
    edits = [put(f"{PAYLOAD}/properties/{name}", schema) for name, schema in wanted.items()]
    world = open_world(edited(*edits, put(f"{PAYLOAD}/required/-", "region"), _without_examples))
    hook(world, "booking.created")
    Staging(world.contract).trigger(world.sandbox, "booking.created")
    (lease,) = due(world)
    body = orjson.loads(lease.body)
    assert {name: body[name] for name in wanted} == {"api_version": "2026-11", "livemode": False, "region": "eu"}
    assert world.sandbox.outbox.terms.objection(lease) is None


def test_src_5_what_breaks_the_contract_is_not_sent_and_told_in_the_log_and_the_list(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """As often as it is tried, and nobody's subscription suffers from it."""
    reference = {"$ref": f"#{SCHEMAS}/BookingPage"}
    world = open_world(edited(put(f"{PAYLOAD}/properties/data", reference), _without_examples))
    with Receiver() as receiver:
        hook(world, "booking.created", url=receiver.url)
        with caplog.at_level(logging.ERROR, "smartcal"):
            Staging(world.contract).trigger(world.sandbox, "booking.created")
            _deliver(world)
            log = DeliveryLog(world.sandbox.store)
            (listed,) = log.deliveries()
            assert world.sandbox.outbox.redeliver(listed["id"], now=world.sandbox.clock.now())
            _deliver(world)
        assert list(receiver.received) == []
    told = log.delivery(listed["id"]) or {}
    assert told["state"] == "failed"
    assert [each["error"] for each in told["attempt_log"]] == ["breaks_the_contract"] * 2
    assert f"{SCHEMAS}/BookingPage" in told["attempt_log"][0]["detail"]
    assert caplog.text.count("booking.created is not sent, for it breaks the contract at") == 2
    assert [each["active"] for each in log.subscriptions()] == [True]


def test_src_2_declared_headers_are_sent() -> None:
    def header(name: str, **stated: Any) -> Edit:
        return put(f"{CREATED}/parameters/-", {"name": name, "in": "header", "schema": {"type": "string"}, **stated})

    world = open_world(
        edited(
            header("X-Delivery", **{"x-value": "delivery_id"}),
            header("X-Attempt", **{"x-value": "attempt"}),
            header("X-Sent-At", **{"x-value": "timestamp"}),
            header("X-Event", **{"x-value": "event_type"}),
            header("User-Agent", schema={"type": "string", "const": "SmartCal/2"}),
            header("X-Region", example="eu"),
        )
    )
    with Receiver() as receiver:
        hook(world, "booking.created", url=receiver.url)
        Staging(world.contract).trigger(world.sandbox, "booking.created")
        _deliver(world)
        (received,) = receiver.received
    (listed,) = DeliveryLog(world.sandbox.store).deliveries()
    names = ("x-delivery", "x-attempt", "x-sent-at", "x-event", "user-agent", "x-region")
    sent = [received.headers[name] for name in names]
    seconds = str(world.sandbox.clock.now() // 1_000_000_000)
    assert sent == [listed["id"], "1", seconds, "booking.created", "SmartCal/2", "eu"]


def test_src_2_a_header_without_a_value_is_refused_with_its_place() -> None:
    header = {"name": "X-Delivery", "in": "header", "schema": {"type": "string"}}
    with pytest.raises(ContractError, match="X-Delivery has no value; give it a const, an example, or as x-value"):
        edited(put(f"{CREATED}/parameters/-", header))


@pytest.mark.parametrize("about", [None, "Event"])
def test_src_2_a_new_event_type_is_about_something_that_is_there(about: str | None) -> None:
    world = open_world(edited(_another_type(about)))
    hook(world, "booking.no_show")
    (happened,) = Staging(world.contract).trigger(world.sandbox, "booking.no_show")
    path = "events" if about else "bookings"
    found = world.get(f"/api/v1/{path}/{happened.data['id']}", key=world.key("read"))
    assert (found.status, found.json) == (200, happened.data)
    (lease,) = due(world)
    assert world.sandbox.outbox.terms.objection(lease) is None


def _deliver(world: World) -> None:
    async def deliver() -> None:
        dispatcher = Dispatcher(LOOPBACK)
        world.registry.deliver_by(dispatcher)
        assert world.sandbox.outbox.deliver is not None
        await world.sandbox.outbox.deliver(world.sandbox.clock.now())
        await dispatcher.close(grace=0)

    asyncio.run(deliver())


def _another_type(about: str | None) -> Edit:
    def edit(data: Any) -> None:
        schema = {
            "type": "object",
            "required": ["id", "type", "created_at", "data"],
            "properties": {
                "id": {"$ref": f"#{SCHEMAS}/WebhookEventId"},
                "type": {"const": "booking.no_show"},
                "created_at": {"$ref": f"#{SCHEMAS}/Timestamp"},
                "data": {"type": "object"} if about else {"$ref": f"#{SCHEMAS}/Booking"},
            },
        }
        like = data["webhooks"]["booking.created"]["post"]
        body = {"required": True, "content": {"application/json": {"schema": schema}}}
        stated = {**like, "operationId": "bookingNoShow", "requestBody": body}
        data["webhooks"]["booking.no_show"] = {"post": stated if about is None else {**stated, "x-about": about}}
        data["components"]["schemas"]["EventType"]["enum"].append("booking.no_show")

    return edit


def _without_examples(data: Any) -> None:
    if isinstance(data, dict):
        for name in ("example", "examples"):
            if name in data and "properties" not in data:
                data.pop(name)
    for inner in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        _without_examples(inner)
