"""Requests that each operation of the contract takes, and a look at all that a sandbox has stored."""

import re
from typing import Any

import orjson

from smartcal_api.contract import Contract, Operation
from smartcal_api.sandbox import Sandbox
from smartcal_api.store.collection import quoted
from tests.wire import Reply, World

BEARER, HEADER = "bearer", "header"
MISSING = {"event": "evt_", "booking": "bkg_", "booking_page": "bpg_", "webhook": "whk_"}
_NAMED = {"event_id": "Event", "booking_page_id": "BookingPage", "booking_id": "Booking", "webhook_id": "Webhook"}


def product(contract: Contract) -> list[Operation]:
    """The operations that want a credential."""
    return [operation for operation in contract.operations.values() if operation.alternatives]


def lists(contract: Contract) -> list[Operation]:
    return [operation for operation in contract.operations.values() if operation.listing is not None]


def credential(carrier: str, secret: str) -> dict[str, str]:
    return {"authorization": f"Bearer {secret}"} if carrier == BEARER else {"x-api-key": secret}


def call(
    world: World, operation: Operation, headers: dict[str, str], *, owner: int = 1, identifier: str | None = None
) -> Reply:
    """A request that the operation answers with its success, if the credential may; on a resource of `owner`'s."""
    content = stated(world.contract, operation).get("requestBody", {}).get("content", {})
    body = b""
    for media_type, each in content.items():
        body = orjson.dumps(next(iter(each["examples"].values()))["value"])
        headers = headers | {"content-type": media_type}
    return world.request(operation.method, path_of(world, operation, owner, identifier), headers=headers, body=body)


def stated(contract: Contract, operation: Operation) -> Any:
    """The operation as the document has it."""
    return contract.document.resolve(f"#{operation.pointer}")


def path_of(world: World, operation: Operation, owner: int = 1, identifier: str | None = None) -> str:
    """The operation's path, with the id of a resource that it can work on."""
    return re.sub(r"\{(\w+)\}", lambda match: identifier or existing(world, match[1], owner), operation.path)


def existing(world: World, parameter: str, owner: int) -> str:
    collection = _NAMED[parameter]
    for document in owned(world, collection, owner):
        if collection != "Booking" or document["status"] in ("pending", "confirmed"):
            return document["id"]
    assert collection == "Webhook", f"account {owner} has no {collection} left to work on"
    return subscribe(world, owner=owner)["id"]


def owned(world: World, collection: str, owner: int = 1) -> list[dict[str, Any]]:
    """The stored documents of an account, past the API; bookings from the latest, since those can be cancelled."""
    found = [orjson.loads(document) for who, document in world.sandbox.store.all(collection) if who == owner]
    return sorted(found, key=lambda each: each.get("start_time", ""), reverse=True)


def subscribe(world: World, *, owner: int = 1, url: str = "https://hooks.example.com/a") -> dict[str, Any]:
    """A new webhook subscription, as its creation answers it."""
    key = world.key("admin", owner=owner)
    created = world.post("/api/v1/webhooks", {"url": url, "events": ["booking.created"]}, key=key)
    assert created.status == 201, created.body
    return created.json


def dump(sandbox: Sandbox) -> dict[str, list[Any]]:
    """Every row of every table, after what is due has happened."""
    sandbox.now()
    query = sandbox.store.query
    names = [name.decode() for (name,) in query("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
    return {name: sorted(query(f"SELECT * FROM {quoted(name)}"), key=repr) for name in names}
