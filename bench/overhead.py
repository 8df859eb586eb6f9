"""What the journal, and faults of which none is armed, add to a request: one server with and without them."""

import json
from collections.abc import Sequence
from statistics import median

from bench.client import Connection
from bench.figures import CannotMeasure, Figure, Section, Target
from bench.load import measure
from bench.plan import Plan
from bench.processes import Server
from bench.scenarios import all_events, scenarios
from bench.servers import BLOCK, TALLY, generous_contract, switched

_WARM_UP, _ATTEMPTS = 5, 20


def overhead(plan: Plan) -> Section:
    """By CPU a request, which waits for nobody; blocks with and without take turns, each is compared with its next.

    Where a process happens to have its memory moves the figure by half a percent, so several are asked.
    """
    program = switched("--spec", str(generous_contract(plan.folder)))
    found: dict[tuple[str, str], list[tuple[float, float, float]]] = {}
    for _ in range(plan.rounds):
        with program.running(plan.folder) as server:
            for scenario in scenarios(all_events(server.port), ("list", "one"), different=0):
                _blocks(server)
                blocks = _measured(server, scenario.targets, plan)
                without, whole = (median(used) for used in zip(*blocks, strict=True))
                added = median((whole - without) / without * 100 for without, whole in blocks)
                found.setdefault((scenario.name, scenario.title), []).append((without, whole, added))
    return Section(
        title=f"Journal and faults, none armed: CPU a request, in turns of {BLOCK}, medians of {plan.rounds} servers",
        columns=["", "without", "with", "added"],
        rows=[_row(*names, *map(median, zip(*measured, strict=True))) for names, measured in found.items()],
    )


def _measured(server: Server, targets: Sequence[str], plan: Plan) -> list[tuple[float, float]]:
    """Those of one round; of more where a busy machine got too few of them done."""
    blocks: list[tuple[float, float]] = []
    for _ in range(_ATTEMPTS):
        measure([server], targets, plan.folder, rounds=8, seconds=plan.round_seconds, warm_up=0)
        blocks += _blocks(server)
        if len(blocks) > _WARM_UP + 1:
            return blocks[_WARM_UP:]
    raise CannotMeasure(f"{server.name} answered too little to be measured; is the machine busy?")


def _row(name: str, title: str, without: float, whole: float, added: float) -> list[Figure | str]:
    return [
        title,
        _microseconds(f"{name} without", without),
        _microseconds(f"{name} with", whole),
        Figure(
            name=f"{name} journal adds",
            value=added,
            unit="%",
            pattern="+.1f",
            target=Target(sign="<", bound=5),
        ),
    ]


def _blocks(server: Server) -> list[tuple[float, float]]:
    """Microseconds a request without and with, of each pair of blocks since this was asked the last time."""
    with Connection(server.port) as connection:
        return [(without, whole) for without, whole in json.loads(connection.get(TALLY).body)]


def _microseconds(name: str, value: float) -> Figure:
    return Figure(name=f"{name} CPU a request", value=value, unit="µs", pattern=",.1f")
