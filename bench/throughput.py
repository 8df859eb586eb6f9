"""Requests per second and latency, side by side with raw ASGI and Connexion stock."""

import json
from collections.abc import Collection
from contextlib import ExitStack

from bench.figures import Figure, Section, Target
from bench.load import CONNECTIONS, Measured, find_wrk, measure
from bench.plan import Plan
from bench.processes import Server
from bench.scenarios import Scenario, all_events, check_same, record, scenarios
from bench.servers import generous_contract, raw, serve, stock

NAMES = ("list", "list-different", "one", "one-different")


def throughput(plan: Plan, names: Collection[str]) -> Section:
    """All three servers run through all of it, so that rounds can take turns."""
    with ExitStack() as stack:
        servers, chosen = _start(stack, plan, names)
        rows: list[list[Figure | str]] = []
        for scenario in chosen:
            measured = measure(
                servers,
                scenario.targets,
                plan.folder,
                rounds=plan.rounds,
                seconds=plan.round_seconds,
                warm_up=plan.warm_up,
            )
            rows += _rows(scenario, servers, measured)
    return Section(
        title=f"Throughput: {CONNECTIONS} connections, medians of {plan.rounds} rounds of {plan.round_seconds:g} s",
        columns=["", "req/s", "of raw", "× stock", "p50", "p99", "CPU a request"],
        rows=rows,
        notes=_notes(chosen),
    )


def _start(stack: ExitStack, plan: Plan, names: Collection[str]) -> tuple[list[Server], list[Scenario]]:
    folder = plan.folder
    ours = stack.enter_context(serve("--spec", str(generous_contract(folder))).running(folder))
    events = all_events(ours.port)
    data, answers = folder / "events.json", folder / "answers.jsonl"
    data.write_text(json.dumps(events))
    chosen = scenarios(events, names, different=plan.different)
    targets = [target for each in chosen for target in each.targets]
    record(ours.port, targets, answers)
    others = [raw(answers, first=targets[0]), stock(data)]
    servers = [ours, *(stack.enter_context(each.running(folder)) for each in others)]
    check_same([target for each in chosen for target in each.targets[:20]], [server.port for server in servers])
    return servers, chosen


def _rows(scenario: Scenario, servers: list[Server], measured: list[Measured]) -> list[list[Figure | str]]:
    ours, raw_asgi, stock_connexion = measured
    rows: list[list[Figure | str]] = [[scenario.title, *[""] * 6]]
    for server, each in zip(servers, measured, strict=True):
        name, mine = f"{scenario.name} {server.name}", each is ours

        def figure(what: str, value: float | None, unit: str, pattern: str, target: Target | None = None) -> Figure:
            return Figure(
                name=f"{name} {what}",  # noqa: B023  # called in this round of the loop alone
                value=value,
                unit=unit,
                pattern=pattern,
                target=target if mine else None,  # noqa: B023
            )

        rows.append(
            [
                f"  {server.name}",
                figure("requests per second", each.median("requests_per_second"), "", ",.0f"),
                figure("of raw", _percent(each.ratio(raw_asgi)), "%", ".0f", scenario.of_raw),
                figure("times stock", each.ratio(stock_connexion), "×", ".1f", scenario.of_stock),
                figure("p50", each.median("p50"), "ms", ".1f"),
                figure("p99", each.median("p99"), "ms", ".1f", scenario.p99),
                figure("CPU a request", _micro(each.median("cpu")), "µs", ",.0f"),
            ]
        )
    return rows


def _percent(ratio: float | None) -> float | None:
    return None if ratio is None else ratio * 100


def _micro(seconds: float | None) -> float | None:
    return None if seconds is None else seconds * 1e6


def _notes(chosen: list[Scenario]) -> list[str]:
    notes = [
        "smartcal authenticates, limits (to limits never reached), validates both ways and numbers requests;",
        "raw repeats its bytes; stock routes, authenticates and validates both ways, with neither limits nor ids.",
    ]
    notes += [
        f"{each.title}: {len(each.targets):,} URLs in turn, so that remembering equal answers gains next to nothing."
        for each in chosen
        if each.name == "list-different"
    ]
    if find_wrk() is None:
        notes.append("No wrk here: CPU seconds only, since the client at hand is slower than the servers.")
    return notes
