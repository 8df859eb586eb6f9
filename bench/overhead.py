"""What the journal, and faults of which none is armed, add to a request: one server with and without them."""

import signal
from collections.abc import Sequence
from statistics import median

from bench.figures import CannotMeasure, Figure, Section, Target
from bench.load import measure
from bench.plan import Plan
from bench.processes import has_proc
from bench.scenarios import all_events, scenarios
from bench.servers import WITH, WITHOUT, generous_contract, switched


def overhead(plan: Plan) -> Section:
    """By CPU a request, which waits for nobody; rounds with and without take turns, each is compared with its next."""
    if not has_proc():
        raise CannotMeasure("what a server uses of the CPU is told under /proc alone; run this on Linux.")
    program = switched("--spec", str(generous_contract(plan.folder)))
    rows: list[Sequence[Figure | str]] = []
    pairs = 4 * plan.rounds
    with program.running(plan.folder) as server:
        for scenario in scenarios(all_events(server.port), ("list", "one"), different=0):
            used: dict[signal.Signals, list[float]] = {WITHOUT: [], WITH: []}
            for number in range(pairs + 1):
                # First one, then the other: what the machine gains or loses on the way is so for both.
                for which in (WITHOUT, WITH) if number % 2 else (WITH, WITHOUT):
                    server.process.send_signal(which)
                    (measured,) = measure(
                        [server], scenario.targets, plan.folder, rounds=1, seconds=plan.round_seconds, warm_up=0
                    )
                    cpu = measured.median("cpu")
                    if number and cpu is not None:  # the first ones warm up
                        used[which].append(cpu)
            added = median(
                (whole - without) / without * 100 for without, whole in zip(used[WITHOUT], used[WITH], strict=True)
            )
            rows.append(
                [
                    scenario.title,
                    _microseconds(f"{scenario.name} without", median(used[WITHOUT])),
                    _microseconds(f"{scenario.name} with", median(used[WITH])),
                    Figure(
                        name=f"{scenario.name} journal and faults add",
                        value=added,
                        unit="%",
                        pattern="+.1f",
                        target=Target(sign="<", bound=5),
                    ),
                ]
            )
    return Section(
        title=f"Journal and faults (none armed): CPU a request, medians of {pairs} pairs of rounds",
        columns=["", "without", "with", "added"],
        rows=rows,
    )


def _microseconds(name: str, seconds: float) -> Figure:
    return Figure(name=f"{name} CPU a request", value=seconds * 1e6, unit="µs", pattern=",.1f")
