"""The control plane of a sandbox, as far as laws use it: its clock, its keys, its limits, its triggers."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote, urlsplit

from smartcal_api.conformance.credential import Credential, Kind
from smartcal_api.conformance.findings import Inconclusive
from smartcal_api.conformance.target import Target
from smartcal_api.conformance.wire import Request, Unreachable, Wire

_JSON = (("Content-Type", "application/json"), ("Accept", "application/json"))


class Control:
    """Speaks to `control_url` on a connection of its own; nothing of it is evidence."""

    def __init__(self, target: Target, *, sandbox: str = "default") -> None:
        assert target.control_url is not None
        self._base = f"/sandboxes/{quote(sandbox, safe='')}"
        self._wire = Wire(target, root=target.control_url)
        self.moved_seconds = 0.0
        """How far this run has moved the clock."""

    def get(self, path: str) -> Any:
        return self.ask("GET", path)

    def post(self, path: str, body: Any = None) -> Any:
        return self.ask("POST", path, {} if body is None else body)

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """The JSON of the answer to `path` below the sandbox; what is refused can't be observed, so `Inconclusive`."""
        sent = b"" if body is None else json.dumps(body).encode()
        try:
            answer = self._wire.send(Request(method, self._base + path, _JSON, sent))
        except Unreachable as error:
            raise Inconclusive(f"the control plane can't be reached: {error}") from None
        if not 200 <= answer.status < 300:
            told = answer.body[:300].decode("utf-8", "replace")
            raise Inconclusive(f"the control plane answered {method} {path} with {answer.status}: {told}")
        return json.loads(answer.body) if answer.body else None

    def advance(self, seconds: float) -> None:
        """Everything that falls due until then is done when this returns."""
        self.moved_seconds += seconds
        self.post("/clock/advance", {"by": f"{seconds:g}s"})

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """The clock stands still, but for `advance`; afterwards it runs again, if it did before."""
        running = not self.get("/clock")["frozen"]
        if running:
            self.post("/clock/freeze")
        began = time.monotonic()
        try:
            yield
        finally:
            if running:
                self.post("/clock/resume")
                self.moved_seconds -= time.monotonic() - began

    def now(self) -> str:
        """The instant of the sandbox, RFC 3339."""
        now: str = self.get("/clock")["now"]
        return now

    def mint(self, scopes: frozenset[str], *, account: int = 0, label: str) -> Credential:
        """A key that nobody else has, so with a budget that nobody else uses."""
        made = self.post("/keys", {"scopes": sorted(scopes), "account": account + 1})
        return Credential(label, made["key"], scopes, Kind.KEY, account)

    def reachable(self) -> bool:
        try:
            return self._wire.send(Request("GET", urlsplit("/health").path)).status == 200
        except Unreachable:
            return False

    def close(self) -> None:
        self._wire.close()
