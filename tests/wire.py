"""Drives an application in process, without a socket: for the many requests that generated tests make."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import quote, unquote, urlencode

from smartcal_api.app import Application, Options, build
from smartcal_api.clock import Clock, parse_rfc3339
from smartcal_api.contract import Contract
from smartcal_api.sandbox import Sandbox
from smartcal_api.sandbox.population import default_data_set, mock_collections, populate
from smartcal_api.sandbox.registry import Registry
from smartcal_api.store import OPENED, Store, open_store

NOW = "2026-03-04T12:00:00Z"


class Reply(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """The code of a problem."""
        return self.json["code"]


class World(NamedTuple):
    """An application on a sandbox of its own, with well-known keys: `key("read")`, `key("read", owner=2)`."""

    contract: Contract
    sandbox: Sandbox
    application: Application
    registry: Registry

    def key(self, *scopes: str, owner: int = 1) -> str:
        secret = f"scp_test_{owner}_{'_'.join(sorted(scopes))}"
        self.sandbox.keys.add(secret, scopes, owner=owner)
        return secret

    def get(self, path: str, **request: Any) -> Reply:
        return self.request("GET", path, **request)

    def post(self, path: str, json_body: Any = None, **request: Any) -> Reply:
        if json_body is not None:
            request.setdefault("body", json.dumps(json_body).encode())
            request.setdefault("media_type", "application/json")
        return self.request("POST", path, **request)

    def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | str = "",
        key: str | None = None,
        headers: Mapping[str, str] | list[tuple[str, str]] = (),
        body: bytes = b"",
        media_type: str | None = None,
        client: str = "127.0.0.1",
    ) -> Reply:
        """One request. `path` may carry a query of its own; `key` goes into Authorization."""
        scope = request_scope(
            method, path, query=query, key=key, headers=headers, body=body, media_type=media_type, client=client
        )
        return _drive(self.application.asgi, scope, body)


def request_scope(
    method: str,
    path: str,
    *,
    query: Mapping[str, Any] | str = "",
    key: str | None = None,
    headers: Mapping[str, str] | list[tuple[str, str]] = (),
    body: bytes = b"",
    media_type: str | None = None,
    client: str = "127.0.0.1",
    host: str = "127.0.0.1:8080",
) -> dict[str, Any]:
    """The ASGI scope of a request, as uvicorn would make it."""
    target, _, own_query = path.partition("?")
    text = own_query or (query if isinstance(query, str) else urlencode(query))
    fields = [("host", host)]
    fields += headers.items() if isinstance(headers, Mapping) else headers
    if key is not None:
        fields.append(("authorization", f"Bearer {key}"))
    if media_type is not None:
        fields.append(("content-type", media_type))
    if body:
        fields.append(("content-length", str(len(body))))
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": unquote(target),
        "raw_path": quote(target, safe="/%~:@!$&'()*+,;=").encode(),
        "query_string": text.encode(),
        "root_path": "",
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in fields],
        "client": (client, 50000),
        "server": ("127.0.0.1", 8080),
    }


def open_world(
    contract: Contract | None = None,
    *,
    now: str = NOW,
    seed: int = 0,
    store: Store | None = None,
    rate_limits: bool = False,
    data: bool = True,
    options: Options | None = None,
) -> World:
    """A frozen world with the default data set; rate limits are off unless a test is about them."""
    contract = contract or Contract.read()
    clock = Clock(parse_rfc3339(now), frozen=True)
    known = store is None and data and seed == 0
    if known:
        store = open_store(contract, image=_filled(contract, now))
    sandbox = Sandbox("default", contract, store or open_store(contract), clock, seed=seed, rate_limits=rate_limits)
    if data and not known:
        populate(sandbox, default_data_set())
    registry = Registry(sandbox)
    application = build(contract, registry, options or Options())
    mock_collections(sandbox, contract, application.mocked)
    return World(contract, sandbox, application, registry)


@lru_cache(maxsize=4)
def _filled(contract: Contract, now: str) -> bytes:
    """The default data set at an instant, as a database: most tests begin with the same."""
    sandbox = Sandbox("default", contract, open_store(contract), Clock(parse_rfc3339(now), frozen=True))
    populate(sandbox, default_data_set())
    sandbox.store.set_meta(OPENED, "0")
    image = sandbox.store.image()
    sandbox.store.close()
    return image


def _drive(application: Any, scope: dict[str, Any], body: bytes) -> Reply:
    """Runs the coroutine to its end; nothing in it waits, so there is no event loop."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    coroutine = application(scope, receive, send)
    try:
        coroutine.send(None)
    except StopIteration:
        pass
    else:
        raise AssertionError("the application waited for something that is not the request")
    start, *rest = sent
    headers = {name.decode(): value.decode("latin-1") for name, value in start["headers"]}
    assert len(headers) == len(start["headers"]), "a response header stands twice"
    return Reply(start["status"], headers, b"".join(message["body"] for message in rest))
