"""A whole server without a socket, with its control plane and its webhooks: started and restarted in milliseconds.

It lives in an event loop of its own thread, so that whoever verifies it asks from outside, as of any other deployment.
"""

import asyncio
import secrets
import threading
from collections.abc import Callable, Coroutine
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar
from urllib.parse import quote, unquote, urlsplit

from smartcal_api.app import Front, Options
from smartcal_api.conformance.target import Target, from_ready_file
from smartcal_api.conformance.wire import Answer, Request, Unreachable
from smartcal_api.contract import Contract
from smartcal_api.defects.subject import Subject
from smartcal_api.sandbox.registry import Registry
from smartcal_api.server.application import open_application
from smartcal_api.server.clients import client_ring
from smartcal_api.server.ready import ready_document
from smartcal_api.server.world import key_ring, open_sandbox
from smartcal_api.settings import GivenKey, Settings
from smartcal_api.webhooks.dispatcher import Dispatcher
from smartcal_api.webhooks.network import LOOPBACK

T = TypeVar("T")
Plant = Callable[[Subject], None]
ROOT = "http://127.0.0.1:8080"
_KEYS = 12
"""Keys of each scope, as many as a fresh mock has."""
_PATIENCE = 60.0


class Deployment:
    """One server, right or with a defect. `target` is what a ready file would say of it."""

    def __init__(self, contract: Contract, *, seed: int, plant: Plant | None = None, store: Path | None = None) -> None:
        self._contract = contract
        self._plant = plant
        keys = {
            scope: [f"{contract.policy.secrets['api_key']}{secrets.token_urlsafe(24)}" for _ in range(_KEYS)]
            for scope in contract.scopes
        }
        given = tuple(GivenKey((scope,), value) for scope, values in keys.items() for value in values)
        self._settings = Settings(seed=seed, store=store, keys=given)
        self._keys = keys
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._stack = ExitStack()

    def __enter__(self) -> "Deployment":
        self._thread.start()
        self._wait(self._start())
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._wait(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def restart(self) -> None:
        """Stops the server and starts it again on the same store, which has to be a file."""
        self._wait(self._stop())
        self._settings = Settings(store=self._settings.store, keys=self._settings.keys)
        self._wait(self._start())

    def connect(self, _: Target) -> "Line":
        """What a session sends with."""
        return Line(self, "")

    def control_line(self) -> "Line":
        """What a control plane is spoken to with."""
        return Line(self, urlsplit(self.target.control_url or "").path)

    def answer(self, request: Request) -> Answer:
        """One request, from any thread."""
        return self._wait(self._answer(request))

    def _wait(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(_PATIENCE)

    async def _start(self) -> None:
        contract, settings = self._contract, self._settings
        sandbox = self._stack.enter_context(open_sandbox(contract, settings))
        keys = key_ring(sandbox, contract, settings)
        clients = client_ring(sandbox, contract, settings)
        registry, options = Registry(sandbox), Options(public_url=ROOT)
        self._front = Front(open_application(contract, registry, options), registry, options)
        if self._plant is not None:
            self._plant(Subject(self._front, sandbox))
        self._dispatcher = Dispatcher(LOOPBACK)
        registry.deliver_by(self._dispatcher)
        ready = ready_document(ROOT, contract, keys, clients, webhooks=(), control_token=None)
        self.target = Target(**from_ready_file({**ready, "keys": self._keys, "exclusive": True}), restart=self.restart)

    async def _stop(self) -> None:
        await self._dispatcher.close(grace=0.0)
        self._stack.close()

    async def _answer(self, request: Request) -> Answer:
        body = request.body
        received, answered = asyncio.Event(), asyncio.Event()
        sent: list[Any] = []

        async def receive() -> dict[str, Any]:
            if received.is_set():
                await answered.wait()  # who asks stays until then
                return {"type": "http.disconnect"}
            received.set()
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)

        try:
            await self._front(_scope(request), receive, send)
        finally:
            answered.set()
        if not sent:
            raise Unreachable("the connection was closed without an answer")
        start, *rest = sent
        headers = tuple((name.decode(), value.decode("latin-1")) for name, value in start["headers"])
        whole = b"".join(each.get("body", b"") for each in rest)
        return Answer(start["status"], headers, b"" if request.method == "HEAD" else whole)


class Line:
    """A transport to a deployment, to what is below `prefix`."""

    def __init__(self, deployment: Deployment, prefix: str) -> None:
        self._deployment, self._prefix = deployment, prefix

    def send(self, request: Request) -> Answer:
        target = self._prefix + request.target
        return self._deployment.answer(Request(request.method, target, request.headers, request.body))

    def close(self) -> None:
        """There is no connection."""


def _scope(request: Request) -> dict[str, Any]:
    """The ASGI scope that uvicorn would make of a request."""
    path, _, query = request.target.partition("?")
    parts = urlsplit(ROOT)
    length = [("Content-Length", str(len(request.body)))] if request.body or request.method == "POST" else []
    fields = [("Host", parts.netloc), *request.headers, *length]
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": parts.scheme,
        "path": unquote(path),
        "raw_path": quote(path, safe="/%~:@!$&'()*+,;=").encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in fields],
        "client": ("127.0.0.1", 50000),
        "server": (parts.hostname, parts.port),
    }
