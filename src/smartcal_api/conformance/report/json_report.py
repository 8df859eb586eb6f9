"""The verdict as JSON, for `--compare`, `--baseline` and whoever else reads programs' output."""

import json
from typing import Any

from smartcal_api.conformance.masking import Masks
from smartcal_api.conformance.story import curl_lines
from smartcal_api.conformance.verdict import Outcome, Result

VERSION = 1


def json_report(result: Result, masks: Masks) -> str:
    return json.dumps(as_json(result, masks), indent=1, ensure_ascii=False) + "\n"


def as_json(result: Result, masks: Masks) -> dict[str, Any]:
    """The same, as data."""
    return {
        "version": VERSION,
        "root": result.root,
        "contract": result.contract.version,
        "seed": result.seed,
        "profile": result.profile,
        "exit_code": int(result.exit_code),
        "seconds": round(result.seconds, 2),
        "waited_seconds": round(result.waited_seconds, 2),
        "requests": len(result.evidence),
        "notes": list(result.notes),
        "outcomes": [_outcome(each, result, masks) for each in result.outcomes],
    }


def _outcome(outcome: Outcome, result: Result, masks: Masks) -> dict[str, Any]:
    return {
        "law": outcome.case.law.id,
        "title": outcome.case.law.title,
        "operation": outcome.case.operation.id if outcome.case.operation else None,
        "verdict": outcome.verdict.value,
        "why": masks.text(outcome.why),
        "basis": outcome.basis,
        "clause": outcome.clause,
        "fingerprint": outcome.fingerprint,
        "accepted": outcome.accepted,
        "requests": outcome.requests,
        "seconds": round(outcome.seconds, 3),
        "story": list(curl_lines(outcome.story, result.root, masks)),
    }
