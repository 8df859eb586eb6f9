"""Checks the laws, the most valuable first, and makes sure of what breaks before it says so."""

import time
from collections.abc import Callable, Collection, Iterable, Sequence

from smartcal_api.conformance.basis import basis_of
from smartcal_api.conformance.findings import UNEXPECTED, Broken, Finding, Inconclusive, NotVerified, surprised
from smartcal_api.conformance.law import Case, Law
from smartcal_api.conformance.probe import Probe
from smartcal_api.conformance.session import Session
from smartcal_api.conformance.snapshots import Snapshots
from smartcal_api.conformance.verdict import Outcome, Verdict, matches
from smartcal_api.contract import Contract

_ATTEMPTS = 3
_STORY = 12
"""A longer story is told from its last requests."""
Progress = Callable[[int, int, Outcome], None]


def cases(laws: Iterable[Law], contract: Contract, *, full: bool, only: Collection[str] = ()) -> list[Case]:
    """The cases to check, the most valuable first; of equals in the order of the tables."""
    every = [Case(law, operation) for law in laws if full or law.quick for operation in law.over(contract)]
    return sorted((case for case in every if not only or matches(case, only)), key=lambda case: -case.law.worth)


class Runner:
    """Of one session; what the cases read of the target is kept for those after them."""

    def __init__(self, session: Session, *, seed: int, full: bool, progress: Progress | None = None) -> None:
        self._session = session
        self._seed = seed
        self._full = full
        self._progress = progress
        self._snapshots = Snapshots(session.contract)
        self._stopped: str | None = None

    def run(self, chosen: Sequence[Case]) -> list[Outcome]:
        """Every case to its verdict; once the time is over, or after Ctrl-C, the rest is inconclusive."""
        outcomes: list[Outcome] = []
        for number, case in enumerate(chosen, 1):
            if self._stopped is None and self._session.pacing.over():
                self._stopped = "--budget ran out"
            if self._stopped is None:
                try:
                    outcomes.append(self.check(case))
                except KeyboardInterrupt:
                    self._stopped = "it was interrupted"
            if self._stopped is not None:
                outcomes.append(Outcome(case, Verdict.INCONCLUSIVE, self._stopped))
            if self._progress is not None:
                self._progress(number, len(chosen), outcomes[-1])
        return outcomes

    def check(self, case: Case) -> Outcome:
        """One case to its verdict."""
        lacking = self._session.target.lacks(case.law.needs)
        if lacking is not None:
            return Outcome(case, Verdict.NOT_VERIFIED, lacking.value)
        self._session.case = case.name
        before, began = len(self._session.evidence), time.perf_counter()
        try:
            finding, probe = self._decide(case)
        finally:
            self._session.clean_up()
        requests = len(self._session.evidence) - before
        seconds = time.perf_counter() - began
        match finding:
            case None:
                return Outcome(case, Verdict.HELD, requests=requests, seconds=seconds)
            case NotVerified():
                return Outcome(case, Verdict.NOT_VERIFIED, str(finding), requests=requests, seconds=seconds)
            case Broken():
                clause = finding.clause or case.clause
                return Outcome(
                    case,
                    Verdict.BROKEN,
                    str(finding),
                    clause,
                    basis_of(self._session.contract.document, clause),
                    finding.kind,
                    probe.story()[-_STORY:],
                    requests,
                    seconds,
                )
        return Outcome(
            case, Verdict.INCONCLUSIVE, str(finding), story=probe.story()[-_STORY:], requests=requests, seconds=seconds
        )

    def _decide(self, case: Case) -> tuple[Finding | None, Probe]:
        """A law that breaks is checked again on fresh data: it is broken if it breaks twice, the last time with nothing
        in between that could have caused it."""
        finding, probe, why = self._attempt(case)
        if not isinstance(finding, Broken):
            return finding, probe
        for _ in range(_ATTEMPTS - 1):
            self._session.clean_up()
            self._snapshots.forget()
            again, probe, disturbed = self._attempt(case)
            if again is None:
                return Inconclusive(f"it broke once and held when it was repeated: {finding}"), probe
            if not isinstance(again, Broken):
                return Inconclusive(f"it broke once and could not be repeated: {finding} Then: {again}"), probe
            finding, why = again, disturbed
            if why is None:
                return finding, probe
        return Inconclusive(f"it broke, but {why}: {finding}"), probe

    def _attempt(self, case: Case) -> tuple[Finding | None, Probe, str | None]:
        """What came of it, and what else happened meanwhile that could have caused it."""
        probe = Probe(case, self._session, self._snapshots, seed=self._seed, full=self._full)
        self._session.disturbances.clear()
        try:
            case.law.check(probe)
        except Finding as finding:
            return finding, probe, self._disturbed(probe) if isinstance(finding, Broken) else None
        except UNEXPECTED as error:
            return surprised(error), probe, None
        return None, probe, None

    def _disturbed(self, probe: Probe) -> str | None:
        if self._session.disturbances:
            return f"something on the way failed meanwhile ({self._session.disturbances[0]})"
        story = len(self._session.evidence)
        try:
            changed = self._snapshots.changed(probe)
        except Finding:
            return None
        finally:
            # Looking again is no part of the story.
            probe.ends_at(story)
        return f"{changed} was changed meanwhile by somebody else" if changed else None


def unknown(names: Iterable[str], chosen: Sequence[Case]) -> list[str]:
    """The names that fit no case."""
    return [name for name in names if not any(matches(case, [name]) for case in chosen)]
