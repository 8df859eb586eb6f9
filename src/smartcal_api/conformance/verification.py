"""A whole run: from a target and a contract to a result."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from smartcal_api.conformance.baseline import Accepted, accept
from smartcal_api.conformance.comparison import compare
from smartcal_api.conformance.control import Control
from smartcal_api.conformance.law import Case
from smartcal_api.conformance.laws import ALL
from smartcal_api.conformance.pacing import Pacing, Waiting
from smartcal_api.conformance.runner import Progress, Runner, cases, unknown
from smartcal_api.conformance.session import Session
from smartcal_api.conformance.target import Target
from smartcal_api.conformance.verdict import Result
from smartcal_api.conformance.wire import Request, Unreachable, Wire
from smartcal_api.contract import Contract
from smartcal_api.errors import UsageError

QUICK, FULL = "quick", "full"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How to go about it. `budget_seconds` ends the run; `reserve` requests of each window are left to others."""

    profile: str = FULL
    seed: int = 0
    only: tuple[str, ...] = ()
    reserve: int = 0
    budget_seconds: float | None = None
    strict: bool = False
    required: tuple[str, ...] = ()
    baseline: Mapping[str, Accepted] = field(default_factory=dict)
    compare: Path | None = None


def chosen(contract: Contract, options: Options) -> list[Case]:
    """The cases of a run, in their order."""
    found = cases(ALL, contract, full=options.profile == FULL or bool(options.only), only=options.only)
    if wrong := unknown((*options.only, *(name for name in options.required if name != "all")), found):
        raise UsageError(f"there is no law {wrong[0]!r}; `smartcal verify --plan` lists them.")
    return found


def verify(
    contract: Contract,
    target: Target,
    options: Options,
    *,
    progress: Progress | None = None,
    waiting: Waiting | None = None,
) -> Result:
    """Checks the laws; raises `UsageError` where the target can't be judged at all."""
    planned = chosen(contract, options)
    session = open_session(contract, target, options, waiting=waiting)
    began = time.monotonic()
    try:
        runner = Runner(session, seed=options.seed, full=options.profile == FULL, progress=progress)
        outcomes = runner.run(planned)
        notes = list(_left(session, target))
    finally:
        session.close()
    outcomes, more = accept(outcomes, options.baseline)
    notes += more
    if options.compare is not None:
        notes += compare(options.compare, outcomes)
    return Result(
        outcomes=outcomes,
        evidence=session.evidence,
        seconds=time.monotonic() - began,
        waited_seconds=session.pacing.waited_seconds,
        root=target.root,
        seed=options.seed,
        profile=options.profile,
        contract=contract,
        strict=options.strict,
        required=frozenset(options.required),
        notes=notes,
    )


def _left(session: Session, target: Target) -> Iterator[str]:
    """How much of what can be used once is left, where it isn't ours to use up."""
    if session.stock.taken and not target.loopback:
        left = len(target.cancellable or ()) - len(session.stock.taken)
        yield f"cancelled {', '.join(session.stock.taken)}; of the bookings that were named {max(0, left)} are left"


def open_session(
    contract: Contract,
    target: Target,
    options: Options,
    *,
    waiting: Waiting | None = None,
) -> Session:
    """A session with a target that answers; the first request of a run is not evidence."""
    wire = Wire(target)
    try:
        wire.send(Request("GET", next(iter(contract.operations.values())).path))
    except Unreachable as error:
        raise UsageError(f"{target.root} can't be reached: {error}") from None
    finally:
        wire.close()
    control = Control(target) if target.control_url else None
    deadline = time.monotonic() + options.budget_seconds if options.budget_seconds is not None else None
    pacing = Pacing(contract.policy, control, reserve=options.reserve, deadline=deadline, waiting=waiting)
    return Session(contract, target, pacing, control)
