"""How much slower the same queries are on many events than on few, and how long it takes to make that many."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path
from random import Random
from statistics import median
from typing import Any, NamedTuple

from bench.client import Connection
from bench.figures import CannotMeasure, Figure, Section, Target
from bench.plan import Plan
from bench.scenarios import EVENTS
from bench.servers import generous_contract, serve

_RESERVE = 20.0  # seconds that are kept for the queries on the many
_SAME = Target(sign="≤", bound=2)
_FIRST_TIME = Target(sign="≤", bound=50)
_STATED = {"status": ["confirmed", "tentative", "cancelled"], "source": ["smartcal", "google", "outlook", "icloud"]}
_INSTANTS = ("start_after", "start_before")


class _Query(NamedTuple):
    """A kind of request and requests of it, with what is to be reached: against few events, and in milliseconds."""

    title: str
    targets: Sequence[str]
    ratio: Target | None = None
    milliseconds: Target | None = None


def growth(plan: Plan) -> Section:
    """One connection and one request at a time, so that a latency is the server's own."""
    contract = generous_contract(plan.folder)
    few, _ = _measure(plan, contract, plan.few, patience=30.0)
    try:
        many, seconds = _measure(plan, contract, plan.many, patience=max(plan.left() - _RESERVE, 10.0))
    except CannotMeasure as error:
        raise CannotMeasure(f"{error} (with `--only growth` it has all the time of a run)") from None
    rows: list[Sequence[Figure | str]] = []
    for (query, before), (_, after) in zip(few, many, strict=True):
        at_few, at_many = (f"{query.title}, p50 at {events}" for events in (plan.few, plan.many))
        rows.append(
            [
                query.title,
                Figure(name=at_few, value=before, unit="ms", pattern=".2f"),
                Figure(name=at_many, value=after, unit="ms", pattern=".2f", target=query.milliseconds),
                Figure(
                    name=f"{query.title}, growth", value=after / before, unit="×", pattern=".1f", target=query.ratio
                ),
            ]
        )
    made = Figure(name=f"from the command to the first answer with {plan.many}", value=seconds, unit="s")
    return Section(
        title="Growth: p50 of the same queries on a few and on many events in memory, from one connection",
        columns=["", f"{plan.few:,} events", f"{plan.many:,} events", "ratio"],
        rows=[*rows, ["made, indexed and served after", "", made, ""]],
        notes=[
            "Each filter is asked for values that nobody asked for before: no total and no page of them is remembered.",
            *([f"A quick run: the full one goes on to {1_000_000:,} events."] if plan.many < 1_000_000 else []),
        ],
    )


def _measure(plan: Plan, contract: Path, events: int, *, patience: float) -> tuple[list[tuple[_Query, float]], float]:
    """Each query with its p50 in milliseconds, and the seconds that it took until the server answered."""
    with serve("--spec", str(contract), "--events", str(events)).running(plan.folder, patience=patience) as server:
        with Connection(server.port) as connection:
            try:
                connection.timed(EVENTS)
                queries = list(_queries(connection, plan.samples))
                measured = [
                    (query, median(connection.timed(target) for target in query.targets) * 1e3) for query in queries
                ]
            except OSError as error:
                raise CannotMeasure(f"a query on {events:,} events failed: {error}") from None
        return measured, server.seconds


def _queries(connection: Connection, samples: int) -> Iterator[_Query]:
    random = Random(0)
    first, last = _ends(connection)

    def instant() -> str:
        """Anywhere between the first and the last event; which one is as good as never asked for twice."""
        moment = first + timedelta(seconds=random.randrange(int((last - first).total_seconds()) + 1))
        return moment.strftime("%Y-%m-%dT%H:%M:%SZ")

    ids = [
        event["id"]
        for _ in range(samples)
        for event in _page(connection, f"?start_after={instant()}&per_page=20")["data"]
    ]
    pages = _page(connection, "")["pagination"]["total_pages"]
    yield _Query("one event", [f"{EVENTS}/{each}" for each in ids], ratio=_SAME)
    # Of about twenty events, and none asked for twice: the store remembers a page until the collection changes.
    sizes = [size for size in range(10, 31) if size != 20]
    yield _Query("first page, unfiltered", [f"{EVENTS}?per_page={size}" for size in sizes], ratio=_SAME)
    last_pages = [f"{EVENTS}?page={pages * 20 // size}&per_page={size}" for size in sizes]
    yield _Query("last page, unfiltered", last_pages)
    names = (*_STATED, *_INSTANTS)
    for size in range(1, len(names) + 1):
        for chosen in combinations(names, size):
            targets = list(dict.fromkeys(_filtered(chosen, random, instant) for _ in range(samples)))
            yield _Query(" + ".join(chosen), targets, milliseconds=_FIRST_TIME)


def _filtered(chosen: Sequence[str], random: Random, instant: Any) -> str:
    values = {name: random.choice(_STATED[name]) for name in chosen if name in _STATED}
    values |= dict(zip([name for name in chosen if name in _INSTANTS], sorted({instant(), instant()}), strict=False))
    return f"{EVENTS}?" + "&".join(f"{name}={value}" for name, value in values.items())


def _ends(connection: Connection) -> tuple[datetime, datetime]:
    """The starts of the first and of the last event."""
    total = _page(connection, "?per_page=1")["pagination"]["total"]
    pages = [_page(connection, f"?per_page=1&page={number}")["data"][0] for number in (1, total)]
    first, last = (datetime.fromisoformat(event["start_time"]).astimezone(UTC) for event in pages)
    return first, last


def _page(connection: Connection, query: str) -> dict[str, Any]:
    answer = connection.get(EVENTS + query)
    if answer.status != 200:
        raise CannotMeasure(f"{EVENTS}{query} was answered with {answer.status}.")
    page: dict[str, Any] = json.loads(answer.body)
    return page
