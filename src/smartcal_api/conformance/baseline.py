"""Deviations that somebody has accepted, for a reason and for a time."""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from smartcal_api.conformance.deviation import Deviation
from smartcal_api.conformance.verdict import Outcome, Verdict
from smartcal_api.contract import Contract
from smartcal_api.errors import UsageError
from smartcal_api.input import Unreadable, read_toml

_MEMBERS = {"fingerprint": str, "reason": str, "owner": str, "expires": date}
_UNDECIDED = (Verdict.INCONCLUSIVE, Verdict.NOT_VERIFIED)


@dataclass(frozen=True, slots=True)
class Accepted:
    """An entry of the file: what is accepted, why, by whom, and until when."""

    fingerprint: str
    reason: str
    owner: str
    expires: date

    @property
    def said(self) -> str:
        return f"{self.reason} ({self.owner}, until {self.expires})"

    @property
    def law(self) -> str:
        """The law that a fingerprint is about, without its space; one of version 1 doesn't say."""
        _, _, rest = self.fingerprint.partition(".")
        return rest.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Baseline:
    """What is accepted, by fingerprint. One of version 1 was a hash of the case, a clause and a kind: it fits whatever
    deviation it fits with any clause of the contract."""

    entries: Mapping[str, Accepted] = field(default_factory=dict)
    pointers: Collection[str] = ()
    today: date = field(default_factory=lambda: datetime.now(UTC).date())

    def entry(self, deviation: Deviation) -> Accepted | None:
        found = self.entries.get(deviation.fingerprint)
        if found is not None or not self.pointers:
            return found
        former = (_former(deviation, pointer) for pointer in self.pointers)
        return next((self.entries[each] for each in former if each in self.entries), None)

    def accepts(self, deviation: Deviation) -> bool:
        """Whether it is accepted today."""
        entry = self.entry(deviation) if self.entries else None
        return entry is not None and entry.expires >= self.today


def read_baseline(path: Path, contract: Contract) -> Baseline:
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
                    f"--baseline: {path}: number {number} has no {name}; each [[accepted]] has {', '.join(_MEMBERS)}."
                )
        found[entry["fingerprint"]] = Accepted(**{name: entry[name] for name in _MEMBERS})
    old = any("." not in name for name in found)
    return Baseline(found, tuple(_pointers(contract.data)) if old else ())


def accept(outcomes: Iterable[Outcome], baseline: Baseline) -> tuple[list[Outcome], list[str]]:
    """The outcomes with what is accepted marked, and a note for each entry that has expired or fits nothing any more.
    Whether one still fits can be said only where its law was run to its end."""
    marking = _Marking(baseline)
    marked = [marking.mark(outcome) for outcome in outcomes]
    return marked, [*marking.notes, *marking.unused(marked)]


class _Marking:
    def __init__(self, baseline: Baseline) -> None:
        self._baseline = baseline
        self._used: set[str] = set()
        self.notes: list[str] = []

    def mark(self, outcome: Outcome) -> Outcome:
        deviations = tuple(
            replace(each, accepted=self._said(self._baseline.entry(each), each.name)) for each in outcome.deviations
        )
        outcome = replace(outcome, deviations=deviations)
        if outcome.ending in _UNDECIDED and not deviations:
            entry = self._baseline.entries.get(outcome.fingerprint)
            outcome = replace(outcome, accepted=self._said(entry, outcome.case.name))
        return outcome

    def _said(self, entry: Accepted | None, name: str) -> str:
        if entry is None:
            return ""
        self._used.add(entry.fingerprint)
        if entry.expires >= self._baseline.today:
            return entry.said
        self.notes.append(f"accepted until {entry.expires}, which is over: {name} ({entry.owner})")
        return ""

    def unused(self, outcomes: list[Outcome]) -> Iterator[str]:
        undecided = {_plain(each.case.law.id) for each in outcomes if each.ending is not Verdict.HELD}
        ran = {_plain(each.case.law.id) for each in outcomes} - undecided
        for name, entry in self._baseline.entries.items():
            if name in self._used:
                continue
            if not entry.law:
                yield (
                    f"accepted by a fingerprint of an older version, which fits nothing that was found: {name} "
                    f"({entry.reason}, {entry.owner}); if its law was run, take it out of the baseline"
                )
            elif entry.law in ran:
                yield (
                    f"accepted and not seen any more: {name} ({entry.reason}, {entry.owner}); take it out of the "
                    "baseline"
                )


def _plain(law: str) -> str:
    return law.replace(" ", "")


def _former(deviation: Deviation, pointer: str) -> str:
    parts = (deviation.name, pointer, deviation.kind)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


def _pointers(value: Any, at: str = "") -> Iterator[str]:
    yield at
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from _pointers(inner, f"{at}/{str(key).replace('~', '~0').replace('/', '~1')}")
