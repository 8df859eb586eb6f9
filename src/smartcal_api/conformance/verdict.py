"""What came of the laws, one by one and together."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from smartcal_api.conformance.deviation import Deviation, fingerprint
from smartcal_api.conformance.exchange import Exchange
from smartcal_api.conformance.law import Case
from smartcal_api.contract import Contract

ABSENT = "absent"
"""The kind of a deviation that says of an operation that it has never succeeded."""
FAILURE = "failure"
"""The kind of a deviation that says that the server failed, which once may be an accident."""
NO_SUCCESS = "no success was seen"
"""What a law begins with that could not be decided since an operation has never succeeded."""


class Verdict(StrEnum):
    HELD = "held"
    BROKEN = "broken"
    NOT_VERIFIED = "not verified"
    INCONCLUSIVE = "inconclusive"
    ERROR = "error"


class Exit(IntEnum):
    """2, a set-up that can't work, is a `UsageError`."""

    CONFORMANT = 0
    BROKEN = 1
    INCONCLUSIVE = 3
    ERROR = 4


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one case. `ending` is how the law ended, apart from the expectations that failed; `why` says it in a
    sentence where it didn't simply hold, and `story` are the last requests before that."""

    case: Case
    ending: Verdict
    why: str = ""
    deviations: tuple[Deviation, ...] = ()
    story: tuple[Exchange, ...] = ()
    requests: int = 0
    seconds: float = 0.0
    accepted: str = ""
    """Why it is accepted that nothing could be observed, from the baseline."""

    @property
    def verdict(self) -> Verdict:
        """That of the gravest: with differences that don't decide alone, a law is held."""
        return Verdict.BROKEN if any(each.counts for each in self.deviations) else self.ending

    @property
    def gravest(self) -> Deviation | None:
        return max(self.deviations, key=lambda each: (each.counts, each.ground.basis.gravity), default=None)

    @property
    def reason(self) -> str:
        """What the verdict rests on, in a sentence."""
        gravest = self.gravest
        return gravest.message if gravest is not None and self.verdict is Verdict.BROKEN else self.why

    @property
    def fingerprint(self) -> str:
        """Of the gravest; of a law that could not be decided, which is the same however that went."""
        gravest = self.gravest
        if gravest is not None:
            return gravest.fingerprint
        return fingerprint(self.case.law.id, self.case.operation.id if self.case.operation else "", self.ending)


@dataclass(frozen=True, slots=True)
class Result:
    """All outcomes, in the order of the laws, and what they took."""

    outcomes: Sequence[Outcome]
    evidence: Sequence[Exchange]
    seconds: float
    waited_seconds: float
    root: str
    seed: int
    profile: str
    contract: Contract
    strict: Collection[str] = ()
    required: Collection[str] = ()
    notes: Sequence[str] = field(default_factory=tuple)
    left_out: Sequence[str] = ()
    """The names of the cases that the profile has, and that weren't wanted this time."""
    shard: str = ""
    planned: Sequence[str] = ()
    """Of a shard: the names of all the cases of its run."""

    def of(self, verdict: Verdict) -> list[Outcome]:
        return [each for each in self.outcomes if each.verdict is verdict]

    @property
    def breaches(self) -> list[Deviation]:
        """What decides, the gravest first."""
        found = [each for outcome in self.outcomes for each in outcome.deviations if each.counts]
        return sorted(found, key=lambda each: -each.ground.basis.gravity)

    @property
    def differences(self) -> list[Deviation]:
        """What doesn't: from choices of the contract alone, or accepted."""
        return [each for outcome in self.outcomes for each in outcome.deviations if not each.counts]

    @property
    def exit_code(self) -> Exit:
        if self.breaches:
            return Exit.BROKEN
        if self.of(Verdict.ERROR):
            return Exit.ERROR
        missing = [each for each in self.of(Verdict.NOT_VERIFIED) if self.requires(each.case) and not each.accepted]
        undecided = [each for each in self.of(Verdict.INCONCLUSIVE) if not each.accepted]
        return Exit.INCONCLUSIVE if missing or undecided or not self.of(Verdict.HELD) else Exit.CONFORMANT

    def requires(self, case: Case) -> bool:
        return "all" in self.required or case.fits(self.required)
