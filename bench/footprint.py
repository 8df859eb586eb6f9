"""Seconds from a server's start to its first answer, and its megabytes in memory."""

import json
import time
from collections.abc import Sequence
from statistics import median

from bench.client import Connection, drive
from bench.figures import CannotMeasure, Figure, Section, Target
from bench.plan import Plan
from bench.processes import Program
from bench.scenarios import EVENTS, all_events, record
from bench.servers import generous_contract, raw, serve, stock

SMALLER = 50  # a page's bound in the edited contract
PATIENCE = 30.0


def start(plan: Plan) -> Section:
    """The servers take turns; the first start of each only fills the system's caches of files."""
    programs = _programs(plan)
    seconds: dict[str, list[float]] = {program.name: [] for program in programs}
    for number in range(plan.starts + 1):
        for program in programs:
            with program.running(plan.folder) as server:
                if number:
                    seconds[program.name].append(server.seconds)
    rows: list[Sequence[Figure | str]] = []
    for name, each in seconds.items():
        target = Target(sign="≤", bound=0.9) if name == programs[0].name else None
        value = median(each)
        rows.append([name, Figure(name=f"{name} first answer", value=value, unit="s", pattern=".2f", target=target)])
    return Section(title=f"Start to first answer: medians of {plan.starts}", columns=["", "first 200"], rows=rows)


def reload(plan: Plan) -> Section:
    """From the moment that an edited contract is saved to the first answer under it."""
    file = generous_contract(plan.folder)
    text = file.read_text(encoding="utf-8")
    refused = f"{EVENTS}?per_page={SMALLER + 1}"
    took = []
    with serve("--spec", str(file), "--reload").running(plan.folder) as server:
        for number in range(2 * plan.starts):
            edited = number % 2 == 0
            beside = file.with_suffix(".tmp")
            beside.write_text(
                text.replace("maximum: 100,", f"maximum: {SMALLER},") if edited else text, encoding="utf-8"
            )
            began = time.perf_counter()
            beside.replace(file)
            while Connection.answers(server.port, refused) is edited:
                if time.perf_counter() - began > PATIENCE:
                    raise CannotMeasure("the edited contract was not taken up; see what the server said.")
                time.sleep(0.005)
            took.append(time.perf_counter() - began)
    value = Figure(
        name="saved to served", value=median(took), unit="s", pattern=".2f", target=Target(sign="<", bound=1)
    )
    return Section(
        title=f"--reload: median of {len(took)} saves", columns=["", "saved to served"], rows=[["smartcal", value]]
    )


def memory(plan: Plan) -> Section:
    """Resident after the first answer, and after a load of the same list."""
    rows: list[Sequence[Figure | str]] = []
    for program in _programs(plan, "--rate-limits", "off"):
        with program.running(plan.folder) as server:
            before = server.resident_megabytes()
            drive(server.port, [EVENTS], seconds=3 * plan.round_seconds)
            after = server.resident_megabytes()
        target = Target(sign="<", bound=70) if program.name == "smartcal" else None
        cells = [
            Figure(name=f"{program.name} resident {when}", value=value, unit="MB", target=target)
            for when, value in (("after start", before), ("after load", after))
        ]
        rows.append([program.name, *cells])
    return Section(
        title="Resident memory",
        columns=["", "after start", "after load"],
        rows=rows,
        notes=["With --rate-limits off, or the log of the limiter, bounded by the contract's limits, would not be."],
    )


def _programs(plan: Plan, *arguments: str) -> list[Program]:
    ours = serve(*arguments)
    data, answers = plan.folder / "events.json", plan.folder / "answers.jsonl"
    with ours.running(plan.folder) as server:
        data.write_text(json.dumps(all_events(server.port)))
        record(server.port, [EVENTS], answers)
    return [ours, raw(answers), stock(data)]
