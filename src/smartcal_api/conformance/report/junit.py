"""JUnit XML, as CI systems read it: a suite a family, a test a case."""

from itertools import groupby
from xml.sax.saxutils import escape, quoteattr

from smartcal_api.conformance.deviation import Deviation
from smartcal_api.conformance.masking import Masks
from smartcal_api.conformance.report.wording import sentence
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
        verdicts = [each.verdict for each in members]
        skipped = sum(verdicts.count(each) for each in (Verdict.INCONCLUSIVE, Verdict.NOT_VERIFIED))
        lines.append(
            f'<testsuite name="{family}" tests="{len(members)}" failures="{verdicts.count(Verdict.BROKEN)}" '
            f'errors="{verdicts.count(Verdict.ERROR)}" skipped="{skipped}" '
            f'time="{sum(each.seconds for each in members):.3f}">'
        )
        for outcome in members:
            lines += _test(outcome, result, masks)
        lines.append("</testsuite>")
    return "\n".join([*lines, "</testsuites>", ""])


def _test(outcome: Outcome, result: Result, masks: Masks) -> list[str]:
    law, why = outcome.case.law, _printable(masks.text(outcome.reason))
    opening = f'<testcase classname="{law.family}" name={quoteattr(outcome.case.name)} time="{outcome.seconds:.3f}"'
    match outcome.verdict:
        case Verdict.BROKEN:
            body = escape("\n\n".join(_told(each, result, masks) for each in outcome.deviations if each.counts))
            inside = [f"<failure message={quoteattr(why)}>{escape(law.title)}\n{body}</failure>"]
        case Verdict.ERROR:
            inside = [f"<error message={quoteattr(why)}/>"]
        case Verdict.HELD:
            inside = []
        case _:
            accepted = f" (accepted: {outcome.accepted})" if outcome.accepted else ""
            inside = [f"<skipped message={quoteattr(f'{outcome.verdict.value}: {why}{accepted}')}/>"]
    minor = [each for each in outcome.deviations if not each.counts]
    if minor:
        inside.append(f"<system-out>{escape(chr(10).join(_line(each, result, masks) for each in minor))}</system-out>")
    return [f"{opening}>", *inside, "</testcase>"] if inside else [f"{opening}/>"]


def _told(deviation: Deviation, result: Result, masks: Masks) -> str:
    story = _printable("\n".join(curl_lines(deviation.story, result.root, masks)))
    return f"{_line(deviation, result, masks)}\n{deviation.ground.clause}\n{story}"


def _line(deviation: Deviation, result: Result, masks: Masks) -> str:
    return _printable(f"{masks.text(deviation.message)} ({sentence(deviation, result)}; {deviation.fingerprint})")


def _printable(text: str) -> str:
    """Without what XML 1.0 has no room for."""
    return "".join(c if c in "\t\n" or (ord(c) >= 32 and ord(c) not in (0xFFFE, 0xFFFF)) else "�" for c in text)
