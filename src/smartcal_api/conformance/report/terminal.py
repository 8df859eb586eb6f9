"""The table of laws, and the story of each that is broken."""

from collections.abc import Iterator

from smartcal_api.conformance.masking import Masks
from smartcal_api.conformance.story import curl_lines
from smartcal_api.conformance.verdict import Exit, Outcome, Result, Verdict

_MARKS = {Verdict.HELD: "✓", Verdict.BROKEN: "✗", Verdict.NOT_VERIFIED: "·", Verdict.INCONCLUSIVE: "?"}
_TITLE = 80
_WORST = (Verdict.BROKEN, Verdict.INCONCLUSIVE, Verdict.NOT_VERIFIED, Verdict.HELD)
_SENTENCES = {
    Exit.CONFORMANT: "conformant",
    Exit.BROKEN: "not conformant",
    Exit.INCONCLUSIVE: "inconclusive",
}


def terminal_report(result: Result, masks: Masks) -> str:
    lines = [*_table(result), ""]
    for outcome in result.breaches:
        lines += [*_failure(outcome, result, masks), ""]
    if result.differences:
        lines += ["Differences that don't decide", ""]
        for outcome in result.differences:
            why = f"accepted: {outcome.accepted}" if outcome.accepted else "decided by the contract, not documented"
            lines.append(f"  {outcome.case.name}: {masks.text(outcome.why)} ({why}; {outcome.fingerprint})")
        lines.append("")
    for verdict in (Verdict.INCONCLUSIVE, Verdict.NOT_VERIFIED):
        found: dict[str, list[str]] = {}
        for outcome in result.of(verdict):
            found.setdefault(masks.text(outcome.why), []).append(outcome.case.name)
        if found:
            lines += [verdict.value.capitalize(), ""]
            lines += [f"  {', '.join(names)}: {why}" for why, names in found.items()]
            lines.append("")
    lines += [f"  {note}" for note in result.notes]
    waited = f", {result.waited_seconds:.0f} s of it waiting for limits" if result.waited_seconds else ""
    counts = " · ".join(f"{len(result.of(each))} {each.value}" for each in Verdict if result.of(each))
    took = f"{len(result.evidence)} requests in {result.seconds:.1f} s{waited}"
    lines.append(f"{_SENTENCES[result.exit_code]}: {counts} · {took} · seed {result.seed}")
    return "\n".join(lines)


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


def _failure(outcome: Outcome, result: Result, masks: Masks) -> Iterator[str]:
    yield f"✗ {outcome.case.name}: {outcome.case.law.title}"
    yield f"  {masks.text(outcome.why)}"
    yield f"  {outcome.basis} at {outcome.clause} · fingerprint {outcome.fingerprint}"
    yield from (f"    {line}" for line in curl_lines(outcome.story, result.root, masks))
