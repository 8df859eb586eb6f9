"""Faults armed over the control plane, and what is seen of them."""

import asyncio
from typing import Any

from tests.control.plane import Plane
from tests.wire import request_scope

EVENTS = "/api/v1/events"
FAULTS = "/sandboxes/default/faults"


def arm(plane: Plane, kind: str, **wanted: Any) -> dict[str, Any]:
    reply = plane.post(FAULTS, {"kind": kind, **wanted})
    assert reply.status == 201, reply.body
    return reply.json


def applied(plane: Plane) -> list[int]:
    return [each["applied"] for each in plane.get(FAULTS).json["data"]]


def messages(plane: Plane, path: str, *, extensions: Any = None, method: str = "GET", **request: Any) -> list[Any]:
    """Everything that the application sends, which for some faults is no whole answer."""
    return asyncio.run(sent(plane, path, extensions=extensions, method=method, **request))


async def sent(plane: Plane, path: str, *, extensions: Any = None, method: str = "GET", **request: Any) -> list[Any]:
    scope, heard = request_scope(method, path, **request), []
    if extensions is not None:
        scope["extensions"] = extensions

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        heard.append(message)

    await plane.front(scope, receive, send)  # type: ignore[arg-type]  # scopes are dicts
    return heard


def booking_status(plane: Plane, cancelling: dict[str, Any]) -> str:
    path = cancelling["path"].removesuffix("/cancel")
    return plane.get(path, key=plane.world.key("read")).json["status"]
