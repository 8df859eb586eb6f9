"""Reads a delivery on a receiver's side: first the signature, then what it says."""

from typing import Any, cast

import orjson

from smartcal_api.errors import InvalidDelivery
from smartcal_api.webhooks.events import KNOWN, Event, OtherEvent
from smartcal_api.webhooks.signing import verify


def parse(body: bytes, header: str | None, secret: str) -> Event:
    """The event that a delivery tells of; raises `InvalidDelivery`, and nothing else, whatever was sent.

    Members that this version doesn't know are kept: the API may grow.
    """
    if not verify(body, header, secret):
        raise InvalidDelivery(
            "The signature doesn't fit the body and the secret. Verify the raw bytes, with this subscription's secret."
        )
    try:
        stated = orjson.loads(body)
    except ValueError as error:
        raise InvalidDelivery(f"The body is not JSON: {error}.") from None
    texts = ("id", "type", "created_at")
    if not isinstance(stated, dict) or not all(isinstance(stated.get(name), str) for name in texts):
        raise InvalidDelivery(f"The body is missing one of {', '.join(texts)}, each a text.")
    data = stated.get("data")
    if not isinstance(data, dict):
        raise InvalidDelivery("The body is missing data, an object.")
    return _event(stated["id"], stated["type"], stated["created_at"], data)


def _event(identifier: str, kind: str, created_at: str, data: dict[str, Any]) -> Event:
    if kind not in KNOWN:
        return OtherEvent(identifier, created_at, data, kind)
    made, shape = KNOWN[kind]
    missing = shape.__annotations__.keys() - data.keys()
    if missing:
        raise InvalidDelivery(f"data is missing {', '.join(sorted(missing))}, which every {kind} has.")
    return cast("Event", made(identifier, created_at, data))
