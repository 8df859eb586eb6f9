"""Each cause at the clause of the contract that it breaks: as a command of GitHub Actions, and for code scanning."""

from collections.abc import Sequence
from hashlib import sha256

from smartcal_api.annotations import Annotation, github, sarif
from smartcal_api.conformance.report.record import FindingRecord, Record, grouped
from smartcal_api.conformance.report.wording import headline


def annotations_report(record: Record) -> str:
    """What is accepted is left out."""
    return github(_annotations(record))


def sarif_report(record: Record) -> str:
    """A rule is a law."""
    titles = {each.law: each.title or each.law for each in record.findings}
    about = {"root": record.root, "contract": record.contract, "sha256": record.digest, "labels": dict(record.labels)}
    return sarif(_annotations(record), titles, properties=about)


def _annotations(record: Record) -> list[Annotation]:
    return [_annotation(each, record) for each in (*grouped(record.breaches), *grouped(record.differences))]


def _annotation(group: Sequence[FindingRecord], record: Record) -> Annotation:
    first = group[0]
    return Annotation(
        level="error" if first.counts else "note",
        rule=first.law,
        file=first.file or record.document,
        line=max(1, first.line),
        title=f"{first.name} {'is broken' if first.counts else 'differs'}",
        text=f"{first.title} {headline(group)} ({first.ground(record.document)})",
        # What is alike stays one alert, however many cases it is seen in, and whether it is accepted or not.
        fingerprint=sha256("\n".join((first.law, *first.alike[:-3])).encode()).hexdigest()[:20],
        accepted=first.accepted,
    )
