"""The verdict as the summary of a job, or as the comment of a pull request."""

from collections.abc import Iterator, Sequence

from smartcal_api.conformance.report.record import FindingRecord, Record, grouped, reasons
from smartcal_api.conformance.report.wording import (
    SAID,
    counted,
    counts,
    listed,
    steps,
    took,
    verdict_sentence,
)
from smartcal_api.conformance.verdict import Exit, Verdict

_SIGNS = {Exit.CONFORMANT: "✅", Exit.BROKEN: "❌", Exit.INCONCLUSIVE: "❔", Exit.ERROR: "💥"}
_CAUSES, _CHANGES, _LONGEST = 10, 20, 300
_MARKDOWN = "\\`*_{}[]<>|#~"


def markdown_report(record: Record) -> str:
    """The gravest first, what is long behind a fold."""
    lines = [
        f"### {_SIGNS[record.exit_code]} {SAID[record.exit_code]}: {escaped(record.product)} at {code(record.root)}",
        "",
        escaped(verdict_sentence(record)),
        "",
        *_causes(record),
        *_changes(record),
        *_next(record),
        *_undecided(record),
        f"<sub>{escaped(' · '.join(_facts(record)))}</sub>",
    ]
    return "\n".join(lines) + "\n"


def escaped(text: str) -> str:
    """Text that means nothing in Markdown, on one line."""
    text = " ".join(text.split())
    for sign in _MARKDOWN:
        text = text.replace(sign, f"\\{sign}")
    # Somebody else's text is no reason to notify a person or to link an issue.
    return text.replace("@", "@\N{ZERO WIDTH SPACE}")


def code(text: str) -> str:
    """Text as it is, on one line, also in a cell of a table."""
    text = " ".join(text.split()).replace("|", "\\|")
    fence = "``" if "`" in text else "`"
    return f"{fence} {text} {fence}" if fence != "`" else f"`{text}`"


def _causes(record: Record) -> Iterator[str]:
    """The gravest causes, by what they rest on."""
    groups = grouped(record.breaches)
    if groups:
        yield from ("| what is wrong | why it counts | in | where |", "|---|---|---|---|")
        for group in groups[:_CAUSES]:
            first = group[0]
            why = first.ground(record.document)
            cells = (escaped(_cut(first.said)), escaped(why), escaped(_where_seen(group)), code(_place(first)))
            yield f"| {' | '.join(cells)} |"
        yield ""
        if len(groups) > _CAUSES:
            yield from (f"and {counted(len(groups) - _CAUSES, 'cause')} more, which the reports have.", "")
    minor = grouped(each for each in record.differences if not each.accepted)
    accepted = grouped(each for each in record.differences if each.accepted)
    if minor:
        said = f"{counted(len(minor), 'difference')} from choices that only {record.document} makes: not counted."
        yield from (escaped(said), "")
    if accepted:
        yield from (f"{counted(len(accepted), 'cause')} accepted by the baseline.", "")


def _where_seen(group: Sequence[FindingRecord]) -> str:
    names = list(dict.fromkeys(each.name for each in group))
    return listed(names, 3) if len(names) <= 3 else f"{len(names)} cases: {listed(names, 3)}"


def _place(finding: FindingRecord) -> str:
    return f"{finding.file}:{finding.line}"


def _changes(record: Record) -> Iterator[str]:
    if record.changes:
        yield from ("**Since the last verdict**", "")
        yield from (f"- {escaped(each)}" for each in record.changes[:_CHANGES])
        if len(record.changes) > _CHANGES:
            yield f"- and {len(record.changes) - _CHANGES} more"
        yield ""


def _next(record: Record) -> Iterator[str]:
    found = list(steps(record))
    if found:
        yield from ("**What to do next**", "")
        yield from (f"{number}. {escaped(_cut(said))}" for number, (said, _) in enumerate(found, 1))
        yield ""


def _undecided(record: Record) -> Iterator[str]:
    for verdict in (Verdict.INCONCLUSIVE, Verdict.NOT_VERIFIED):
        cases = record.of(verdict)
        if cases:
            yield f"<details><summary>{len(cases)} {verdict.value}</summary>"
            yield ""
            for why, found in reasons(cases).items():
                yield f"- {escaped(_cut(why))}: {escaped(listed([each.name for each in found], 12))}"
            yield from ("", "</details>", "")
    if record.notes:
        yield from (f"- {escaped(each)}" for each in record.notes)
        yield ""


def _facts(record: Record) -> Iterator[str]:
    yield counts(record)
    yield took(record)
    yield f"contract {record.contract}" + (f" (sha256 {record.digest[:12]})" if record.digest else "")
    yield from (f"overlay {file} (sha256 {digest[:12]})" for file, digest in record.overlays)
    if record.labels:
        yield record.build
    yield f"profile {record.profile}" + (f", strict: {', '.join(record.strict)}" if record.strict else "")
    if record.finished:
        yield record.finished


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
