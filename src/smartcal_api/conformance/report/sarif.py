"""SARIF 2.1.0, for code scanning: a result a cause, at the clause of the contract that it breaks."""

import json
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from smartcal_api.conformance.report.record import FindingRecord, Record, by_law, grouped
from smartcal_api.conformance.report.wording import headline, where

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def sarif_report(record: Record) -> str:
    groups = [*grouped(record.breaches), *grouped(record.differences)]
    titles = {group[0].law: group[0].title for group in groups}
    laws = sorted(titles, key=by_law)
    rules = [{"id": name, "shortDescription": {"text": titles[name] or name}} for name in laws]
    driver = {"name": "smartcal verify", "rules": rules}
    run: dict[str, Any] = {
        "tool": {"driver": driver},
        "results": [_result(each, laws.index(each[0].law), record) for each in groups],
        "properties": {
            "root": record.root,
            "contract": record.contract,
            "sha256": record.digest,
            "labels": dict(record.labels),
        },
    }
    document = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def _result(group: Sequence[FindingRecord], index: int, record: Record) -> dict[str, Any]:
    first = group[0]
    text = f"{first.name}: {headline(group)} ({first.ground(record.document)})"
    region = {"startLine": max(1, first.line)}
    place = {"artifactLocation": {"uri": first.file or record.document}, "region": region}
    found: dict[str, Any] = {
        "ruleId": first.law,
        "ruleIndex": index,
        "level": "error" if first.counts else "note",
        "message": {"text": text},
        "locations": [{"physicalLocation": place, "logicalLocations": [{"fullyQualifiedName": where(first)}]}],
        # What is alike stays one alert, however many cases it is seen in.
        "partialFingerprints": {"smartcal/v1": sha256("\n".join(first.alike[:-3]).encode()).hexdigest()[:20]},
        "properties": {"fingerprints": sorted({each.fingerprint for each in group}), "basis": first.basis.value},
    }
    if first.accepted:
        found["suppressions"] = [{"kind": "external", "status": "accepted", "justification": first.accepted}]
    return found
