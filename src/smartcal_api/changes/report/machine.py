"""The report for programs."""

import json
from pathlib import Path
from typing import Any

from smartcal_api.changes.change import Change
from smartcal_api.changes.delta import Level
from smartcal_api.changes.report.told import Told


def json_report(told: Told) -> str:
    comparison = told.comparison
    stated = {
        "old": {"name": told.old_name, "version": comparison.old.version},
        "new": {"name": told.new_name, "version": comparison.new.version},
        "counts": {level.value: len(comparison.of(level)) for level in Level},
        "wanted_version": comparison.wanted,
        "announced": comparison.announced,
        "changes": [_change(told, each) for each in comparison.changes],
    }
    return json.dumps(stated, indent=2, ensure_ascii=False) + "\n"


def _change(told: Told, change: Change) -> dict[str, Any]:
    found: dict[str, Any] = {
        "fingerprint": change.fingerprint,
        "level": change.level.value,
        "rule": change.rule,
        "concerns": change.audience.value,
        "subject": change.subject,
        "part": change.part,
        "text": change.text,
        "why": told.why(change),
        "proof": change.proof.value,
        "decided": change.decided,
        "also": change.also,
        "accepted": change.accepted,
        "old": _place(change.old_at, change.old_place),
        "new": _place(change.new_at, change.new_place),
    }
    use = told.uses.get(change.fingerprint)
    if use is not None:
        found["use"] = {
            "calls": len(use.calls),
            "certain": use.certain,
            "callers": dict(use.callers),
            "last": use.last.isoformat() if use.last else None,
            "among": use.extent,
            "bodies": use.bodies,
        }
    if change.witness is not None:
        witness = {"part": change.witness.part, "whole": change.witness.whole}
        found["witness"] = {**witness, "verified_by": list(change.verified_by)}
    return found


def _place(pointer: str | None, place: tuple[Path, int] | None) -> dict[str, Any] | None:
    return None if pointer is None or place is None else {"file": str(place[0]), "line": place[1], "pointer": pointer}
