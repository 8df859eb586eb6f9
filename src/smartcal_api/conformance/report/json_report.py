"""The verdict as JSON, for `--compare`, `--baseline` and whoever else reads programs' output."""

import json
from typing import Any

from smartcal_api.conformance.deviation import Deviation
from smartcal_api.conformance.masking import Masks
from smartcal_api.conformance.story import curl_lines
from smartcal_api.conformance.verdict import Outcome, Result

VERSION = 2
"""2: a case has `findings`, each with its basis, where version 1 had one for the whole case."""


def json_report(result: Result, masks: Masks) -> str:
    return json.dumps(as_json(result, masks), indent=1, ensure_ascii=False) + "\n"


def as_json(result: Result, masks: Masks) -> dict[str, Any]:
    """The same, as data."""
    return {
        "version": VERSION,
        "root": masks.text(result.root),
        "contract": result.contract.version,
        "seed": result.seed,
        "profile": result.profile,
        "strict": sorted(result.strict),
        "exit_code": int(result.exit_code),
        "seconds": round(result.seconds, 2),
        "waited_seconds": round(result.waited_seconds, 2),
        "requests": len(result.evidence),
        "notes": [masks.text(note) for note in result.notes],
        "outcomes": [_outcome(each, result, masks) for each in result.outcomes],
    }


def _outcome(outcome: Outcome, result: Result, masks: Masks) -> dict[str, Any]:
    return {
        "law": outcome.case.law.id,
        "title": outcome.case.law.title,
        "operation": outcome.case.operation.id if outcome.case.operation else None,
        "verdict": outcome.verdict.value,
        "why": masks.text(outcome.reason),
        "fingerprint": outcome.fingerprint,
        "accepted": outcome.accepted,
        "requests": outcome.requests,
        "seconds": round(outcome.seconds, 3),
        "findings": [_finding(each, result, masks) for each in outcome.deviations],
        "story": list(curl_lines(outcome.story, result.root, masks)),
    }


def _finding(deviation: Deviation, result: Result, masks: Masks) -> dict[str, Any]:
    return {
        "message": masks.text(deviation.message),
        "cause": masks.text(deviation.cause),
        "operation": deviation.operation or None,
        "basis": deviation.ground.basis.value,
        "source": deviation.ground.source,
        "clause": deviation.ground.clause,
        "line": result.contract.document.line(deviation.ground.clause),
        "decides": deviation.decides,
        "accepted": deviation.accepted,
        "kind": deviation.kind,
        "parameter": masks.text(deviation.parameter),
        "seen": masks.text(deviation.seen),
        "fingerprint": deviation.fingerprint,
        "story": list(curl_lines(deviation.story, result.root, masks)),
    }
