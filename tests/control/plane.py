"""A control plane over a world, driven in process: an event loop runs only while a request does."""

import asyncio
import json
from functools import lru_cache
from typing import Any, NamedTuple

from smartcal_api.app import Front, Options, prepare
from smartcal_api.contract import Contract, Description
from smartcal_api.control import describe
from smartcal_api.sandbox import Sandbox
from smartcal_api.sandbox.registry import Registry
from tests.wire import Reply, World, open_world, request_scope

JSON = "application/json"


class Plane(NamedTuple):
    """`world` is that of the default sandbox; `front` serves the product and the control plane of all of them."""

    world: World
    registry: Registry
    front: Front

    def get(self, path: str, **request: Any) -> Reply:
        return self.request("GET", path, **request)

    def post(self, path: str, body: Any = None, **request: Any) -> Reply:
        return self.request("POST", path, body=body, **request)

    def request(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        media_type: str | None = JSON,
        absolute: bool = False,
        **request: Any,
    ) -> Reply:
        """A request of any path of the server; below `/_sandbox` where the path says nothing else, or is `absolute`."""
        target = (
            path
            if absolute or path.startswith(("/api", "/oauth", "/~", "/_sandbox", "/.well-known"))
            else f"/_sandbox{path}"
        )
        payload = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        scope = request_scope(method, target, body=payload, media_type=media_type, **request)
        return asyncio.run(_exchange(self.front, scope, payload))

    def create(self, **wanted: Any) -> dict[str, Any]:
        """A new sandbox, as its creation answers it."""
        reply = self.post("/sandboxes", wanted)
        assert reply.status == 201, reply.body
        return reply.json

    def sandbox(self, name: str) -> Sandbox:
        found = self.registry.get(name)
        assert found is not None
        return found


def open_plane(contract: Contract, *, options: Options | None = None, **world: Any) -> Plane:
    options = options or Options()
    opened = open_world(contract, options=options, **world)
    front = Front(opened.application, opened.registry, options, control=_description(contract))
    asyncio.run(prepare(opened.application.asgi))
    return Plane(opened, opened.registry, front)


@lru_cache(maxsize=4)
def _description(contract: Contract) -> Description:
    """The control plane's document: most tests are of the same contract, and reading it takes longer than a request."""
    return describe(contract)


async def _exchange(front: Front, scope: dict[str, Any], body: bytes) -> Reply:
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    await front(scope, receive, send)  # type: ignore[arg-type]  # scopes are dicts
    start, *rest = sent
    headers = {name.decode(): value.decode("latin-1") for name, value in start["headers"]}
    return Reply(start["status"], headers, b"".join(message["body"] for message in rest))
