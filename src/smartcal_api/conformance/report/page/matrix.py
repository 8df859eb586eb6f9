"""Operations by laws, and what of the contract was seen."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from smartcal_api.conformance.report.page.causes import anchor
from smartcal_api.conformance.report.record import CaseRecord, FindingRecord, Record, by_law, grouped
from smartcal_api.conformance.report.wording import MARKS
from smartcal_api.conformance.verdict import Verdict

_GROUPS = {"statuses": "statuses", "parameters": "parameters", "values": "values of enums", "scopes": "scopes"}


def matrix(record: Record) -> Iterator[str]:
    """Laws that are about no operation are in the first row."""
    if not record.cases:
        return
    laws = {each.law: each for each in sorted(record.cases, key=lambda each: by_law(each.law))}
    cells = {(each.operation, each.law): each for each in record.cases}
    asked = {each.operation for each in record.cases}
    known = [str(each["operation"]) for each in record.coverage]
    rows = [name for name in dict.fromkeys(("", *known, *sorted(asked))) if name in asked]
    causes = {each.fingerprint: group[0] for group in grouped(record.breaches) for each in group}
    yield '<section><h2>Operations and laws</h2><div class="wide" tabindex="0"><table class="matrix">'
    yield '<thead><tr><th scope="col"><span>operation</span></th>'
    yield "".join(
        f'<th scope="col" title="{escape(each.title)}"><span>{name}</span></th>' for name, each in laws.items()
    )
    yield "</tr></thead><tbody>"
    for row in rows:
        told = "".join(_cell(cells.get((row, name)), causes) for name in laws)
        yield f'<tr><th scope="row">{escape(row) or "the deployment"}</th>{told}</tr>'
    yield "</tbody></table></div></section>"


def _cell(case: CaseRecord | None, causes: Mapping[str, FindingRecord]) -> str:
    if case is None:
        return "<td></td>"
    said = f"{case.name}: {case.verdict.value}{f', {case.why}' if case.why else ''}"
    mark = MARKS[case.verdict]
    counting = [each for each in case.findings if each.counts]
    if case.verdict is Verdict.BROKEN and counting:
        mark = f'<a href="#{anchor(causes[counting[0].fingerprint])}" aria-label="{escape(case.name)} broken">✗</a>'
    return f'<td class="{case.verdict.name.lower()}" title="{escape(said)}">{mark}</td>'


def covered(record: Record) -> Iterator[str]:
    """Nothing where the verdict doesn't say it, as one of an older version doesn't."""
    if not record.coverage:
        return
    every = [each for one in record.coverage for group in _GROUPS for each in one[group] if each[2]]
    share = sum(1 for each in every if each[1]) / max(1, len(every))
    yield f"<section><h2>Coverage</h2><p>{share:.0%} of {len(every)} statuses, parameters, values and scopes seen.</p>"
    yield '<div class="wide" tabindex="0"><table class="coverage"><thead><tr><th scope="col">operation</th>'
    yield "".join(f'<th scope="col">{name}</th>' for name in _GROUPS.values()) + "</tr></thead><tbody>"
    yield from (_operation(each) for each in record.coverage)
    yield "</tbody></table></div></section>"


def _operation(one: Mapping[str, Any]) -> str:
    told = "".join(f"<td>{' '.join(map(_chip, one[group]))}</td>" for group in _GROUPS)
    where = f"<small>{escape(one['method'])} {escape(one['path'])}</small>"
    return f'<tr><th scope="row">{escape(one["operation"])}<br>{where}</th>{told}</tr>'


def _chip(seen: Sequence[Any]) -> str:
    name, count, expected = seen
    kind = "seen" if count else "unseen" if expected else "spared"
    return f'<span class="{kind}" title="{count} times">{escape(str(name))}</span>'
