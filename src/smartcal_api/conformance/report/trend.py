"""Verdicts over time: how often each law held, was broken, could not be decided, and which flickers."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from smartcal_api.conformance.report.markdown import escaped
from smartcal_api.conformance.report.record import CaseRecord, Record, by_law
from smartcal_api.conformance.report.wording import MARKS, SAID, listed
from smartcal_api.conformance.verdict import Verdict

_WORST = (Verdict.BROKEN, Verdict.ERROR, Verdict.INCONCLUSIVE, Verdict.NOT_VERIFIED, Verdict.HELD)
_DECIDED = (Verdict.HELD, Verdict.BROKEN)
_ONCE = "it broke once"
_SHOWN = 30
"""The last runs, of which a mark each is shown."""


@dataclass(frozen=True, slots=True)
class LawTrend:
    """`verdicts` has the worst of each run, None where it wasn't run; `flaky` the cases that came out one way and
    another of the same build, or within a run."""

    law: str
    title: str
    verdicts: tuple[Verdict | None, ...]
    flaky: tuple[str, ...]

    def count(self, *wanted: Verdict) -> int:
        return sum(1 for each in self.verdicts if each in wanted)

    @property
    def marks(self) -> str:
        """A sign a run, the last one at the end."""
        return "".join(MARKS[each] if each else " " for each in self.verdicts[-_SHOWN:])

    @property
    def steady(self) -> bool:
        """Whether it held whenever it was decided."""
        return not self.flaky and self.count(Verdict.BROKEN, Verdict.ERROR, Verdict.INCONCLUSIVE) == 0


@dataclass(frozen=True, slots=True)
class Trend:
    """`runs` are from the first to the last, by when they ended."""

    runs: tuple[Record, ...]
    laws: tuple[LawTrend, ...]


def trend(records: Sequence[Record]) -> Trend:
    """The laws of all of them, in the order of their page."""
    runs = tuple(sorted(records, key=lambda each: each.finished))
    tables = [_by_law(each) for each in runs]
    names = sorted({name for table in tables for name in table}, key=by_law)
    return Trend(runs, tuple(_law(name, runs, tables) for name in names))


def _by_law(record: Record) -> dict[str, list[CaseRecord]]:
    found: dict[str, list[CaseRecord]] = {}
    for case in record.cases:
        found.setdefault(case.law, []).append(case)
    return found


def _law(name: str, runs: Sequence[Record], tables: Sequence[Mapping[str, list[CaseRecord]]]) -> LawTrend:
    told = [table.get(name, []) for table in tables]
    title = next(cases[0].title for cases in reversed(told) if cases)
    history: dict[str, list[tuple[str, CaseRecord]]] = {}
    for record, cases in zip(runs, told, strict=True):
        for case in cases:
            history.setdefault(case.name, []).append((_version(record), case))
    return LawTrend(name, title, tuple(map(_worst, told)), tuple(each for each, of in history.items() if _flaky(of)))


def _worst(cases: Sequence[CaseRecord]) -> Verdict | None:
    return next((each for each in _WORST if any(case.verdict is each for case in cases)), None)


def _version(record: Record) -> str:
    """What ran, as far as it is known: nothing where no label says it."""
    return json.dumps([record.root, record.digest, dict(record.labels)]) if record.labels else ""


def _flaky(history: Sequence[tuple[str, CaseRecord]]) -> bool:
    if any(case.why.startswith(_ONCE) for _, case in history):
        return True
    decided = [(version, case.verdict) for version, case in history if case.verdict in _DECIDED]
    same: dict[str, set[Verdict]] = {}
    for version, verdict in decided:
        same.setdefault(version, set()).add(verdict)
    if any(len(verdicts) > 1 for version, verdicts in same.items() if version):
        return True
    # Of what doesn't say which build it is, there and back again is no mending.
    unsaid = [verdict for version, verdict in decided if not version]
    return sum(1 for one, other in pairwise(unsaid) if one is not other) > 1


def text_trend(found: Trend) -> str:
    """The runs, and the laws that didn't hold in all of them."""
    lines = [f"{each.finished or 'undated':<21}{SAID[each.exit_code]:<16}{each.build}".rstrip() for each in found.runs]
    moving = [each for each in found.laws if not each.steady]
    if moving:
        width = max(len("runs"), *(len(each.marks) for each in moving))
        lines += ["", f"{'law':<11}{'runs':<{width + 2}}  held  broken  undecided  flaky"]
    for each in moving:
        counts = f"{each.count(Verdict.HELD):>6}{each.count(Verdict.BROKEN):>8}{_undecided(each):>11}"
        lines.append(f"{each.law:<11}{each.marks:<{width + 2}}{counts}  {listed(each.flaky, 3)}".rstrip())
    return "\n".join([*lines, "", _rest(found)]) + "\n"


def markdown_trend(found: Trend) -> str:
    """The same as tables."""
    lines = ["| ended | verdict | of |", "|---|---|---|"]
    lines += [f"| {each.finished} | {SAID[each.exit_code]} | {escaped(each.build)} |" for each in found.runs]
    lines += ["", "| law | runs | held | broken | undecided | flaky |", "|---|---|---|---|---|---|"]
    for each in (law for law in found.laws if not law.steady):
        counts = f"{each.count(Verdict.HELD)} | {each.count(Verdict.BROKEN)} | {_undecided(each)}"
        lines.append(f"| {each.law} | {each.marks} | {counts} | {escaped(listed(each.flaky, 3))} |")
    return "\n".join([*lines, "", _rest(found)]) + "\n"


def json_trend(found: Trend) -> str:
    """For programs, with the laws that held as well."""
    runs = [
        {
            "finished": each.finished,
            "exit_code": int(each.exit_code),
            "labels": dict(each.labels),
            "sha256": each.digest,
            "requests": each.requests,
        }
        for each in found.runs
    ]
    laws = [
        {
            "law": each.law,
            "held": each.count(Verdict.HELD),
            "broken": each.count(Verdict.BROKEN),
            "undecided": _undecided(each),
            "flaky": list(each.flaky),
            "verdicts": [verdict.value if verdict else None for verdict in each.verdicts],
        }
        for each in found.laws
    ]
    return json.dumps({"runs": runs, "laws": laws}, indent=2, ensure_ascii=False) + "\n"


def _undecided(law: LawTrend) -> int:
    return law.count(Verdict.INCONCLUSIVE, Verdict.NOT_VERIFIED, Verdict.ERROR)


def _rest(found: Trend) -> str:
    steady = sum(1 for each in found.laws if each.steady)
    return f"{steady} of {len(found.laws)} laws held whenever they were decided, in {len(found.runs)} runs."
