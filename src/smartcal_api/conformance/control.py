"""The control plane of a sandbox, as far as laws use it: its clock, its keys, its triggers."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote, urlsplit

from smartcal_api.conformance.credential import Credential, Kind
from smartcal_api.conformance.exchange import Fields
from smartcal_api.conformance.findings import Inconclusive
from smartcal_api.conformance.target import Target
from smartcal_api.conformance.wire import Request, Transport, Unreachable, Wire

_JSON = (("Content-Type", "application/json"), ("Accept", "application/json"))
_DEFAULT = "default"


class Control:
    """Speaks to `control_url` on a connection of its own; nothing of it is evidence. What it refuses can't be observed,
    so it is inconclusive."""

    def __init__(self, target: Target, *, transport: Transport | None = None) -> None:
        assert target.control_url is not None
        self._base = f"/sandboxes/{quote(_sandbox(target), safe='')}"
        self._headers: Fields = _JSON
        if target.control_token:
            self._headers = (*_JSON, ("Authorization", f"Bearer {target.control_token}"))
        self._wire = transport or Wire(target, root=target.control_url)
        self._moved = 0.0
        self.moves = 0
        """How often the clock was moved: what was read before may have changed with it."""
        self._frozen: bool | None = None
        self._mints: bool | None = None
        self._fingerprints: dict[str, str] = {}
        self._triggers: bool | None = None

    def get(self, path: str) -> Any:
        return self.ask("GET", path)

    def post(self, path: str, body: Any = None) -> Any:
        return self.ask("POST", path, {} if body is None else body)

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """The JSON of the answer to `path` below the sandbox."""
        status, answered = self._ask(method, path, body)
        if not 200 <= status < 300:
            told = answered[:300].decode("utf-8", "replace")
            raise Inconclusive(f"the control plane answered {method} {path} with {status}: {told}")
        return json.loads(answered) if answered else None

    def moment(self) -> float:
        """Seconds that have passed for the sandbox, from some instant on."""
        return self._moved + (0.0 if self._stands() else time.monotonic())

    def advance(self, seconds: float) -> None:
        """Everything that falls due until then is done when this returns."""
        self.post("/clock/advance", {"by": seconds})
        self.moves += 1
        self._moved += seconds

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """The clock stands still, but for `advance`; afterwards it runs again, if it did before."""
        if self._stands():
            yield
            return
        self.post("/clock/freeze")
        began = time.monotonic()
        try:
            yield
        finally:
            self.post("/clock/resume")
            self._moved -= time.monotonic() - began

    def now(self) -> str:
        """The instant of the sandbox, RFC 3339."""
        now: str = self.get("/clock")["now"]
        return now

    @property
    def mints(self) -> bool:
        """Whether it makes keys."""
        if self._mints is None:
            status, _ = self._ask("GET", "/keys", None)
            self._mints = status == 200
        return self._mints

    def mint(self, scopes: frozenset[str], *, label: str, seconds: float | None = None) -> Credential:
        """A key that nobody else has, so with a budget that nobody else uses; with `seconds` it lives no longer."""
        until = {} if seconds is None else {"expires_at": f"now+{seconds:g}s"}
        made = self.post("/keys", {"scopes": sorted(scopes), "label": label, **until})
        self._fingerprints[made["key"]] = made["fingerprint"]
        return Credential(label, made["key"], scopes, Kind.KEY)

    def revoke(self, credential: Credential) -> None:
        """Ends a key that was minted."""
        self.ask("DELETE", f"/keys/{self._fingerprints.pop(credential.value)}", {})

    @property
    def triggers(self) -> bool:
        """Whether it makes things happen."""
        if self._triggers is None:
            # There is such a path, and GET is no method of it.
            self._triggers = self._ask("GET", "/triggers/x", None)[0] == 405
        return self._triggers

    def trigger(self, event_type: str) -> list[Any] | None:
        """Makes something happen that leads to such an event: the events that came of it, `type` and `data` each. None
        where it makes nothing of the kind happen."""
        status, answered = self._ask("POST", f"/triggers/{quote(event_type, safe='')}", {})
        if not 200 <= status < 300:
            return None
        events: list[Any] = json.loads(answered)["events"]
        return events

    def close(self) -> None:
        self._wire.close()

    def _stands(self) -> bool:
        """Whether the clock stood still before this run did anything."""
        if self._frozen is None:
            self._frozen = bool(self.get("/clock")["frozen"])
        return self._frozen

    def _ask(self, method: str, path: str, body: Any) -> tuple[int, bytes]:
        sent = b"" if body is None else json.dumps(body).encode()
        try:
            answer = self._wire.send(Request(method, self._base + path, self._headers, sent))
        except Unreachable as error:
            raise Inconclusive(f"the control plane can't be reached: {error}") from None
        return answer.status, answer.body


def _sandbox(target: Target) -> str:
    """A sandbox has its name in its root, as `/~NAME`; the default one is at the bare root."""
    last = urlsplit(target.root).path.rstrip("/").rpartition("/")[2]
    return last.removeprefix("~") if last.startswith("~") else _DEFAULT
