"""What a verdict takes, and how many answers it is made of, beside the command of Schemathesis on the same server."""

import json
import subprocess
import time
from pathlib import Path
from typing import Any, NamedTuple

from bench.figures import CannotMeasure, Figure, Section, Target
from bench.plan import Plan
from bench.processes import smartcal
from smartcal_api.conformance.mock import fresh_mock
from smartcal_api.contract import Contract
from smartcal_api.defects.plain import schemathesis
from smartcal_api.errors import UsageError

_LONGEST = {"full": 30.0, "quick": 5.0}
_PATIENCE = 300.0
_WAITING = 90.0
"""So long `--rate-limit=auto` may go on after its time: it waits for the end of a window that it has used up."""


class Measured(NamedTuple):
    """The seconds from the command to its end; its requests, and those of them that were told something: no 429."""

    title: str
    seconds: float
    requests: int
    answers: int


def verdicts(plan: Plan) -> Section:
    """Both commands, each on a server as it comes, with its limits and its control plane; one after the other."""
    contract = Contract.read()
    try:
        rows = [_verify(profile, plan.folder) for profile in _LONGEST]
        compared = [
            _schemathesis("schemathesis run", contract, plan),
            _schemathesis("the same, --rate-limit=auto", contract, plan, more=("--rate-limit=auto",)),
            _schemathesis("the same, limits off", contract, plan, server=("--rate-limits", "off")),
        ]
    except UsageError as error:
        raise CannotMeasure(str(error)) from None
    full = rows[0]
    return Section(
        title="A verdict, and the command of Schemathesis with one key on the same server, which has its limits",
        columns=["", "seconds", "requests", "a second", "no 429", "a second", "smartcal full has"],
        rows=[
            *(_row(each, full, Target(sign="<", bound=_LONGEST[each.title.split()[-1]])) for each in rows),
            *(_row(each, full) for each in compared),
        ],
        notes=[
            "Times are whole commands, their start and (with smartcal) the start of the mock included; Schemathesis "
            f"was given {plan.compared_seconds:.0f} s.",
        ],
    )


def _row(each: Measured, full: Measured, target: Target | None = None) -> list[Figure | str]:
    told = each.answers / each.seconds
    name = each.title
    return [
        name,
        Figure(name=f"{name} seconds", value=each.seconds, unit="s", pattern=".1f", target=target),
        Figure(name=f"{name} requests", value=each.requests),
        Figure(name=f"{name} requests a second", value=each.requests / each.seconds, pattern=",.1f"),
        Figure(name=f"{name} answers", value=each.answers),
        Figure(name=f"{name} answers a second", value=told, pattern=",.1f"),
        Figure(
            name=f"smartcal full to {name}, answers a second",
            value=full.answers / full.seconds / told if told else None,
            unit="×",
            pattern=",.1f",
        ),
    ]


def _verify(profile: str, folder: Path) -> Measured:
    """As somebody runs it who names no deployment."""
    reports = folder / f"verify-{profile}"
    began = time.perf_counter()
    try:
        ran = subprocess.run(
            [*smartcal("verify"), "--profile", profile, "--report-dir", str(reports)],
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise CannotMeasure(f"smartcal verify --profile {profile} was not done after {_PATIENCE:.0f} s.") from None
    seconds = time.perf_counter() - began
    if ran.returncode:
        said = (ran.stdout + ran.stderr).strip().splitlines()
        raise CannotMeasure(f"smartcal verify ended with {ran.returncode}: {said[-1] if said else 'it said nothing'}")
    return Measured(f"smartcal verify {profile}", seconds, *counted(next(reports.glob("*.har"))))


def _schemathesis(
    title: str, contract: Contract, plan: Plan, *, more: tuple[str, ...] = (), server: tuple[str, ...] = ()
) -> Measured:
    har = plan.folder / "schemathesis.har"
    har.unlink(missing_ok=True)
    asked = (f"--max-time={plan.compared_seconds:.0f}", "--report=junit,har", f"--report-har-path={har}", *more)
    with fresh_mock(contract, arguments=server) as mock:
        root, key = mock.document["root_url"], mock.document["keys"]["admin"][0]
        ran = schemathesis(contract, root, key, more=asked, longest=plan.compared_seconds + _WAITING)
    if not har.exists():
        raise CannotMeasure(f"{title}: it wrote no report within {ran.seconds:.0f} s.")
    return Measured(title, ran.seconds, *counted(har))


def counted(har: Path) -> tuple[int, int]:
    """All requests, and those that weren't answered 429."""
    entries: list[Any] = json.loads(har.read_text(encoding="utf-8"))["log"]["entries"]
    return len(entries), sum(each["response"]["status"] != 429 for each in entries)
