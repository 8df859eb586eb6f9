"""One page that needs nothing else: the verdict, what is broken and how to see it, the matrix, and what was covered."""

from collections.abc import Iterator, Sequence
from html import escape

from smartcal_api.conformance.coverage import Coverage, Covered, coverage
from smartcal_api.conformance.deviation import Deviation
from smartcal_api.conformance.masking import Masks
from smartcal_api.conformance.report.style import STYLE
from smartcal_api.conformance.report.wording import others, sentence, where
from smartcal_api.conformance.story import curl_lines
from smartcal_api.conformance.verdict import Exit, Outcome, Result, Verdict, grouped

_SAID = {
    Exit.CONFORMANT: "Conformant",
    Exit.BROKEN: "Not conformant",
    Exit.INCONCLUSIVE: "Inconclusive",
    Exit.ERROR: "Not judged",
}
_MARKS = {
    Verdict.HELD: "✓",
    Verdict.BROKEN: "✗",
    Verdict.NOT_VERIFIED: "·",
    Verdict.INCONCLUSIVE: "?",
    Verdict.ERROR: "!",
}


def html_report(result: Result, masks: Masks) -> str:
    title = f"{_SAID[result.exit_code]}: {result.contract.data['info']['title']} at {masks.text(result.root)}"
    parts = [
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body>",
        *_head(result, masks),
        *_broken("Broken", result.breaches, result, masks),
        *_broken("Differences that don't count", result.differences, result, masks),
        *_undecided(result, masks),
        *_matrix(result, masks),
        *_coverage(result),
        "</body></html>\n",
    ]
    return "\n".join(parts)


def _head(result: Result, masks: Masks) -> Iterator[str]:
    code = result.exit_code
    yield f'<header class="{code.name.lower()}"><h1>{_SAID[code]}</h1><p>{escape(masks.text(result.root))}</p>'
    counts = " · ".join(f"{len(result.of(each))} {each.value}" for each in Verdict if result.of(each))
    waited = f", {result.waited_seconds:.0f} s of it waiting for limits" if result.waited_seconds else ""
    facts = {
        "cases": counts,
        "requests": f"{len(result.evidence)} in {result.seconds:.1f} s{waited}",
        "contract": result.contract.version,
        "profile": result.profile + (f", strict: {', '.join(sorted(result.strict))}" if result.strict else ""),
        "seed": str(result.seed),
    }
    yield (
        "<dl>" + "".join(f"<div><dt>{name}</dt><dd>{escape(text)}</dd></div>" for name, text in facts.items()) + "</dl>"
    )
    yield "".join(f"<p>{escape(masks.text(note))}</p>" for note in result.notes) + "</header>"


def _broken(heading: str, deviations: Sequence[Deviation], result: Result, masks: Masks) -> Iterator[str]:
    """An article a cause."""
    if not deviations:
        return
    yield f"<section><h2>{heading}</h2>"
    for group in grouped(deviations):
        first = group[0]
        story = "\n".join(curl_lines(first.story, result.root, masks))
        more = f"<p>And so {escape(others(group))}.</p>" if others(group) else ""
        anchors = "".join(f'<span id="{_anchor(name)}"></span>' for name in dict.fromkeys(each.name for each in group))
        yield (
            f"<article>{anchors}<h3>✗ {escape(first.name)}</h3><p>{escape(result.title(first.law))}</p>"
            f'<p class="why">{escape(masks.text(first.message))}</p>'
            f"<p>{escape(sentence(first, result).capitalize())}.</p>{more}"
            f"<p><small><code>{escape(where(first, result))}</code> · fingerprint "
            f"<code>{escape(first.fingerprint)}</code></small></p>"
            f'<pre tabindex="0">{escape(story)}</pre></article>'
        )
    yield "</section>"


def _undecided(result: Result, masks: Masks) -> Iterator[str]:
    for verdict in (Verdict.ERROR, Verdict.INCONCLUSIVE, Verdict.NOT_VERIFIED):
        reasons: dict[str, list[str]] = {}
        for each in result.of(verdict):
            reasons.setdefault(masks.text(each.why), []).append(each.case.name)
        if reasons:
            rows = "".join(
                f"<tr><td>{escape(', '.join(names))}</td><td>{escape(why)}</td></tr>" for why, names in reasons.items()
            )
            yield f"<section><h2>{verdict.value.capitalize()}</h2><table><tbody>{rows}</tbody></table></section>"


def _matrix(result: Result, masks: Masks) -> Iterator[str]:
    """Operations by laws; laws that are about no operation are in the first row."""
    laws = {each.case.law.id: each.case.law for each in sorted(result.outcomes, key=lambda o: _order(o.case.law.id))}
    cells = {
        (each.case.operation.id if each.case.operation else "", each.case.law.id): each for each in result.outcomes
    }
    rows = ["", *(name for name in result.contract.operations if any(name == row for row, _ in cells))]
    yield '<section><h2>Operations and laws</h2><div class="wide" tabindex="0"><table class="matrix">'
    yield "<thead><tr><th></th>"
    yield "".join(f'<th scope="col" title="{escape(law.title)}"><span>{name}</span></th>' for name, law in laws.items())
    yield "</tr></thead><tbody>"
    for row in rows:
        told = "".join(_cell(cells.get((row, name)), masks) for name in laws)
        yield f'<tr><th scope="row">{escape(row) or "the deployment"}</th>{told}</tr>'
    yield "</tbody></table></div></section>"


def _cell(outcome: Outcome | None, masks: Masks) -> str:
    if outcome is None:
        return "<td></td>"
    kind = outcome.verdict.name.lower()
    reason = f", {masks.text(outcome.reason)}" if outcome.reason else ""
    said = f"{outcome.case.name}: {outcome.verdict.value}{reason}"
    mark = _MARKS[outcome.verdict]
    if outcome.verdict is Verdict.BROKEN and outcome.gravest is not None:
        mark = f'<a href="#{_anchor(outcome.gravest.name)}">✗</a>'
    return f'<td class="{kind}" title="{escape(said)}">{mark}</td>'


def _coverage(result: Result) -> Iterator[str]:
    found = coverage(result.contract, result.evidence)
    every = [each for one in found for each in one.all if each.expected]
    share = sum(1 for each in every if each.count) / max(1, len(every))
    yield f"<section><h2>Coverage</h2><p>{share:.0%} of {len(every)} statuses, parameters, values and scopes seen.</p>"
    yield '<div class="wide" tabindex="0"><table class="coverage"><thead><tr><th scope="col">operation</th>'
    columns = ("statuses", "parameters", "values of enums", "scopes")
    yield "".join(f'<th scope="col">{name}</th>' for name in columns) + "</tr></thead><tbody>"
    yield from (_covered(each) for each in found)
    yield "</tbody></table></div></section>"


def _covered(one: Coverage) -> str:
    groups = (one.statuses, one.parameters, one.values, one.scopes)
    told = "".join(f"<td>{' '.join(map(_chip, group))}</td>" for group in groups)
    where = f"<small>{one.operation.method} {escape(one.operation.path)}</small>"
    return f'<tr><th scope="row">{escape(one.operation.id)}<br>{where}</th>{told}</tr>'


def _chip(each: Covered) -> str:
    kind = "seen" if each.count else "unseen" if each.expected else "spared"
    return f'<span class="{kind}" title="{each.count} times">{escape(each.name)}</span>'


def _anchor(name: str) -> str:
    return escape(name.replace(" ", "-"))


def _order(name: str) -> tuple[str, int]:
    family, _, number = name.partition(" ")
    return family, int(number) if number.isdigit() else 0
