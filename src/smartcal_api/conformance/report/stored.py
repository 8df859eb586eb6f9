"""The file `verdict.json`: a record as JSON, written for programs, and read again."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from smartcal_api.conformance.basis import Basis
from smartcal_api.conformance.report.record import CaseRecord, FindingRecord, Record
from smartcal_api.conformance.verdict import Exit, Verdict
from smartcal_api.errors import UsageError
from smartcal_api.input import Unreadable, read_json

VERSION = 3
"""2: a case has `findings`, each with its basis. 3: a run says of which build and documents it is, when it ended, and
what it was told to leave out."""
_MOST_BYTES = 1024 * 1024 * 1024
_PLAIN = (
    *("contract", "finished", "seed", "profile", "strict", "seconds", "waited_seconds", "requests", "labels"),
    *("notes", "changes", "left_out", "shard", "planned"),
)
"""Members of a record that are in the file as they are."""


def json_report(record: Record) -> str:
    return json.dumps(as_json(record), indent=1, ensure_ascii=False) + "\n"


def as_json(record: Record) -> dict[str, Any]:
    """The same, as data."""
    return {
        "version": VERSION,
        "root": record.root,
        "exit_code": int(record.exit_code),
        **{name: getattr(record, name) for name in _PLAIN},
        "document": {"file": record.document, "title": record.product, "sha256": record.digest},
        "overlays": [{"file": file, "sha256": digest} for file, digest in record.overlays],
        "outcomes": [_case(each) for each in record.cases],
        "coverage": record.coverage,
    }


def _case(case: CaseRecord) -> dict[str, Any]:
    findings = [{**asdict(each), "operation": each.operation or None} for each in case.findings]
    for each in findings:
        del each["title"]  # the case has it
    return {**asdict(case), "operation": case.operation or None, "findings": findings}


def is_verdict(document: Any) -> bool:
    """Whether it looks like one at all."""
    return isinstance(document, dict) and isinstance(document.get("outcomes"), list) and "exit_code" in document


def read_record(path: Path, *, flag: str = "") -> Record:
    """Raises `UsageError`, which begins with the flag that named the file."""
    before = f"{flag}: " if flag else ""
    try:
        return from_json(read_json(path, most=_MOST_BYTES))
    except Unreadable as error:
        raise UsageError(f"{before}{error}") from None
    except (LookupError, TypeError, ValueError, AttributeError):
        raise UsageError(f"{before}{path} isn't a verdict.json of `smartcal verify --report-dir`.") from None


def from_json(document: Mapping[str, Any]) -> Record:
    """Raises `LookupError`, `TypeError`, `ValueError` or `AttributeError` for what isn't one."""
    plain = {name: document[name] for name in _PLAIN if name in document}
    for name in ("strict", "notes", "changes", "left_out", "planned"):
        plain[name] = tuple(map(str, plain.get(name, ())))
    plain["labels"] = {str(name): str(value) for name, value in plain.get("labels", {}).items()}
    stated = document.get("document", {})
    return Record(
        root=str(document["root"]),
        cases=tuple(_case_of(each) for each in document["outcomes"]),
        exit_code=Exit(document["exit_code"]),
        product=str(stated.get("title", "")),
        document=str(stated.get("file", "openapi.yaml")),
        digest=str(stated.get("sha256", "")),
        overlays=tuple((str(each["file"]), str(each["sha256"])) for each in document.get("overlays", ())),
        coverage=tuple(dict(each) for each in document.get("coverage", ())),
        **plain,
    )


def _case_of(stated: Mapping[str, Any]) -> CaseRecord:
    law, operation = str(stated["law"]), str(stated["operation"] or "")
    title, verdict = str(stated.get("title", "")), Verdict(stated["verdict"])
    findings = stated.get("findings")
    if findings is None:  # version 1 had one a case, and said of it what the case says
        findings = [{**stated, "message": stated.get("why", "")}] if verdict is Verdict.BROKEN else []
    return CaseRecord(
        law=law,
        operation=operation,
        verdict=verdict,
        title=title,
        why=str(stated.get("why", "")),
        fingerprint=str(stated.get("fingerprint", "")),
        accepted=str(stated.get("accepted") or ""),
        required=bool(stated.get("required", False)),
        watches=bool(stated.get("watches", False)),
        requests=int(stated.get("requests", 0)),
        seconds=float(stated.get("seconds", 0)),
        findings=tuple(_finding_of({"operation": operation, **each}, law, title) for each in findings),
        story=tuple(map(str, stated.get("story", ()))),
    )


def _finding_of(stated: Mapping[str, Any], law: str, title: str) -> FindingRecord:
    texts = ("cause", "source", "clause", "file", "accepted", "kind", "parameter", "seen")
    return FindingRecord(
        law=law,
        operation=str(stated["operation"] or ""),
        message=str(stated["message"]),
        basis=Basis(stated.get("basis", Basis.DOCUMENTED)),
        fingerprint=str(stated["fingerprint"]),
        title=title,
        line=int(stated.get("line", 1)),
        decides=bool(stated.get("decides", True)),
        story=tuple(map(str, stated.get("story", ()))),
        **{name: str(stated.get(name) or "") for name in texts},
    )
