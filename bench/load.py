"""The same load on several servers, in short rounds that take turns, so that a noisy machine is so for all of them."""

import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

from bench.client import KEY, drive
from bench.figures import CannotMeasure
from bench.processes import Server, has_proc

CONNECTIONS = 16
_SCRIPT = Path(__file__).with_name("wrk.lua")


class Round(NamedTuple):
    """One round on one server. Without wrk only the CPU is known, since then the client is slower than the server."""

    requests: int
    requests_per_second: float | None = None
    p50: float | None = None
    p99: float | None = None
    cpu: float | None = None


class Measured(NamedTuple):
    """The rounds of one server, in the order in which the others had theirs."""

    rounds: Sequence[Round]

    def median(self, name: str) -> float | None:
        known = [value for value in (getattr(each, name) for each in self.rounds) if value is not None]
        return median(known) if known else None

    def ratio(self, other: "Measured") -> float | None:
        """Of the requests per second, round by round: what slowed one of a pair has mostly slowed the other too."""
        known = [
            one.requests_per_second / two.requests_per_second
            for one, two in zip(self.rounds, other.rounds, strict=True)
            if one.requests_per_second and two.requests_per_second
        ]
        return median(known) if known else None


def find_wrk() -> str | None:
    return shutil.which("wrk")


def measure(
    servers: Sequence[Server], targets: Sequence[str], folder: Path, *, rounds: int, seconds: float, warm_up: float
) -> list[Measured]:
    """One for each server. Without wrk and without /proc nothing can be said, which is `CannotMeasure`."""
    wrk = find_wrk()
    if wrk is None and not has_proc():
        raise CannotMeasure("neither wrk nor /proc is here; install wrk, or run this on Linux.")
    file = folder / "targets.txt"
    file.write_text("\n".join(targets) + "\n")
    try:
        for server in servers:
            drive(server.port, targets, seconds=warm_up, connections=CONNECTIONS)
        found: list[list[Round]] = [[] for _ in servers]
        for _ in range(rounds):
            for server, kept in zip(servers, found, strict=True):
                before = server.cpu_seconds() if has_proc() else 0.0
                done = _wrk(wrk, server, file, seconds) if wrk else _plain(server, targets, seconds)
                cpu = (server.cpu_seconds() - before) / done.requests if has_proc() else None
                kept.append(done._replace(cpu=cpu))
    except OSError as error:
        raise CannotMeasure(f"the load broke off: {error}") from None
    return [Measured(kept) for kept in found]


def _wrk(wrk: str, server: Server, targets: Path, seconds: float) -> Round:
    command = [
        wrk,
        "-t1",
        f"-c{CONNECTIONS}",
        f"-d{seconds:.0f}s",
        "-s",
        str(_SCRIPT),
        f"http://127.0.0.1:{server.port}",
    ]
    try:
        done = subprocess.run(
            [*command, "--", KEY, str(targets)], capture_output=True, text=True, timeout=seconds + 15, check=True
        )
        said = json.loads("{" + done.stdout.rpartition("\n{")[2])
    except (subprocess.SubprocessError, ValueError) as error:
        raise CannotMeasure(f"wrk failed on {server.name}: {error}") from None
    if said["failures"] or not said["requests"]:
        raise CannotMeasure(f"{server.name} failed {said['failures']} of {said['requests']} requests; see its answers.")
    per_second = said["requests"] / said["microseconds"] * 1e6
    return Round(said["requests"], per_second, said["p50"] / 1e3, said["p99"] / 1e3)


def _plain(server: Server, targets: Sequence[str], seconds: float) -> Round:
    return Round(drive(server.port, targets, seconds=seconds, connections=CONNECTIONS))
