"""What the journal, and faults of which none is armed, add to a request: the server with and without them."""

from collections.abc import Sequence
from contextlib import ExitStack
from statistics import median

from bench.figures import CannotMeasure, Figure, Section, Target
from bench.load import measure
from bench.plan import Plan
from bench.processes import has_proc
from bench.scenarios import all_events, scenarios
from bench.servers import bare, generous_contract, serve


def overhead(plan: Plan) -> Section:
    """By CPU a request, which waits for nobody; rounds take turns, and each is compared with the one beside it."""
    if not has_proc():
        raise CannotMeasure("what a server uses of the CPU is told under /proc alone; run this on Linux.")
    spec = ("--spec", str(generous_contract(plan.folder)))
    rows: list[Sequence[Figure | str]] = []
    rounds = 3 * plan.rounds
    with ExitStack() as stack:
        servers = [stack.enter_context(each.running(plan.folder)) for each in (bare(*spec), serve(*spec))]
        for scenario in scenarios(all_events(servers[0].port), ("list", "one"), different=0):
            without, whole = measure(
                servers,
                scenario.targets,
                plan.folder,
                rounds=rounds,
                seconds=plan.round_seconds,
                warm_up=plan.warm_up,
            )
            pairs = [(one.cpu, two.cpu) for one, two in zip(without.rounds, whole.rounds, strict=True)]
            added = median((two - one) / one * 100 for one, two in pairs if one and two)
            rows.append(
                [
                    scenario.title,
                    _microseconds(f"{scenario.name} without", without.median("cpu")),
                    _microseconds(f"{scenario.name} with", whole.median("cpu")),
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
        title=f"Journal and faults (none armed): CPU a request, medians of {rounds} rounds",
        columns=["", "without", "with", "added"],
        rows=rows,
    )


def _microseconds(name: str, seconds: float | None) -> Figure:
    value = None if seconds is None else seconds * 1e6
    return Figure(name=f"{name} CPU a request", value=value, unit="µs", pattern=",.1f")
