"""Deliveries without a network: what is due is taken, answered as the test says, and settled."""

from collections.abc import Callable
from typing import Any

import orjson

from smartcal_api.contract import Contract
from smartcal_api.sandbox.subscriptions import subscribe
from smartcal_api.webhooks.lease import Lease
from smartcal_api.webhooks.outcome import Outcome
from tests.wire import World, open_world

SECOND = 1_000_000_000
Answer = Callable[[Lease], Outcome]
URL = "http://127.0.0.1:9/"


def answered(status: int = 200, *, retry_after: int | None = None) -> Outcome:
    return Outcome(duration=1, status=status, retry_after=retry_after)


def failed(error: str = "timed_out") -> Outcome:
    return Outcome(duration=1, error=error)


def hook(world: World, *events: str, owner: int = 1, url: str = URL, secret: str = f"whsec_{'x' * 32}") -> str:
    """The id of a new subscription, past the API; to all event types if none is named."""
    types = events or tuple(world.contract.data["webhooks"])
    now = world.sandbox.clock.now()
    return subscribe(world.sandbox, url, types, secret=secret, owner=owner, now=now)["id"]


def due(world: World) -> list[Lease]:
    """Leases everything that is due now."""
    return world.sandbox.outbox.take(world.sandbox.clock.now(), most=10**6, each=10**6, busy={})


def post(world: World, answer: Outcome | Answer) -> list[Lease]:
    """Attempts everything that is due now, once; what was attempted."""
    leases = due(world)
    outcomes = [answer(lease) if callable(answer) else answer for lease in leases]
    world.sandbox.outbox.settle(zip(leases, outcomes, strict=True), now=world.sandbox.clock.now())
    return leases


def happen(world: World, event_type: str = "event.updated", *, owner: int = 1) -> None:
    """An event of that type, of the data that the contract shows."""
    with world.sandbox.store.transaction():
        world.sandbox.outbox.record(event_type, _shown(world, event_type), owner=owner, now=world.sandbox.clock.now())


def _shown(world: World, event_type: str) -> dict[str, Any]:
    body = world.contract.data["webhooks"][event_type]["post"]["requestBody"]
    for content in body["content"].values():
        for example in content.get("examples", {}).values():
            while "$ref" in example:
                example = world.contract.document.resolve(example["$ref"])
            data: dict[str, Any] = example["value"]["data"]
            return data
    return {"id": "x"}


def states(world: World) -> list[str]:
    """The states of all deliveries, in the order of recording."""
    return [state.decode() for (state,) in world.sandbox.store.query("SELECT state FROM deliveries ORDER BY number")]


def webhook(world: World, identifier: str) -> dict[str, Any]:
    """The subscription as it is stored."""
    owner = world.sandbox.store.owner_of("Webhook", identifier)
    assert owner is not None
    return orjson.loads(world.sandbox.store.get("Webhook", identifier, owner=owner) or b"")


def empty(contract: Contract) -> World:
    return open_world(contract, data=False)
