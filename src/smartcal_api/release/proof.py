"""The files that a release is decided by: verdicts, and the JSON of `smartcal diff` and `smartcal impact`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from smartcal_api.conformance.report.record import Record
from smartcal_api.conformance.report.stored import from_json, is_verdict
from smartcal_api.errors import UsageError
from smartcal_api.input import Unreadable, read_json

_MOST_BYTES = 1024 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Change:
    """What a document changes for whom, of the changes that aren't compatible."""

    level: str
    concerns: str
    where: str
    text: str
    accepted: str


@dataclass(frozen=True, slots=True)
class Diff:
    """`version` is that of the new document, `announced` whether it says that something breaks."""

    version: str
    announced: bool
    changes: tuple[Change, ...]

    def of(self, level: str) -> list[Change]:
        return [each for each in self.changes if each.level == level]


@dataclass(frozen=True, slots=True)
class Hit:
    """Recorded calls that the new document does something to, and how many of them each caller made."""

    operation: str
    message: str
    calls: int
    callers: Mapping[str, int]
    accepted: str


@dataclass(frozen=True, slots=True)
class Impact:
    """`calls` is how many were looked at."""

    calls: int
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Proof:
    """By the names of the files."""

    verdicts: Mapping[str, Record]
    diffs: Mapping[str, Diff]
    impacts: Mapping[str, Impact] = field(default_factory=dict)


def read_proof(paths: Iterable[Path]) -> Proof:
    """Raises `UsageError` for a file that is none of them, or is given twice."""
    verdicts: dict[str, Record] = {}
    diffs: dict[str, Diff] = {}
    impacts: dict[str, Impact] = {}
    for path in paths:
        name = str(path)
        if name in verdicts or name in diffs or name in impacts:
            raise UsageError(f"{path} is given twice.")
        try:
            document = read_json(path, most=_MOST_BYTES)
        except Unreadable as error:
            raise UsageError(str(error)) from None
        try:
            if is_verdict(document):
                verdicts[name] = from_json(document)
            elif "hits" in document:
                impacts[name] = _impact(document)
            else:
                diffs[name] = _diff(document)
        except (LookupError, TypeError, ValueError, AttributeError):
            raise UsageError(
                f"{path} is neither a verdict.json of `smartcal verify --report-dir` nor what `smartcal diff` or "
                "`smartcal impact` print with --format json."
            ) from None
    return Proof(verdicts, diffs, impacts)


def _diff(document: Mapping[str, Any]) -> Diff:
    changes = tuple(
        Change(
            str(each["level"]),
            str(each["concerns"]),
            f"{each['subject']} {each['part']}".strip(),
            str(each["text"]),
            str(each.get("accepted") or ""),
        )
        for each in document["changes"]
    )
    return Diff(str(document["new"]["version"]), bool(document["announced"]), changes)


def _impact(document: Mapping[str, Any]) -> Impact:
    hits = tuple(
        Hit(
            str(each["operation"]),
            str(each["message"]),
            int(each["calls"]),
            {str(name): int(count) for name, count in each["callers"].items()},
            str(each.get("accepted") or ""),
        )
        for each in document["hits"]
    )
    return Impact(int(document["recorded"]["calls"]), hits)
