"""JUnit XML, as CI systems read it: a suite a family, a test a case.

A case has the name that it has in every run, by which GitLab and Jenkins tell what is new: they take two tests of one
class and one name for one. What stands before the last dot of a class is its package for Jenkins.
"""

from itertools import groupby
from xml.sax.saxutils import escape, quoteattr

from smartcal_api.conformance.report.record import CaseRecord, FindingRecord, Record
from smartcal_api.conformance.verdict import Verdict

_PACKAGE = "smartcal"


def junit_report(record: Record) -> str:
    verdicts = [each.verdict for each in record.cases]
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        f'<testsuites name="smartcal verify" {_counts(verdicts)} time="{record.seconds:.2f}">',
    ]
    ordered = sorted(record.cases, key=lambda each: (each.family, each.name))
    for family, group in groupby(ordered, key=lambda each: each.family):
        members = list(group)
        stamp = f' timestamp="{record.finished.removesuffix("Z")}"' if record.finished else ""
        lines.append(
            f'<testsuite name="{family}" {_counts([each.verdict for each in members])} '
            f'time="{sum(each.seconds for each in members):.3f}"{stamp}>'
        )
        lines += _properties(record)
        for case in members:
            lines += _test(case, record)
        lines.append("</testsuite>")
    return "\n".join([*lines, "</testsuites>", ""])


def _counts(verdicts: list[Verdict]) -> str:
    skipped = verdicts.count(Verdict.INCONCLUSIVE) + verdicts.count(Verdict.NOT_VERIFIED)
    return (
        f'tests="{len(verdicts)}" failures="{verdicts.count(Verdict.BROKEN)}" '
        f'errors="{verdicts.count(Verdict.ERROR)}" skipped="{skipped}"'
    )


def _properties(record: Record) -> list[str]:
    """Which build and which contract it is about."""
    stated = {"root": record.root, "contract": record.contract, "contract-sha256": record.digest, **record.labels}
    told = [_property(name, value) for name, value in stated.items() if value]
    told += [_property(f"overlay-sha256 {file}", digest) for file, digest in record.overlays]
    return ["<properties>", *told, "</properties>"]


def _property(name: str, value: str) -> str:
    return f"<property name={quoteattr(_printable(name))} value={quoteattr(_printable(value))}/>"


def _test(case: CaseRecord, record: Record) -> list[str]:
    why = quoteattr(_printable(case.why))
    opening = f'<testcase classname="{_PACKAGE}.{case.family}" name={quoteattr(case.name)} time="{case.seconds:.3f}"'
    match case.verdict:
        case Verdict.BROKEN:
            body = escape("\n\n".join(_told(each, record) for each in case.findings if each.counts))
            inside = [f"<failure message={why}>{escape(case.title)}\n{body}</failure>"]
        case Verdict.ERROR:
            inside = [f"<error message={why}/>"]
        case Verdict.HELD:
            inside = []
        case _:
            accepted = f" (accepted: {case.accepted})" if case.accepted else ""
            said = quoteattr(_printable(f"{case.verdict.value}: {case.why}{accepted}"))
            inside = [f"<skipped message={said}/>"]
    minor = [each for each in case.findings if not each.counts]
    if minor:
        inside.append(f"<system-out>{escape(chr(10).join(_line(each, record) for each in minor))}</system-out>")
    return [f"{opening}>", *inside, "</testcase>"] if inside else [f"{opening}/>"]


def _told(finding: FindingRecord, record: Record) -> str:
    return f"{_line(finding, record)}\n{finding.clause}\n" + _printable("\n".join(finding.story))


def _line(finding: FindingRecord, record: Record) -> str:
    return _printable(f"{finding.message} ({finding.ground(record.document)}; {finding.fingerprint})")


def _printable(text: str) -> str:
    """Without what XML 1.0 has no room for."""
    return "".join(c if c in "\t\n" or (ord(c) >= 32 and ord(c) not in (0xFFFE, 0xFFFF)) else "�" for c in text)
