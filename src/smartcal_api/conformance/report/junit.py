"""JUnit XML, as CI systems read it: a suite a family, a test a case."""

from itertools import groupby
from xml.sax.saxutils import escape, quoteattr

from smartcal_api.conformance.masking import Masks
from smartcal_api.conformance.story import curl_lines
from smartcal_api.conformance.verdict import Outcome, Result, Verdict


def junit_report(result: Result, masks: Masks) -> str:
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        f'<testsuites name="smartcal verify" time="{result.seconds:.2f}">',
    ]
    ordered = sorted(result.outcomes, key=lambda each: each.case.name)
    for family, group in groupby(ordered, key=lambda each: each.case.law.family):
        members = list(group)
        failures = sum(1 for each in members if each in result.breaches)
        skipped = sum(1 for each in members if each.verdict is not Verdict.HELD and each not in result.breaches)
        lines.append(
            f'<testsuite name="{family}" tests="{len(members)}" failures="{failures}" skipped="{skipped}" '
            f'time="{sum(each.seconds for each in members):.3f}">'
        )
        for outcome in members:
            lines += _test(outcome, result, masks)
        lines.append("</testsuite>")
    return "\n".join([*lines, "</testsuites>", ""])


def _test(outcome: Outcome, result: Result, masks: Masks) -> list[str]:
    law, why = outcome.case.law, _printable(masks.text(outcome.why))
    opening = f'<testcase classname="{law.family}" name={quoteattr(outcome.case.name)} time="{outcome.seconds:.3f}"'
    if outcome.verdict is Verdict.HELD:
        return [f"{opening}/>"]
    if outcome in result.breaches:
        story = _printable("\n".join(curl_lines(outcome.story, result.root, masks)))
        body = escape(f"{law.title}\n{why}\n{outcome.clause}\n\n{story}")
        return [f"{opening}>", f"<failure message={quoteattr(why)}>{body}</failure>", "</testcase>"]
    said = f"{outcome.verdict.value}: {why}" + (f" (accepted: {outcome.accepted})" if outcome.accepted else "")
    return [f"{opening}>", f"<skipped message={quoteattr(said)}/>", "</testcase>"]


def _printable(text: str) -> str:
    """Without what XML 1.0 has no room for."""
    return "".join(c if c in "\t\n" or (ord(c) >= 32 and ord(c) not in (0xFFFE, 0xFFFF)) else "�" for c in text)
