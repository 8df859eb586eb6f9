"""Checks the laws, the most valuable first, and makes sure of what breaks before it says so."""

import time
import traceback
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from smartcal_api.conformance.basis import Basis
from smartcal_api.conformance.deviation import Deviation
from smartcal_api.conformance.exchange import Exchange
from smartcal_api.conformance.expecting import Accepts
from smartcal_api.conformance.findings import Broken, Finding, Inconclusive, NotVerified
from smartcal_api.conformance.law import Case, Law
from smartcal_api.conformance.probe import Probe
from smartcal_api.conformance.session import Session
from smartcal_api.conformance.snapshots import Snapshots
from smartcal_api.conformance.strictness import LENIENT, Strictness
from smartcal_api.conformance.verdict import Outcome, Verdict
from smartcal_api.contract import Contract

_ATTEMPTS = 3
_FAILURE = 500
Progress = Callable[[int, int, Outcome], None]


def cases(laws: Iterable[Law], contract: Contract, *, full: bool, only: Collection[str] = ()) -> list[Case]:
    """The cases to check, the most valuable first; of equals in the order of the tables."""
    every = [Case(law, operation) for law in laws if full or law.quick for operation in law.over(contract)]
    return sorted((case for case in every if not only or case.fits(only)), key=lambda case: -case.law.worth)


@dataclass(frozen=True, slots=True)
class _Attempt:
    """`ending` is how the law ended where it didn't hold to its end; what `error` says is a fault of ours. `disturbed`
    says what else happened meanwhile."""

    deviations: tuple[Deviation, ...] = ()
    ending: Finding | None = None
    error: str = ""
    disturbed: str = ""
    story: tuple[Exchange, ...] = ()

    @property
    def deciding(self) -> list[Deviation]:
        return [each for each in self.deviations if each.decides]

    @property
    def unsafe(self) -> bool:
        """Whether it is such that seeing it once is enough, where there is nothing left to see it on again."""
        return not self.disturbed and any(each.ground.basis is Basis.SAFETY for each in self.deciding)

    @property
    def undecided(self) -> bool:
        return isinstance(self.ending, Inconclusive)


