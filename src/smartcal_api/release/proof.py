"""The files that a release is decided by: verdicts, and the JSON of `smartcal diff`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
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
class Proof:
    """By the names of the files."""

    verdicts: Mapping[str, Record]
    diffs: Mapping[str, Diff]


def read_proof(paths: Iterable[Path]) -> Proof:
    """Raises `UsageError` for a file that is neither, or is given twice."""
    verdicts: dict[str, Record] = {}
    diffs: dict[str, Diff] = {}
    for path in paths:
        name = str(path)
        if name in verdicts or name in diffs:
            raise UsageError(f"{path} is given twice.")
        try:
            document = read_json(path, most=_MOST_BYTES)
        except Unreadable as error:
            raise UsageError(str(error)) from None
        try:
            if is_verdict(document):
                verdicts[name] = from_json(document)
            else:
                diffs[name] = _diff(document)
        except (LookupError, TypeError, ValueError, AttributeError):
            raise UsageError(
                f"{path} is neither a verdict.json of `smartcal verify --report-dir` nor what "
                "`smartcal diff --format json` prints."
            ) from None
    return Proof(verdicts, diffs)


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
