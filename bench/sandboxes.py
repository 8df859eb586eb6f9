"""What making, resetting, keeping and forking a sandbox takes, by its control plane, for few events and for many."""

import time
from collections.abc import Callable
from statistics import median
from typing import Any

from bench.client import Connection
from bench.figures import Figure, Section, Target
from bench.plan import Plan
from bench.scenarios import EVENTS
from bench.servers import serve
from smartcal_api.remote import Control, Sandbox
from smartcal_api.remote import Target as Server

_CREATED_MS = 5.0  # for the default data set
_LIVE, _LIVE_MB = 1_000, 600.0


def sandboxes(plan: Plan) -> Section:
    """Medians of requests from another process: what a test waits for. The first of each is left out."""
    rows = []
    with serve("--rate-limits", "off", "--max-memory", "100000").running(plan.folder) as server:
        root = f"http://127.0.0.1:{server.port}"
        control = Control(Server(root, f"{root}/_sandbox", None, {}, "bench"))
        for events in (200, 1_000, plan.kept):
            times = _measure(control, events, repeat=plan.samples)
            cells: list[Figure | str] = [f"{events:,} events"]
            for name, milliseconds in times.items():
                small = name == "create" and events == 200
                target = Target(sign="<", bound=_CREATED_MS) if small else None
                cells.append(
                    Figure(name=f"{name} at {events}", value=milliseconds, unit="ms", pattern=",.1f", target=target)
                )
            rows.append(cells)
        control.close()
    return Section(
        title=f"Sandboxes, by requests to the control plane: medians of {plan.samples}",
        columns=["", "create", "snapshot", "restore", "reset", "fork"],
        rows=rows,
    )


def live(plan: Plan) -> Section:
    """What the server's process has in memory while many sandboxes of the default data set live, new and once asked."""
    with serve("--rate-limits", "off").running(plan.folder) as server:
        root = f"http://127.0.0.1:{server.port}"
        control = Control(Server(root, f"{root}/_sandbox", None, {}, "bench"))
        before = server.resident_megabytes()
        made = [control.post("/sandboxes", {}) for _ in range(_LIVE)]
        after = server.resident_megabytes()
        for each in made:
            with Connection(server.port, key=each["keys"]["read"]) as connection:
                connection.timed(f"/~{each['name']}{EVENTS}")
        asked = server.resident_megabytes()
        control.close()
    target = Target(sign="≤", bound=_LIVE_MB)
    cells = [
        Figure(name=f"{_LIVE} sandboxes resident", value=after, unit="MB", target=target),
        Figure(name=f"{_LIVE} sandboxes resident, each asked for a list", value=asked, unit="MB"),
        Figure(name="a sandbox", value=after and before and (after - before) * 1_000 / _LIVE, unit="kB"),
    ]
    return Section(
        title=f"{_LIVE:,} live sandboxes: resident memory of the server in all",
        columns=["", "just made", "after a list each", "a sandbox"],
        rows=[["default data set", *cells]],
    )


def _measure(control: Control, events: int, *, repeat: int) -> dict[str, float]:
    wanted = {"now": "2026-03-04T12:00:00Z", "frozen": True, "events": events}
    made = Sandbox(control, control.post("/sandboxes", wanted, patience=300)["name"])
    forks: list[Any] = []
    steps: dict[str, Callable[[], Any]] = {
        "create": lambda: forks.append(control.post("/sandboxes", wanted)),
        "snapshot": lambda: made.post("/snapshots", {"name": "kept"}),
        "restore": lambda: made.post("/snapshots/kept/restore"),
        "reset": lambda: made.post("/reset"),
        "fork": lambda: forks.append(made.post("/fork", {})),
    }
    found = {name: _median(step, repeat) for name, step in steps.items()}
    for each in [*forks, {"name": made.name}]:
        Sandbox(control, each["name"]).delete()
    return found


def _median(step: Callable[[], Any], repeat: int) -> float:
    step()
    times = []
    for _ in range(repeat):
        began = time.perf_counter()
        step()
        times.append((time.perf_counter() - began) * 1_000)
    return median(times)
