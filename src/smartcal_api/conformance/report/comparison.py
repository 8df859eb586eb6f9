"""What has changed from one verdict to another."""

from dataclasses import dataclass, field

from smartcal_api.conformance.report.record import Record
from smartcal_api.conformance.verdict import Verdict

_VERIFIED = (Verdict.HELD, Verdict.BROKEN)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Names of cases, but for `still`: how many deviations that decide are as they were."""

    new: list[str] = field(default_factory=list)
    fixed: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    """What was verified before, and isn't now."""
    still: int = 0

    @property
    def lines(self) -> tuple[str, ...]:
        """In words, what was mended or lost by name, what is as it was as a number."""
        still = [f"still broken: {self.still} as before"] if self.still else []
        return (
            *(f"newly broken: {name}" for name in self.new),
            *(f"fixed: {name}" for name in self.fixed),
            *(f"no longer verified: {name}" for name in self.lost),
            *still,
        )


def compare(before: Record, now: Record) -> Comparison:
    """By the fingerprints of what decides, accepted or not."""
    then = {each.name: each for each in before.cases}
    new: list[str] = []
    fixed: list[str] = []
    lost: list[str] = []
    still = 0
    for case in now.cases:
        was = then.pop(case.name, None)
        known = {each.fingerprint for each in was.findings} if was else set()
        deciding = [each for each in case.findings if each.decides]
        fresh = [each for each in deciding if each.fingerprint not in known]
        still += len(deciding) - len(fresh)
        new += dict.fromkeys(each.name for each in fresh)
        if was is None:
            continue
        if was.verdict is Verdict.BROKEN and case.verdict is Verdict.HELD and not deciding:
            fixed.append(case.name)
        elif was.verdict in _VERIFIED and case.verdict not in _VERIFIED:
            lost.append(case.name)
    lost += sorted(name for name, was in then.items() if was.verdict in _VERIFIED)
    return Comparison(new, fixed, lost, still)
