"""Deviations that somebody has accepted, for a reason and for a time."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from smartcal_api.conformance.verdict import Outcome, Verdict
from smartcal_api.errors import UsageError
from smartcal_api.input import Unreadable, read_toml

_MEMBERS = {"fingerprint": str, "reason": str, "owner": str, "expires": date}


@dataclass(frozen=True, slots=True)
class Accepted:
    fingerprint: str
    reason: str
    owner: str
    expires: date


def read_baseline(path: Path) -> dict[str, Accepted]:
    """TOML: a table `[[accepted]]` for each, all four members of it; raises `UsageError`."""
    try:
        entries = read_toml(path).get("accepted", [])
    except Unreadable as error:
        raise UsageError(f"--baseline: {error}") from None
    if not isinstance(entries, list) or not all(isinstance(each, dict) for each in entries):
        raise UsageError(f"--baseline: {path}: what is accepted stands in tables, each of them [[accepted]].")
    found = {}
    for number, entry in enumerate(entries, 1):
        for name, kind in _MEMBERS.items():
            if not isinstance(entry.get(name), kind) or not entry[name]:
                raise UsageError(
                    f"--baseline: {path}: number {number} lacks {name}; each [[accepted]] has {', '.join(_MEMBERS)}."
                )
        found[entry["fingerprint"]] = Accepted(**{name: entry[name] for name in _MEMBERS})
    return found


def accept(
    outcomes: Iterable[Outcome], baseline: Mapping[str, Accepted], *, today: date | None = None
) -> tuple[list[Outcome], list[str]]:
    """The outcomes with what is accepted marked, and a note for each entry that has expired or fits nothing."""
    today = today or datetime.now(UTC).date()
    notes, used, marked = [], set(), []
    for outcome in outcomes:
        entry = baseline.get(outcome.fingerprint) if outcome.verdict is Verdict.BROKEN else None
        if entry is not None:
            used.add(entry.fingerprint)
            if entry.expires >= today:
                outcome = replace(outcome, accepted=f"{entry.reason} ({entry.owner}, until {entry.expires})")
            else:
                notes.append(f"accepted until {entry.expires}, which is over: {outcome.case.name} ({entry.owner})")
        marked.append(outcome)
    notes += [
        f"accepted and not broken: {entry.fingerprint} ({entry.reason}, {entry.owner}); take it out of the baseline"
        for fingerprint, entry in baseline.items()
        if fingerprint not in used
    ]
    return marked, notes