class Runner:
    """Of one session; what the cases read of the target is kept for those after them."""

    def __init__(
        self,
        session: Session,
        *,
        seed: int,
        full: bool,
        strictness: Strictness = LENIENT,
        accepts: Accepts = lambda _: False,
        progress: Progress | None = None,
    ) -> None:
        self._session = session
        self._seed = seed
        self._full = full
        self._strictness = strictness
        self._accepts = accepts
        self._progress = progress
        self._snapshots = Snapshots(session.contract)

    def run(self, chosen: Sequence[Case], *, first: Callable[[], None] = lambda: None) -> list[Outcome]:
        """Every case to its verdict, once `first` has found nothing against it. When the time is over, or after Ctrl-C,
        which can come at any moment, the rest is inconclusive."""
        outcomes: list[Outcome] = []
        stopped = "--budget ran out"
        try:
            first()
            for case in chosen:
                if self._session.pacing.over():
                    break
                outcomes.append(self.check(case))
                self._tell(outcomes[-1], len(outcomes), len(chosen))
        except KeyboardInterrupt:
            stopped = "it was interrupted"
        for case in chosen[len(outcomes) :]:
            outcomes.append(Outcome(case, Verdict.INCONCLUSIVE, stopped))
            self._tell(outcomes[-1], len(outcomes), len(chosen))
        return outcomes

    def _tell(self, outcome: Outcome, number: int, total: int) -> None:
        if self._progress is not None:
            self._progress(number, total, outcome)

    def check(self, case: Case) -> Outcome:
        """One case to its verdict."""
        lacking = self._session.target.lacks(case.law.needs)
        if lacking is not None:
            return Outcome(case, Verdict.NOT_VERIFIED, lacking.value)
        self._session.case = case.name
        before, began = len(self._session.evidence), time.perf_counter()
        try:
            tried = self._decide(case)
        finally:
            self._session.clean_up()
        ending, why = _ending(tried)
        return Outcome(
            case,
            ending,
            why,
            tried.deviations,
            tried.story,
            requests=len(self._session.evidence) - before,
            seconds=time.perf_counter() - began,
        )

    def _decide(self, case: Case) -> _Attempt:
        """What decides is checked again on fresh data: it is said if it comes twice, the last time with nothing in
        between that could have caused it, and a failure of the server if it comes every time. What something on the way
        has disturbed is tried again."""
        tried = self._attempt(case)
        for number in range(2, _ATTEMPTS + 1):
            if not tried.deciding and not (tried.undecided and tried.disturbed):
                return tried
            self._session.clean_up()
            self._snapshots.forget()
            again = self._attempt(case)
            if tried.deciding and not again.deciding and not again.error:
                return tried if again.undecided and tried.unsafe else _once(tried, again)
            failed = any(each.story and each.story[-1].status >= _FAILURE for each in again.deciding)
            tried = again
            if tried.deciding and not tried.disturbed and (number == _ATTEMPTS or not failed):
                return tried
        if tried.deciding:
            said = f"it broke, but {tried.disturbed}: {tried.deciding[0].message}"
            return _Attempt(_minor(tried), Inconclusive(said), story=tried.deciding[0].story)
        return tried

    def _attempt(self, case: Case) -> _Attempt:
        probe = Probe(
            case,
            self._session,
            self._snapshots,
            seed=self._seed,
            full=self._full,
            strictness=self._strictness,
            accepts=self._accepts,
        )
        self._session.disturbances.clear()
        ending: Finding | None = None
        error = ""
        try:
            case.law.check(probe)
        except Broken as broken:
            probe.deviations[broken.deviation.fingerprint] = broken.deviation
        except Finding as finding:
            ending = finding
        except Exception as mistake:  # a fault of one law is no reason to lose what the others found
            error = _told(mistake)
        story = probe.story()[-_STORY:] if ending is not None or error else ()
        found = tuple(probe.deviations.values())
        suspect = any(each.decides for each in found) or isinstance(ending, Inconclusive)
        return _Attempt(found, ending, error, self._disturbed(probe) if suspect else "", story)

    def _disturbed(self, probe: Probe) -> str:
        if self._session.disturbances:
            return f"something on the way failed meanwhile ({self._session.disturbances[0]})"
        if not probe.deviations:
            return ""
        try:
            changed = self._snapshots.changed(probe)
        except Finding:
            return ""
        return f"{changed} was changed meanwhile by somebody else" if changed else ""


def _ending(tried: _Attempt) -> tuple[Verdict, str]:
    if tried.error:
        return Verdict.ERROR, tried.error
    if tried.ending is None:
        return Verdict.HELD, ""
    verdict = Verdict.NOT_VERIFIED if isinstance(tried.ending, NotVerified) else Verdict.INCONCLUSIVE
    return verdict, str(tried.ending)


def _once(tried: _Attempt, again: _Attempt) -> _Attempt:
    """What broke once, and then didn't."""
    message = tried.deciding[0].message
    said = f"it broke once and held when it was repeated: {message}"
    if again.ending is not None:
        said = f"it broke once and could not be repeated: {message} Then: {again.ending}"
    return _Attempt(_minor(again), Inconclusive(said), story=tried.deciding[0].story)


def _minor(tried: _Attempt) -> tuple[Deviation, ...]:
    return tuple(each for each in tried.deviations if not each.decides)


def _told(mistake: Exception) -> str:
    """An exception that no law means to raise, and where it came from."""
    place = traceback.extract_tb(mistake.__traceback__)[-1]
    where = "/".join(PurePath(place.filename).parts[-2:])
    return (
        f"a fault of this command, not of the deployment: {type(mistake).__name__}: {str(mistake)[:200]} "
        f"({where}:{place.lineno})"
    )


def unknown(names: Iterable[str], chosen: Sequence[Case]) -> list[str]:
    """The names that fit no case."""
    return [name for name in names if not any(case.fits([name]) for case in chosen)]


_STORY = 12
"""Of what could not be decided, so many of the last requests are told."""
