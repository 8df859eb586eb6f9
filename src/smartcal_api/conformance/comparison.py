"""What has changed since a run before, as its JSON report tells it."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from smartcal_api.conformance.verdict import Outcome, Verdict
from smartcal_api.errors import UsageError
from smartcal_api.input import Unreadable, read_json

_MOST_BYTES = 1024 * 1024 * 1024
_VERIFIED = (Verdict.HELD, Verdict.BROKEN)
_Key = tuple[str, str | None]


def compare(path: Path, outcomes: list[Outcome]) -> Iterator[str]:
    """A line for each deviation that decides and is new, for each case that is fixed or no longer verified, and how
    many are as they were; raises `UsageError`."""
    before = _read(path)
    now: set[_Key] = set()
    still = 0
    for outcome in outcomes:
        case = (outcome.case.law.id, outcome.case.operation.id if outcome.case.operation else None)
        now.add(case)
        then = before.get(case, {})
        was, known = then.get("verdict"), _fingerprints(then)
        deciding = [each for each in outcome.deviations if each.decides]
        new = [each for each in deciding if each.fingerprint not in known]
        still += len(deciding) - len(new)
        yield from dict.fromkeys(f"newly broken: {each.name}" for each in new)
        if was == Verdict.BROKEN and outcome.verdict is Verdict.HELD and not deciding:
            yield f"fixed: {outcome.case.name}"
        elif was in _VERIFIED and outcome.verdict not in _VERIFIED:
            yield f"no longer verified: {outcome.case.name}"
    for law, operation in sorted(set(before) - now, key=str):
        if before[law, operation]["verdict"] in _VERIFIED:
            yield f"no longer verified: {law}{f' {operation}' if operation else ''}"
    if still:
        yield f"still broken: {still} as before"


def _fingerprints(then: Mapping[str, Any]) -> set[str]:
    """All of them; version 1 of the report had one a case."""
    return {each["fingerprint"] for each in then.get("findings", [then] if then else [])}


def _read(path: Path) -> Mapping[_Key, Mapping[str, Any]]:
    try:
        document = read_json(path, most=_MOST_BYTES)
        found = {
            (each["law"], each["operation"]): {**each, "verdict": each["verdict"]} for each in document["outcomes"]
        }
        for each in found.values():
            _fingerprints(each)
    except Unreadable as error:
        raise UsageError(f"--compare: {error}") from None
    except (LookupError, TypeError):
        raise UsageError(f"--compare: {path} isn't a verdict.json of `smartcal verify --report-dir`.") from None
    return found
