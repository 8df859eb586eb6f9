"""A whole run: from a target and a contract to a result."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial

from smartcal_api.conformance.baseline import Baseline, accept
from smartcal_api.conformance.capability import Capability
from smartcal_api.conformance.control import Control
from smartcal_api.conformance.law import Case
from smartcal_api.conformance.laws import ALL
from smartcal_api.conformance.pacing import Pacing, Waiting
from smartcal_api.conformance.preflight import preflight
from smartcal_api.conformance.runner import Progress, Runner, cases, unknown
from smartcal_api.conformance.session import Session
from smartcal_api.conformance.shards import Shard
from smartcal_api.conformance.strictness import Strictness
from smartcal_api.conformance.target import Target
from smartcal_api.conformance.verdict import Outcome, Result, Verdict
from smartcal_api.conformance.wire import Request, Unreachable
from smartcal_api.contract import Contract
from smartcal_api.errors import UsageError

QUICK, FULL = "quick", "full"
ONLY_READ = "only read: what changes something wasn't tried; --allow-writes allows it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How to go about it. `budget_seconds` ends the run; `reserve` requests of each window are left to others,
    and a `shard` takes its share of the cases and of each window."""

    profile: str = FULL
    seed: int = 0
    only: tuple[str, ...] = ()
    reserve: int = 0
    budget_seconds: float | None = None
    shard: Shard | None = None
    strict: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    baseline: Baseline = field(default_factory=Baseline)


def chosen(contract: Contract, options: Options) -> list[Case]:
    """The cases of a run, in their order, whatever its shards."""
    found = cases(ALL, contract, full=options.profile == FULL or bool(options.only), only=options.only)
    named = (*options.only, *(name for name in (*options.required, *options.strict) if name != "all"))
    if wrong := unknown(named, found):
        raise UsageError(f"there is no law {wrong[0]!r}; `smartcal verify --plan` lists them.")
    return found


def own(contract: Contract, options: Options, target: Target) -> list[Case]:
    """Those of them that the shard has, all without one."""
    found = chosen(contract, options)
    return options.shard.of(found, target) if options.shard else found


def jobs(options: Options, target: Target) -> int:
    """How many share the limits of its credentials: a mock of its own, or a sandbox, each shard has for itself."""
    return options.shard.count if options.shard and not (target.exclusive or target.control_url) else 1


def verify(
    contract: Contract,
    target: Target,
    options: Options,
    *,
    progress: Progress | None = None,
    waiting: Waiting | None = None,
) -> Result:
    """Checks the laws; raises `UsageError` where the target can't be judged at all."""
    planned = own(contract, options, target)
    session = _session(contract, target, options, waiting=waiting)
    began = time.monotonic()
    try:
        runner = Runner(
            session,
            seed=options.seed,
            full=options.profile == FULL,
            strictness=Strictness(options.strict),
            accepts=options.baseline.accepts,
            progress=progress,
        )
        outcomes = runner.run(planned, first=partial(enter, session))
        _even_if_interrupted(session.clean_up)
        notes = list(_left(session, target))
        if not target.writable:
            notes.append(ONLY_READ)
            if target.allow_writes is None:
                outcomes = [_undecided(each) for each in outcomes]
    finally:
        session.close()
    outcomes, more = accept(outcomes, options.baseline, whole=options.shard is None)
    notes += more
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
        left_out=_left_out(contract, options),
        shard=str(options.shard or ""),
        planned=[each.name for each in chosen(contract, options)] if options.shard else (),
    )


def _left_out(contract: Contract, options: Options) -> list[str]:
    """What the profile has beside the cases that were named."""
    wanted = {each.name for each in chosen(contract, options)}
    every = cases(ALL, contract, full=options.profile == FULL) if options.only else []
    return [each.name for each in every if each.name not in wanted]


def _undecided(outcome: Outcome) -> Outcome:
    """What nobody has decided not to verify is no part of a green run."""
    unsaid = outcome.ending is Verdict.NOT_VERIFIED and outcome.why == Capability.WRITES.value
    return replace(outcome, ending=Verdict.INCONCLUSIVE) if unsaid else outcome


def _left(session: Session, target: Target) -> Iterator[str]:
    """What stays of a run on a target that isn't ours alone, by id."""
    if session.stock.taken and not target.exclusive:
        yield f"cancelled, which can't be undone: {', '.join(session.stock.taken)}"
        if target.cancellable is not None:
            yield f"of the bookings that were named {len(target.cancellable) - len(session.stock.taken)} are left"
    for each in session.undoing.left:
        yield f"made and not removed: {each}"


def open_session(contract: Contract, target: Target, options: Options) -> Session:
    """A session with a target that answers, and takes what was given of it. Raises `UsageError`."""
    session = _session(contract, target, options)
    try:
        enter(session)
    except BaseException:
        session.close()
        raise
    return session


def enter(session: Session) -> None:
    """Raises `UsageError` where the target doesn't answer, or refuses what was given of it."""
    target = session.target
    wire = session.connect(target)
    try:
        wire.send(Request("GET", next(iter(session.contract.operations.values())).path))
    except Unreachable as error:
        raise UsageError(f"{target.root} can't be reached: {error}") from None
    finally:
        wire.close()
    if not target.exclusive:
        preflight(session)


def _session(contract: Contract, target: Target, options: Options, *, waiting: Waiting | None = None) -> Session:
    """Nothing has been sent yet."""
    control = Control(target) if target.control_url else None
    deadline = time.monotonic() + options.budget_seconds if options.budget_seconds is not None else None
    pacing = Pacing(
        *(contract.policy, control),
        reserve=options.reserve,
        jobs=jobs(options, target),
        deadline=deadline,
        waiting=waiting,
    )
    return Session(contract, target, pacing, control)


def _even_if_interrupted(finish: Callable[[], None]) -> None:
    """What was made is taken back, also when the interruption comes meanwhile; the next one ends the command."""
    try:
        finish()
    except KeyboardInterrupt:
        finish()
