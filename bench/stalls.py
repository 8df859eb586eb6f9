"""How long somebody waits who asks for next to nothing while somebody else asks for a lot (law GUARD 3)."""

import http.client
import json
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bench.client import Connection
from bench.figures import CannotMeasure, Figure, Section, Target
from bench.pipeliners import pipeline
from bench.plan import Plan
from bench.servers import CONTRACT, serve

_ME = "/api/v1/me"
_STALL = Target(sign="≤", bound=50)
_PATIENCE = 120.0
_HOSTILE, _FORM = b"a=&" * 340_000, "application/x-www-form-urlencoded"
_JSON = "application/json"


def stalls(plan: Plan) -> Section:
    """One asks for `/me` of the default sandbox all the time, the other does each of these once."""
    contract = plan.folder / "stalls.yaml"
    text = CONTRACT.read_text(encoding="utf-8")
    contract.write_text(text, encoding="utf-8")
    rows: list[Sequence[Figure | str]] = []
    with serve("--spec", str(contract), "--reload", "--rate-limits", "off").running(plan.folder) as server:
        other = _Other(server.port)
        made = f"/_sandbox/sandboxes/{other.name}"
        snapshots = f"{made}/snapshots"
        steps: dict[str, Callable[[], object]] = {
            "nothing": lambda: time.sleep(0.5),
            "create": lambda: other.post("/_sandbox/sandboxes", other.wanted(plan.kept)),
            "snapshot": lambda: other.post(snapshots, {"name": "kept"}),
            "restore": lambda: other.post(f"{snapshots}/kept/restore"),
            "reset": lambda: other.post(f"{made}/reset"),
            "fork": lambda: other.post(f"{made}/fork", {"name": "forked"}),
            "diff": lambda: other.get(f"{made}/diff?from=kept"),
            "bundle": lambda: other.get(f"{made}/bundle"),
            "reload": lambda: other.take_up(contract, text),
            "removal": lambda: other.delete("/_sandbox/sandboxes/forked"),
            "hostile bodies": lambda: [other.post("/oauth/token", _HOSTILE, _FORM, expected=400) for _ in range(3)],
            "pipeliners": lambda: pipeline(server.port),
            "journal": lambda: other.get("/_sandbox/sandboxes/default/journal?limit=1000"),
            "journal as HAR": lambda: other.get("/_sandbox/sandboxes/default/journal/har"),
            "bundle with it": lambda: other.get("/_sandbox/sandboxes/default/bundle"),
        }
        for name, step in steps.items():
            waited, seconds = _waited(server.port, step)
            longest, usual = max(waited) * 1e3, waited[int(len(waited) * 0.99)] * 1e3
            rows.append(
                [
                    name,
                    Figure(name=f"{name} took", value=seconds, unit="s", pattern=".2f"),
                    Figure(name=f"{name}, another's p99", value=usual, unit="ms", pattern=".1f", target=_STALL),
                    Figure(name=f"{name}, another's longest wait", value=longest, unit="ms", pattern=".1f"),
                ]
            )
    return Section(
        title=f"Stalls: what another client waits for /me meanwhile, with a sandbox of {plan.kept:,} events",
        columns=["", "took", "p99", "longest"],
        rows=rows,
        notes=["The reload edits every event's schema, so that it looks at every document."],
    )


def _waited(port: int, step: Callable[[], object]) -> tuple[list[float], float]:
    """Seconds that each answer took until the step was done, in order, and those that the step took."""
    waited: list[float] = []
    over = threading.Event()

    def ask() -> None:
        with Connection(port) as connection:
            while not over.is_set():
                waited.append(connection.timed(_ME))
                time.sleep(0.002)

    asking = threading.Thread(target=ask)
    asking.start()
    began = time.perf_counter()
    try:
        step()
        seconds = time.perf_counter() - began
    finally:
        over.set()
        asking.join()
    return sorted(waited), seconds


class _Other:
    """Who asks for a lot, by a connection of its own for each request; what is answered is read, and not looked at."""

    name = "large"

    def __init__(self, port: int) -> None:
        self._port = port

    def wanted(self, events: int) -> dict[str, Any]:
        return {"name": self.name, "events": events, "bookings": 50, "now": "2026-03-04T12:00:00Z", "frozen": True}

    def get(self, target: str) -> None:
        self._send("GET", target, b"", _JSON, 200)

    def delete(self, target: str) -> None:
        self._send("DELETE", target, b"", _JSON, 204)

    def post(self, target: str, body: Any = None, media_type: str = _JSON, expected: int | None = None) -> None:
        sent = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        self._send("POST", target, sent, media_type, expected)

    def take_up(self, contract: Path, text: str) -> None:
        """Until an edit is served that every document is judged by anew."""
        version = "0.0.0-edited"
        lines = text.split("\n")
        at = next(number for number, line in enumerate(lines) if line.startswith("  version:"))
        event = next(number for number, line in enumerate(lines) if line == "    Event:")
        lines[event + 1 : event + 1] = ["      maxProperties: 1000"]
        lines[at] = f"  version: {version}"
        contract.write_text("\n".join(lines), encoding="utf-8")
        deadline = time.monotonic() + _PATIENCE
        with Connection(self._port) as connection:
            while version.encode() not in connection.get("/_sandbox/contract").body:
                if time.monotonic() > deadline:
                    raise CannotMeasure("the edited contract was not taken up; see what the server said.")
                time.sleep(0.1)

    def _send(self, method: str, target: str, body: bytes, media_type: str, expected: int | None) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=_PATIENCE)
        try:
            connection.request(method, target, body, {"Content-Type": media_type})
            answer = connection.getresponse()
            answer.read()
        finally:
            connection.close()
        if answer.status != expected and (expected is not None or answer.status >= 400):
            raise CannotMeasure(f"{method} {target} was answered with {answer.status}.")
