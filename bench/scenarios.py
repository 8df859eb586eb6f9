"""What is asked for, taken from the server itself: the targets of each scenario, and the answers that raw repeats."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from bench.client import Connection
from bench.figures import CannotMeasure, Target
from bench.stock import selects

EVENTS = "/api/v1/events"
PAGE = 20
_MINE = {"date", "connection"}  # uvicorn sends its own


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One load, and what is to be reached under it: percent of raw, times stock, and milliseconds at p99."""

    name: str
    title: str
    targets: Sequence[str]
    of_raw: Target | None = None
    of_stock: Target | None = None
    p99: Target | None = None


def all_events(port: int) -> list[dict[str, Any]]:
    """Every event of the main account, in the order of the list."""
    found: list[dict[str, Any]] = []
    with Connection(port) as connection:
        while True:
            body = json.loads(connection.get(f"{EVENTS}?per_page=100&page={len(found) // 100 + 1}").body)
            found += body["data"]
            if len(found) >= body["pagination"]["total"]:
                return found


def scenarios(events: Sequence[dict[str, Any]], names: Collection[str], *, different: int) -> list[Scenario]:
    """Those of these names; `different` URLs of full pages take turns where each request is to ask something else."""
    lists: dict[str, Any] = {
        "of_raw": Target(sign="≥", bound=30),
        "of_stock": Target(sign="≥", bound=12),
        "p99": Target(sign="<", bound=10),
    }
    single = Target(sign="≥", bound=40)
    pages = _pages(events, different) if "list-different" in names else []
    ids = [f"{EVENTS}/{event['id']}" for event in events]
    Random(0).shuffle(ids)
    known = [
        Scenario(name="list", title="list of 20 events", targets=[EVENTS], **lists),
        Scenario(name="list-different", title="list, each request another", targets=pages),
        Scenario(name="one", title="one event", targets=ids[:1], of_raw=single),
        Scenario(name="one-different", title="one event, each another", targets=ids, of_raw=single),
    ]
    return [each for each in known if each.name in names]


def record(port: int, targets: Sequence[str], file: Path) -> None:
    """Writes down what the server answers, for `bench.raw`."""
    with Connection(port) as connection, file.open("w", encoding="utf-8") as lines:
        for target in targets:
            answer = connection.get(target)
            headers = [field for field in answer.headers if field[0] not in _MINE]
            lines.write(json.dumps([target, headers, answer.body.decode()]) + "\n")


def check_same(targets: Sequence[str], ports: Sequence[int]) -> None:
    """A comparison is one only if the servers answer the same."""
    for target in targets:
        bodies = []
        for port in ports:
            with Connection(port) as connection:
                answer = connection.get(target)
            bodies.append((answer.status, json.loads(answer.body)))
        if any(each != bodies[0] for each in bodies[1:]):
            raise CannotMeasure(f"the servers differ in what they answer to {target}; compare bench/stock.py with it.")


def _pages(events: Sequence[dict[str, Any]], number: int) -> list[str]:
    """URLs that all differ, most of them in what they select too, and that all are answered with a full page."""
    random = Random(0)
    starts = sorted(event["start_time"] for event in events)
    found: dict[str, None] = {}
    for _ in range(number * 50):
        query = {"page": str(random.randint(1, 6)), "start_after": _between(random, starts)}
        for name, chance in (("status", 0.4), ("source", 0.2)):
            if random.random() < chance:
                query[name] = random.choice(events)[name]
        target = f"{EVENTS}?" + "&".join(f"{name}={value}" for name, value in query.items())
        if sum(selects(event, query) for event in events) >= PAGE * int(query["page"]):
            found[target] = None
        if len(found) == number:
            return list(found)
    raise CannotMeasure(f"the data set has too few events for {number} different full pages.")


def _between(random: Random, starts: Sequence[str]) -> str:
    """An instant next to one of the earlier events."""
    start = starts[random.randrange(len(starts) * 3 // 4)]
    return f"{start[:14]}{random.randrange(60):02}:{random.randrange(60):02}Z"
