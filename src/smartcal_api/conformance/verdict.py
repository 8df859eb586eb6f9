"""What came of the laws, one by one and together."""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from smartcal_api.conformance.basis import DOCUMENTED
from smartcal_api.conformance.exchange import Exchange
from smartcal_api.conformance.law import Case
from smartcal_api.contract import Contract


class Verdict(StrEnum):
    HELD = "held"
    BROKEN = "broken"
    NOT_VERIFIED = "not verified"
    INCONCLUSIVE = "inconclusive"


class Exit(IntEnum):
    """2, a set-up that can't work, is a `UsageError`."""

    CONFORMANT = 0
    BROKEN = 1
    INCONCLUSIVE = 3


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one case. `why` says it in a sentence; `story` is the shortest run of requests that shows it."""

    case: Case
    verdict: Verdict
    why: str = ""
    clause: str = ""
    basis: str = DOCUMENTED
    kind: str = ""
    story: tuple[Exchange, ...] = ()
    requests: int = 0
    seconds: float = 0.0
    accepted: str = ""
    """Why a deviation is accepted, from the baseline."""

    @property
    def fingerprint(self) -> str:
        """The same for the same way of breaking the same law, whatever the data were."""
        parts = (self.case.name, self.clause, self.kind)
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]

    def counts(self, *, strict: bool) -> bool:
        """Whether a broken law decides: it is documented, or decisions count, and nobody has accepted it."""
        return not self.accepted and (strict or self.basis == DOCUMENTED)


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
    strict: bool = False
    required: Collection[str] = ()
    notes: Sequence[str] = field(default_factory=tuple)

    def of(self, verdict: Verdict) -> list[Outcome]:
        return [each for each in self.outcomes if each.verdict is verdict]

    @property
    def breaches(self) -> list[Outcome]:
        """The broken cases that decide."""
        return [each for each in self.of(Verdict.BROKEN) if each.counts(strict=self.strict)]

    @property
    def differences(self) -> list[Outcome]:
        """The broken cases that don't: from decisions of the contract, or accepted."""
        return [each for each in self.of(Verdict.BROKEN) if not each.counts(strict=self.strict)]

    @property
    def exit_code(self) -> Exit:
        if self.breaches:
            return Exit.BROKEN
        missing = [each for each in self.of(Verdict.NOT_VERIFIED) if self.requires(each.case)]
        undecided = [each for each in self.of(Verdict.INCONCLUSIVE) if not each.accepted]
        return Exit.INCONCLUSIVE if missing or undecided or not self.of(Verdict.HELD) else Exit.CONFORMANT

    def requires(self, case: Case) -> bool:
        return "all" in self.required or matches(case, self.required)


def matches(case: Case, names: Iterable[str]) -> bool:
    """Whether one of the names is the case's law, family, or law and operation; spaces and case don't matter."""

    def plain(text: str) -> str:
        return "".join(text.lower().split())

    own = {plain(case.law.id), plain(case.law.family), plain(case.name)}
    return any(plain(name) in own for name in names)
