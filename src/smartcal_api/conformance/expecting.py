"""What a law expects: each expectation with what it rests on, and what becomes of one that fails."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NoReturn

from smartcal_api.conformance.asking import Asking
from smartcal_api.conformance.basis import SAFETY, Basis, Ground
from smartcal_api.conformance.deviation import Deviation
from smartcal_api.conformance.exchange import Exchange
from smartcal_api.conformance.findings import Broken, Inconclusive
from smartcal_api.conformance.law import Case
from smartcal_api.conformance.session import Session
from smartcal_api.conformance.snapshots import Snapshots
from smartcal_api.conformance.strictness import LENIENT, Strictness

_FAILURE = 500
LAG = 5.0
"""Seconds that a replica may lag."""
Accepts = Callable[[Deviation], bool]
"""Whether somebody has accepted a deviation, so that a law goes on after it."""


class Expecting(Asking):
    """The part of a probe that judges. `deviations` are the expectations that failed and ended nothing; the story of
    one begins anew with every generated value, so that it is told shortly."""

    def __init__(
        self,
        case: Case,
        session: Session,
        snapshots: Snapshots,
        *,
        strictness: Strictness = LENIENT,
        accepts: Accepts = lambda _: False,
    ) -> None:
        super().__init__(session, snapshots)
        self.case = case
        self.deviations: dict[str, Deviation] = {}
        self._strictness = strictness
        self._accepts = accepts
        self._story_from = len(session.evidence)

    def expect(
        self,
        condition: bool,
        message: str,
        *,
        by: Ground | str,
        at: Exchange | Sequence[Exchange] = (),
        kind: str = "",
        parameter: str = "",
        seen: str | None = None,
        cause: str = "",
        ends: bool = True,
    ) -> bool:
        """Whether the condition holds. Where it doesn't, the deviation is kept and the law goes on if only the contract
        decides it, if it is accepted, or if it `ends` nothing; else the law is broken here.

        `by` is what the expectation rests on, or the pointer of the clause that says so. The message says what was seen
        and what was to be, `at` which answers show it (without it, all since the value that is tried), `seen` what came
        of it: the status, unless it is said.
        """
        if condition:
            return True
        ground = by if isinstance(by, Ground) else self.session.grounds.of(by)
        story = (at,) if isinstance(at, Exchange) else tuple(at) or self.story()
        deviation = Deviation(
            message=message,
            ground=ground if ground.clause else replace(ground, clause=self.case.clause),
            law=self.case.law.id,
            operation=self.case.operation.id if self.case.operation else (story and story[-1].operation) or "",
            kind=kind,
            parameter=parameter,
            seen=seen if seen is not None else str(story[-1].status) if story else "",
            cause=cause,
            decides=ground.basis is not Basis.DECIDED or self._strictness.binds(self.case),
            story=story,
        )
        if ends and ground.basis is not Basis.DECIDED and not self._accepts(deviation):
            raise Broken(deviation)
        self.deviations.setdefault(deviation.fingerprint, deviation)
        return False

    def succeeds(self, answer: Exchange, why: str, *, by: Ground | str = "", kind: str = "status") -> None:
        """The law is broken unless the answer is a success: by a failure of the server, whatever is documented, else by
        the operation, or what it is said to be by."""
        operation = self.contract.operations.get(answer.operation or "")
        ground = by or (operation.pointer if operation else self.case.clause)
        said = f"{answer}; {why}."
        self.expect(answer.ok, said, by=SAFETY if answer.status >= _FAILURE else ground, at=answer, kind=kind)

    def settles(self, look: Callable[[], bool]) -> bool:
        """Whether something is so, or becomes so within the seconds that a replica may lag."""
        deadline = self.session.pacing.now() + LAG
        while not (found := look()) and self.session.pacing.now() < deadline:
            self.session.pacing.rest_for(1.0)
        return found

    def give_up(self, why: str) -> NoReturn:
        """Nothing could be observed."""
        raise Inconclusive(why)

    def story(self) -> tuple[Exchange, ...]:
        """What was sent since the last generated value began, or since the case did."""
        return tuple(self.session.evidence[self._story_from :])
