"""Takes a result down as a record: the one place where a report is masked."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from smartcal_api.conformance.coverage import Coverage, Covered, coverage
from smartcal_api.conformance.deviation import Deviation
from smartcal_api.conformance.masking import Masks
from smartcal_api.conformance.report.record import CaseRecord, FindingRecord, Record
from smartcal_api.conformance.story import curl_lines
from smartcal_api.conformance.verdict import Outcome, Result

_INSTALLED = "site-packages"
Places = Mapping[str, tuple[Path, int]]
"""The file and the line of each clause that something was found against: the contract is parsed once for all."""


def take(
    result: Result, masks: Masks, *, labels: Mapping[str, str] | None = None, finished: datetime | None = None
) -> Record:
    """`finished` is now where it isn't given; `labels` are said by whoever runs it, such as the build."""
    document = result.contract.document
    places = document.places({each.ground.clause for outcome in result.outcomes for each in outcome.deviations})
    names = [shown_path(each) for each in document.files]
    return Record(
        root=masks.text(result.root),
        cases=tuple(_case(each, result, masks, places) for each in result.outcomes),
        exit_code=result.exit_code,
        contract=result.contract.version,
        product=result.contract.data["info"]["title"],
        document=document.path.name,
        digest=document.digests[0],
        overlays=tuple(zip(names[1:], document.digests[1:], strict=True)),
        labels=dict(labels or {}),
        finished=(finished or datetime.now(UTC)).isoformat(timespec="seconds").replace("+00:00", "Z"),
        seed=result.seed,
        profile=result.profile,
        strict=tuple(sorted(result.strict)),
        seconds=round(result.seconds, 2),
        waited_seconds=round(result.waited_seconds, 2),
        requests=len(result.evidence),
        notes=tuple(masks.text(note) for note in result.notes),
        left_out=tuple(result.left_out),
        shard=result.shard,
        planned=tuple(result.planned),
        coverage=tuple(map(_covered, coverage(result.contract, result.evidence))),
    )


def shown_path(path: Path) -> str:
    """As a tool finds it that stands where the command stood; of what is elsewhere, or installed, the name alone."""
    absolute = path if path.is_absolute() else Path.cwd() / path
    if _INSTALLED in absolute.parts or not absolute.is_relative_to(Path.cwd()):
        return path.name
    return absolute.relative_to(Path.cwd()).as_posix()


def _case(outcome: Outcome, result: Result, masks: Masks, places: Places) -> CaseRecord:
    return CaseRecord(
        law=outcome.case.law.id,
        operation=outcome.case.operation.id if outcome.case.operation else "",
        verdict=outcome.verdict,
        title=outcome.case.law.title,
        why=masks.text(outcome.reason),
        fingerprint=outcome.fingerprint,
        accepted=outcome.accepted,
        required=result.requires(outcome.case),
        watches=outcome.case.law.watches,
        requests=outcome.requests,
        seconds=round(outcome.seconds, 3),
        findings=tuple(_finding(each, outcome.case.law.title, result, masks, places) for each in outcome.deviations),
        story=tuple(curl_lines(outcome.story, result.root, masks)),
    )


def _finding(deviation: Deviation, title: str, result: Result, masks: Masks, places: Places) -> FindingRecord:
    file, line = places[deviation.ground.clause]
    return FindingRecord(
        law=deviation.law,
        operation=deviation.operation,
        message=masks.text(deviation.message),
        basis=deviation.ground.basis,
        fingerprint=deviation.fingerprint,
        title=title,
        cause=masks.text(deviation.cause),
        source=deviation.ground.source,
        clause=deviation.ground.clause,
        file=shown_path(file),
        line=line,
        decides=deviation.decides,
        accepted=deviation.accepted,
        kind=deviation.kind,
        parameter=masks.text(deviation.parameter),
        seen=masks.text(deviation.seen),
        story=tuple(curl_lines(deviation.story, result.root, masks)),
    )


def _covered(one: Coverage) -> dict[str, object]:
    groups: Iterable[tuple[str, Sequence[Covered]]] = (
        ("statuses", one.statuses),
        ("parameters", one.parameters),
        ("values", one.values),
        ("scopes", one.scopes),
    )
    return {
        "operation": one.operation.id,
        "method": one.operation.method,
        "path": one.operation.path,
        **{name: [[each.name, each.count, each.expected] for each in found] for name, found in groups},
    }
