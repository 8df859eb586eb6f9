"""A run as it is kept and told: everything is masked, and nothing of what was judged is needed to read it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from smartcal_api.conformance.basis import Basis, Ground
from smartcal_api.conformance.verdict import Exit, Verdict

CLIENT = "CLIENT"
"""The family of what is wrong with an app, and not with the deployment."""


@dataclass(frozen=True, slots=True)
class FindingRecord:
    """An expectation that failed: the members of a `Deviation`, where its clause stands, its story in curl lines."""

    law: str
    operation: str
    message: str
    basis: Basis
    fingerprint: str
    title: str = ""
    cause: str = ""
    source: str = ""
    clause: str = ""
    file: str = ""
    line: int = 1
    decides: bool = True
    accepted: str = ""
    kind: str = ""
    parameter: str = ""
    seen: str = ""
    story: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.law} {self.operation}".rstrip()

    @property
    def counts(self) -> bool:
        return self.decides and not self.accepted

    @property
    def said(self) -> str:
        """What is the matter, in words that fit every case of it if there are such."""
        return self.cause or self.message

    @property
    def alike(self) -> tuple[str, ...]:
        """The same for what one change of the deployment would mend."""
        same = (self.cause,) if self.cause else (self.law, self.kind, self.parameter, self.seen)
        side = CLIENT if self.law.startswith(CLIENT) else ""
        return (*same, self.basis, self.source, str(self.counts), self.accepted, side)

    def ground(self, document: str) -> str:
        """Why it counts, or doesn't."""
        said = Ground(self.basis, self.source).sentence(document)
        if self.accepted:
            return f"{said}: accepted, {self.accepted}"
        if self.basis is Basis.DECIDED:
            return f"{said}: {'counts, as --strict has it' if self.decides else 'does not count'}"
        return said


@dataclass(frozen=True, slots=True)
class CaseRecord:
    """What came of a law for an operation. `required` is whether it may not be left unverified, `watches` whether it
    judges what other laws were answered, so that every shard has it."""

    law: str
    operation: str
    verdict: Verdict
    title: str = ""
    why: str = ""
    fingerprint: str = ""
    accepted: str = ""
    required: bool = False
    watches: bool = False
    requests: int = 0
    seconds: float = 0.0
    findings: tuple[FindingRecord, ...] = ()
    story: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.law} {self.operation}".rstrip()

    @property
    def family(self) -> str:
        return self.law.partition(" ")[0]


@dataclass(frozen=True, slots=True)
class Record:
    """`document` is the name of the contract's file, `digest` its SHA-256, `overlays` have both of each overlay.
    `finished` is an instant as RFC 3339 has it, empty where an older version didn't say it. `left_out` are cases of the
    profile that the run was told to leave out, `changes` what is other than in the verdict that it was compared with.
    `shard` is which part of a run this is, as I/N, and `planned` then has the names of all the cases of that run.
    """

    root: str
    cases: tuple[CaseRecord, ...]
    exit_code: Exit
    contract: str = ""
    product: str = ""
    document: str = "openapi.yaml"
    digest: str = ""
    overlays: tuple[tuple[str, str], ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    finished: str = ""
    seed: int = 0
    profile: str = ""
    strict: tuple[str, ...] = ()
    seconds: float = 0.0
    waited_seconds: float = 0.0
    requests: int = 0
    notes: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    shard: str = ""
    planned: tuple[str, ...] = ()
    coverage: tuple[Mapping[str, Any], ...] = ()

    def of(self, verdict: Verdict) -> list[CaseRecord]:
        return [each for each in self.cases if each.verdict is verdict]

    @property
    def findings(self) -> list[FindingRecord]:
        """The gravest first."""
        found = [each for case in self.cases for each in case.findings]
        return sorted(found, key=lambda each: -each.basis.gravity)

    @property
    def breaches(self) -> list[FindingRecord]:
        """What decides."""
        return [each for each in self.findings if each.counts]

    @property
    def differences(self) -> list[FindingRecord]:
        """What doesn't: from choices of the contract alone, or accepted."""
        return [each for each in self.findings if not each.counts]

    @property
    def build(self) -> str:
        """Its labels, in words."""
        return ", ".join(f"{name} {value}" for name, value in self.labels.items())


def grouped(findings: Iterable[FindingRecord]) -> list[list[FindingRecord]]:
    """By what one change would mend, in the order of the first of each."""
    groups: dict[tuple[str, ...], list[FindingRecord]] = {}
    for each in findings:
        groups.setdefault(each.alike, []).append(each)
    return list(groups.values())


def reasons(cases: Iterable[CaseRecord]) -> dict[str, list[CaseRecord]]:
    """Cases that aren't decided, by why."""
    found: dict[str, list[CaseRecord]] = {}
    for each in cases:
        found.setdefault(each.why, []).append(each)
    return found


def exit_code(cases: Sequence[CaseRecord]) -> Exit:
    """What they come to together, by the rule of `Result.exit_code`."""
    if any(each.counts for case in cases for each in case.findings):
        return Exit.BROKEN
    verdicts = {each.verdict for each in cases}
    if Verdict.ERROR in verdicts:
        return Exit.ERROR
    undecided = any(_undecided(each) for each in cases)
    return Exit.INCONCLUSIVE if undecided or Verdict.HELD not in verdicts else Exit.CONFORMANT


def _undecided(case: CaseRecord) -> bool:
    """Whether it is inconclusive, or wasn't verified though it had to be, and nobody has accepted that."""
    missing = case.verdict is Verdict.NOT_VERIFIED and case.required
    return (missing or case.verdict is Verdict.INCONCLUSIVE) and not case.accepted


def by_law(name: str) -> tuple[str, int]:
    """Sorts laws as their page has them: by family, and by number in it."""
    family, _, number = name.partition(" ")
    return family, int(number) if number.isdigit() else 0
