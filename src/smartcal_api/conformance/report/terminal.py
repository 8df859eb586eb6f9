"""The table of laws, and the story of each cause for which one is broken."""

from collections.abc import Iterator, Sequence

from smartcal_api.conformance.report.record import CaseRecord, FindingRecord, Record, by_law, grouped, reasons
from smartcal_api.conformance.report.wording import MARKS, counts, headline, others, took, where
from smartcal_api.conformance.verdict import Exit, Verdict

_TITLE = 80
_LISTED = 40
_WORST = (Verdict.BROKEN, Verdict.ERROR, Verdict.INCONCLUSIVE, Verdict.NOT_VERIFIED, Verdict.HELD)
_SENTENCES = {
    Exit.CONFORMANT: "conformant",
    Exit.BROKEN: "not conformant",
    Exit.INCONCLUSIVE: "inconclusive",
    Exit.ERROR: "not judged: a fault of this command",
}


def terminal_report(record: Record) -> str:
    lines = [*_table(record), ""]
    for group in grouped(record.breaches):
        lines += [*_failure(group, record), ""]
    lines += _listed(
        f"Differences from choices that only {record.document} makes: they don't count (--strict)",
        [each for each in record.differences if not each.accepted],
    )
    lines += _listed("Accepted", [each for each in record.differences if each.accepted])
    for verdict in (Verdict.ERROR, Verdict.INCONCLUSIVE, Verdict.NOT_VERIFIED):
        lines += _undecided(verdict, record.of(verdict))
    lines += [f"  {note}" for note in (*record.notes, *record.changes)]
    lines.append(_sum(record))
    return "\n".join(lines)


def _sum(record: Record) -> str:
    parts = [counts(record)] if record.cases else []
    if record.differences:
        parts.append(f"{len(grouped(record.differences))} differences that don't count")
    parts += [took(record), f"seed {record.seed}"]
    if record.labels:
        parts.append(record.build)
    return f"{_SENTENCES[record.exit_code]}: {' · '.join(parts)}"


def _table(record: Record) -> Iterator[str]:
    laws: dict[str, list[CaseRecord]] = {}
    for case in record.cases:
        laws.setdefault(case.law, []).append(case)
    for name, cases in sorted(laws.items(), key=lambda pair: by_law(pair[0])):
        worst = next(each for each in _WORST if any(case.verdict is each for case in cases))
        share = "" if len(cases) == 1 else f" ({sum(1 for each in cases if each.verdict is worst)}/{len(cases)})"
        requests = sum(each.requests for each in cases)
        yield f"{MARKS[worst]} {name:<10} {worst.value + share:<20} {requests:>5}  {_shortened(cases[0].title)}"


def _shortened(title: str) -> str:
    return title if len(title) <= _TITLE else title[: _TITLE - 1].rstrip() + "…"


def _failure(group: Sequence[FindingRecord], record: Record) -> Iterator[str]:
    first = group[0]
    yield f"✗ {first.name}: {first.title}"
    yield f"  {first.message}"
    yield f"  {first.ground(record.document)} · {where(first)} · fingerprint {first.fingerprint}"
    yield from (f"    {line}" for line in first.story)
    if more := others(group):
        yield f"  and so {more}"


def _listed(heading: str, findings: Sequence[FindingRecord]) -> list[str]:
    """A line a cause."""
    if not findings:
        return []
    lines = [heading, ""]
    groups = sorted(grouped(findings), key=len, reverse=True)
    for group in groups[:_LISTED]:
        first = group[0]
        accepted = f"; accepted: {first.accepted}" if first.accepted else ""
        lines.append(f"  {first.name}: {headline(group)} ({first.fingerprint}{accepted})")
    if len(groups) > _LISTED:
        lines.append(f"  and {len(groups) - _LISTED} more, which the reports have (--report-dir)")
    return [*lines, ""]


def _undecided(verdict: Verdict, cases: Sequence[CaseRecord]) -> list[str]:
    """A line a reason, with the cases that it is the reason for."""
    if not cases:
        return []
    lines = [verdict.value.capitalize(), ""]
    for why, found in reasons(cases).items():
        told = [each.name + (_fingerprint(each) if verdict is Verdict.INCONCLUSIVE else "") for each in found]
        lines.append(f"  {', '.join(told)}: {why}")
    return [*lines, ""]


def _fingerprint(case: CaseRecord) -> str:
    return f" (accepted: {case.accepted})" if case.accepted else f" ({case.fingerprint})"
