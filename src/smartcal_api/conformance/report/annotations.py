"""Commands of GitHub Actions: each cause for which a law is broken as an annotation of the clause that it breaks."""

from collections.abc import Sequence

from smartcal_api.conformance.report.record import FindingRecord, Record, grouped
from smartcal_api.conformance.report.wording import headline


def annotations_report(record: Record) -> str:
    lines = [_line("error", each, record) for each in grouped(record.breaches)]
    lines += [_line("warning", each, record) for each in grouped(record.differences)]
    return "".join(f"{line}\n" for line in lines)


def _line(level: str, group: Sequence[FindingRecord], record: Record) -> str:
    first = group[0]
    properties = {
        "file": first.file,
        "line": str(first.line),
        "title": f"{first.name} is broken" if level == "error" else f"{first.name} differs",
    }
    stated = ",".join(f"{name}={_escaped(value, property_=True)}" for name, value in properties.items())
    return f"::{level} {stated}::{_escaped(f'{first.title} {headline(group)} ({first.ground(record.document)})')}"


def _escaped(text: str, *, property_: bool = False) -> str:
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return text.replace(":", "%3A").replace(",", "%2C") if property_ else text
