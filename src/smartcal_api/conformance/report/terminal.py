"""The table of laws, and the story of each cause for which one is broken."""

from collections.abc import Iterator, Sequence

from smartcal_api.conformance.deviation import Deviation
from smartcal_api.conformance.masking import Masks
from smartcal_api.conformance.report.wording import contract_name, headline, others, sentence, where
from smartcal_api.conformance.story import curl_lines
from smartcal_api.conformance.verdict import Exit, Outcome, Result, Verdict, grouped

_MARKS = {
    Verdict.HELD: "✓",
    Verdict.BROKEN: "✗",
    Verdict.NOT_VERIFIED: "·",
    Verdict.INCONCLUSIVE: "?",
    Verdict.ERROR: "!",
}
_TITLE = 80
_LISTED = 40
_WORST = (Verdict.BROKEN, Verdict.ERROR, Verdict.INCONCLUSIVE, Verdict.NOT_VERIFIED, Verdict.HELD)
_SENTENCES = {
    Exit.CONFORMANT: "conformant",
    Exit.BROKEN: "not conformant",
    Exit.INCONCLUSIVE: "inconclusive",
    Exit.ERROR: "not judged: a fault of this command",
}


def terminal_report(result: Result, masks: Masks) -> str:
    lines = [*_table(result), ""]
    for group in grouped(result.breaches):
        lines += [*_failure(group, result, masks), ""]
    lines += _listed(
        f"Differences from choices that only {contract_name(result)} makes: they don't count (--strict)",
        [each for each in result.differences if not each.accepted],
        masks,
    )
    lines += _listed("Accepted", [each for each in result.differences if each.accepted], masks)
    for verdict in (Verdict.ERROR, Verdict.INCONCLUSIVE, Verdict.NOT_VERIFIED):
        lines += _undecided(verdict, result.of(verdict), masks)
    lines += [f"  {note}" for note in result.notes]
    lines.append(_sum(result))
    return "\n".join(lines)


def _sum(result: Result) -> str:
    waited = f", {result.waited_seconds:.0f} s of it waiting for limits" if result.waited_seconds else ""
    parts = [f"{len(result.of(each))} {each.value}" for each in Verdict if result.of(each)]
    if result.differences:
        parts.append(f"{len(grouped(result.differences))} differences that don't count")
    took = f"{len(result.evidence)} requests in {result.seconds:.1f} s{waited}"
    return f"{_SENTENCES[result.exit_code]}: {' · '.join(parts)} · {took} · seed {result.seed}"


def _table(result: Result) -> Iterator[str]:
    laws: dict[str, list[Outcome]] = {}
    for outcome in result.outcomes:
        laws.setdefault(outcome.case.law.id, []).append(outcome)
    for name, outcomes in sorted(laws.items(), key=lambda pair: _order(pair[0])):
        worst = next(each for each in _WORST if any(outcome.verdict is each for outcome in outcomes))
        share = "" if len(outcomes) == 1 else f" ({sum(1 for o in outcomes if o.verdict is worst)}/{len(outcomes)})"
        requests = sum(each.requests for each in outcomes)
        title = _shortened(outcomes[0].case.law.title)
        yield f"{_MARKS[worst]} {name:<10} {worst.value + share:<20} {requests:>5}  {title}"


def _shortened(title: str) -> str:
    return title if len(title) <= _TITLE else title[: _TITLE - 1].rstrip() + "…"


def _order(name: str) -> tuple[str, int]:
    family, _, number = name.partition(" ")
    return family, int(number) if number.isdigit() else 0


def _failure(group: Sequence[Deviation], result: Result, masks: Masks) -> Iterator[str]:
    first = group[0]
    yield f"✗ {first.name}: {result.title(first.law)}"
    yield f"  {masks.text(first.message)}"
    yield f"  {sentence(first, result)} · {where(first, result)} · fingerprint {first.fingerprint}"
    yield from (f"    {line}" for line in curl_lines(first.story, result.root, masks))
    if more := others(group):
        yield f"  and so {more}"


def _listed(heading: str, deviations: Sequence[Deviation], masks: Masks) -> list[str]:
    """A line a cause."""
    if not deviations:
        return []
    lines = [heading, ""]
    groups = sorted(grouped(deviations), key=len, reverse=True)
    for group in groups[:_LISTED]:
        first = group[0]
        accepted = f"; accepted: {first.accepted}" if first.accepted else ""
        lines.append(f"  {first.name}: {masks.text(headline(group))} ({first.fingerprint}{accepted})")
    if len(groups) > _LISTED:
        lines.append(f"  and {len(groups) - _LISTED} more, which the reports have (--report-dir)")
    return [*lines, ""]


def _undecided(verdict: Verdict, outcomes: Sequence[Outcome], masks: Masks) -> list[str]:
    """A line a reason, with the cases that it is the reason for."""
    found: dict[str, list[str]] = {}
    for outcome in outcomes:
        accepted = f" (accepted: {outcome.accepted})" if outcome.accepted else f" ({outcome.fingerprint})"
        told = accepted if verdict is Verdict.INCONCLUSIVE else ""
        found.setdefault(masks.text(outcome.why), []).append(outcome.case.name + told)
    if not found:
        return []
    return [verdict.value.capitalize(), "", *(f"  {', '.join(names)}: {why}" for why, names in found.items()), ""]
