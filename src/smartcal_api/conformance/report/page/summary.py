"""The first screen: what it came to, the causes by what they rest on, and what to do next."""

from collections.abc import Iterator, Sequence
from html import escape

from smartcal_api.conformance.basis import Basis
from smartcal_api.conformance.report.page.causes import anchor
from smartcal_api.conformance.report.record import FindingRecord, Record, grouped, reasons
from smartcal_api.conformance.report.wording import (
    SAID,
    counted,
    counts,
    heading,
    of_the_app,
    steps,
    took,
    verdict_sentence,
)
from smartcal_api.conformance.verdict import Verdict

_CHANGES = 5
_UNDECIDED = {
    Verdict.ERROR: "A fault of smartcal itself, not of what it judged",
    Verdict.INCONCLUSIVE: "Could not be decided",
    Verdict.NOT_VERIFIED: "Not verified, since it needs more than was given",
}


def summary(record: Record) -> Iterator[str]:
    """The head of the page."""
    code = record.exit_code
    yield f'<header class="{code.name.lower()}"><h1>{SAID[code]}</h1>'
    yield f'<p class="lead">{escape(verdict_sentence(record))}</p>'
    about = [record.product, f"at {record.root}", *([record.build] if record.labels else [])]
    yield f'<p class="soft">{escape(" · ".join(about))}</p>'
    yield '<div class="first"><section><h2>What was found</h2><table class="found"><tbody>'
    yield from _rows(record)
    yield "</tbody></table></section>"
    yield "<div>"
    found = list(steps(record))
    if found:
        yield "<section><h2>What to do next</h2><ol>"
        yield from (f"<li>{_step(said, about)}</li>" for said, about in found)
        yield "</ol></section>"
    if record.changes:
        yield "<section><h2>Since the last verdict</h2><ul>"
        yield from (f"<li>{escape(each)}</li>" for each in record.changes[:_CHANGES])
        if len(record.changes) > _CHANGES:
            rest = "".join(f"<li>{escape(each)}</li>" for each in record.changes[_CHANGES:])
            more = f"{len(record.changes) - _CHANGES} more"
            yield f"<li><details><summary>{more}</summary><ul>{rest}</ul></details></li>"
        yield "</ul></section>"
    yield "</div></div>"
    yield f"<details><summary>{escape(counts(record) or 'No case')} · {escape(took(record))}</summary>"
    yield "<dl>" + "".join(f"<div><dt>{name}</dt><dd>{escape(text)}</dd></div>" for name, text in _facts(record))
    yield "</dl></details>"
    yield "".join(f'<p class="soft">{escape(note)}</p>' for note in record.notes) + "</header>"


def _rows(record: Record) -> Iterator[str]:
    """A row for each basis, with its gravest cause, and one for each way not to be decided."""
    groups = grouped(record.breaches)
    for basis in Basis:
        for app in (False, True):
            found = [each for each in groups if each[0].basis is basis and of_the_app(each[0]) is app]
            if found:
                said = heading(basis, record.document) + (", by the app" if app else "")
                yield _row("broken", said, found)
    minor = grouped(each for each in record.differences if not each.accepted)
    accepted = grouped(each for each in record.differences if each.accepted)
    if minor:
        yield _row("soft", f"Choices that only {record.document} makes: they don't count", minor)
    if accepted:
        yield _row("soft", "Accepted by the baseline", accepted)
    for verdict in (Verdict.ERROR, Verdict.INCONCLUSIVE, Verdict.NOT_VERIFIED):
        cases = record.of(verdict)
        if cases:
            why = next(iter(reasons(cases)))
            name = verdict.name.lower()
            yield (
                f'<tr class="{name}"><td class="count">{len(cases)}</td><td>{_UNDECIDED[verdict]}'
                f'<p class="cut"><a href="#{name}">{escape(cases[0].name)}</a>: {escape(why)}</p></td></tr>'
            )
    if not groups and record.of(Verdict.HELD):
        yield f'<tr class="held"><td class="count">{len(record.of(Verdict.HELD))}</td><td>Held</td></tr>'


def _row(kind: str, said: str, groups: Sequence[Sequence[FindingRecord]]) -> str:
    first = groups[0][0]
    return (
        f'<tr class="{kind}"><td class="count">{len(groups)}</td><td>{escape(said)}'
        f'<p class="cut"><a href="#{anchor(first)}">{escape(first.name)}</a>: {escape(first.said)}</p></td></tr>'
    )


def _step(said: str, about: FindingRecord | None) -> str:
    told = escape(said)
    return f'{told} <a href="#{anchor(about)}">See it</a>' if about is not None else told


def _facts(record: Record) -> Iterator[tuple[str, str]]:
    if record.finished:
        yield "finished", record.finished
    yield from record.labels.items()
    yield "contract", f"{record.document} {record.contract}" + (f", sha256 {record.digest}" if record.digest else "")
    yield from (("overlay", f"{file}, sha256 {digest}") for file, digest in record.overlays)
    yield "profile", record.profile + (f", strict: {', '.join(record.strict)}" if record.strict else "")
    yield "seed", str(record.seed)
    if record.left_out:
        yield "left out", counted(len(record.left_out), "case")


def undecided(record: Record) -> Iterator[str]:
    """What wasn't decided, a row a reason."""
    for verdict in (Verdict.ERROR, Verdict.INCONCLUSIVE, Verdict.NOT_VERIFIED):
        cases = record.of(verdict)
        if cases:
            rows = "".join(
                f"<tr><td>{escape(why)}</td><td>{escape(', '.join(each.name for each in found))}</td></tr>"
                for why, found in reasons(cases).items()
            )
            yield f'<section id="{verdict.name.lower()}"><h2>{verdict.value.capitalize()}</h2>'
            yield '<div class="wide" tabindex="0"><table><thead><tr><th scope="col">why</th><th scope="col">cases</th>'
            yield f"</tr></thead><tbody>{rows}</tbody></table></div></section>"
