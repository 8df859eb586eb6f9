"""What has changed since a run before, as its JSON report tells it."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from smartcal_api.conformance.verdict import Outcome, Verdict
from smartcal_api.errors import UsageError
from smartcal_api.input import Unreadable, read_json

_MOST_BYTES = 1024 * 1024 * 1024
_VERIFIED = (Verdict.HELD, Verdict.BROKEN)


def compare(path: Path, outcomes: list[Outcome]) -> Iterator[str]:
    """A line for each case that is newly broken, fixed, still broken, or no longer verified; raises `UsageError`."""
    before = _read(path)
    now: set[tuple[str, str | None]] = set()
    for outcome in outcomes:
        case = (outcome.case.law.id, outcome.case.operation.id if outcome.case.operation else None)
        now.add(case)
        then = before.get(case, {})
        was, held = then.get("verdict"), outcome.verdict is Verdict.HELD
        if outcome.verdict is Verdict.BROKEN:
            same = was == Verdict.BROKEN and then.get("fingerprint") == outcome.fingerprint
            yield f"{'still broken' if same else 'newly broken'}: {outcome.case.name}"
        elif was == Verdict.BROKEN and held:
            yield f"fixed: {outcome.case.name}"
        elif was in _VERIFIED and not held:
            yield f"no longer verified: {outcome.case.name}"
    for law, operation in sorted(set(before) - now, key=str):
        if before[law, operation]["verdict"] in _VERIFIED:
            yield f"no longer verified: {law}{f' {operation}' if operation else ''}"


def _read(path: Path) -> Mapping[tuple[str, str | None], Mapping[str, Any]]:
    try:
        document = read_json(path, most=_MOST_BYTES)
        return {(each["law"], each["operation"]): {**each, "verdict": each["verdict"]} for each in document["outcomes"]}
    except Unreadable as error:
        raise UsageError(f"--compare: {error}") from None
    except (LookupError, TypeError):
        raise UsageError(f"--compare: {path} is no verdict.json of `smartcal verify --report-dir`.") from None
