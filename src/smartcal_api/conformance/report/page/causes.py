"""Every cause with its story, by what it rests on: to be filtered, and to be grouped otherwise."""

from collections.abc import Iterator, Sequence
from html import escape

from smartcal_api.conformance.basis import Basis
from smartcal_api.conformance.report.record import FindingRecord, Record, by_law, grouped
from smartcal_api.conformance.report.wording import heading, others, where

_DEPLOYMENT = "the deployment"


def causes(record: Record) -> Iterator[str]:
    """Closed until somebody opens one; the filters are there only with the script that they need."""
    groups = [*grouped(record.breaches), *grouped(record.differences)]
    if not groups:
        return
    yield '<section id="causes"><h2>Causes</h2>'
    yield from _filters(groups)
    for said, found in _by_basis(groups, record):
        yield f'<section class="group"><h3>{escape(said)} <small>{len(found)}</small></h3>'
        yield from (_cause(group, record) for group in found)
        yield "</section>"
    yield "</section>"


def anchor(finding: FindingRecord) -> str:
    """The name of a cause within the page, by its first finding."""
    return escape(f"{finding.law.replace(' ', '-')}-{finding.fingerprint.rpartition('.')[2]}")


def _by_basis(groups: Sequence[list[FindingRecord]], record: Record) -> Iterator[tuple[str, list[list[FindingRecord]]]]:
    for basis in Basis:
        found = [each for each in groups if each[0].basis is basis and each[0].counts]
        if found:
            yield heading(basis, record.document), found
    minor = [each for each in groups if not each[0].counts and not each[0].accepted]
    if minor:
        yield f"Choices that only {record.document} makes: they don't count", minor
    accepted = [each for each in groups if each[0].accepted]
    if accepted:
        yield "Accepted", accepted


def _filters(groups: Sequence[Sequence[FindingRecord]]) -> Iterator[str]:
    families = {each.law.partition(" ")[0] for group in groups for each in group}
    operations = {each.operation or _DEPLOYMENT for group in groups for each in group}
    yield '<form id="filters" hidden><label>Search <input type="search" name="text"></label>'
    yield _choice("family", "Laws", sorted(families))
    yield _choice("operation", "Operation", sorted(operations))
    yield '<label>Group by <select name="group"><option value="basis">what it rests on</option>'
    yield '<option value="law">law</option><option value="operation">operation</option></select></label>'
    yield '<output name="shown" aria-live="polite"></output></form>'


def _choice(name: str, label: str, values: Sequence[str]) -> str:
    options = "".join(f"<option>{escape(each)}</option>" for each in values)
    return f'<label>{label} <select name="{name}"><option value="">all</option>{options}</select></label>'


def _cause(group: Sequence[FindingRecord], record: Record) -> str:
    first = group[0]
    names = list(dict.fromkeys(each.name for each in group))
    families = sorted({each.law.partition(" ")[0] for each in group})
    laws = sorted({each.law for each in group}, key=by_law)
    operations = sorted({each.operation or _DEPLOYMENT for each in group})
    data = {"family": families, "law": laws, "operation": operations}
    stated = "".join(f' data-{name}="{escape("|".join(values))}"' for name, values in data.items())
    anchors = "".join(f'<span id="{escape(each.fingerprint)}"></span>' for each in group[1:])
    more = f"<p>And so {escape(others(group))}.</p>" if len(names) > 1 else ""
    count = f" <small>{len(names)} cases</small>" if len(names) > 1 else ""
    story = escape("\n".join(first.story)) or "no request shows it"
    return (
        f'<details class="cause {"counts" if first.counts else "minor"}" id="{anchor(first)}"{stated}>'
        f'<summary><b>{escape(first.name)}</b> <span class="why">{escape(first.said)}</span>{count}</summary>'
        f"{anchors}<p>{escape(first.title)}</p>"
        f'<p class="why">{escape(first.message)}</p><p>{escape(_sentence(first, record))}</p>{more}'
        f'<pre tabindex="0">{story}</pre><p><small><code>{escape(where(first))}</code> · fingerprint '
        f"<code>{escape(first.fingerprint)}</code></small></p></details>"
    )


def _sentence(finding: FindingRecord, record: Record) -> str:
    said = finding.ground(record.document)
    return f"{said[:1].upper()}{said[1:]}."
