"""Deviations that somebody has accepted, for a reason and for a time."""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from smartcal_api.accepted import Entry, read_accepted
from smartcal_api.conformance.deviation import Deviation
from smartcal_api.conformance.verdict import Outcome, Verdict
from smartcal_api.contract import Contract

_UNDECIDED = (Verdict.INCONCLUSIVE, Verdict.NOT_VERIFIED)


@dataclass(frozen=True, slots=True)
class Baseline:
    """What is accepted, by subject. A fingerprint of version 1 was a hash of the case, a clause and a kind: it fits
    whatever deviation it fits with any clause of the contract. A rule is a law, with an operation or without."""

    entries: Mapping[str, Entry] = field(default_factory=dict)
    pointers: Collection[str] = ()
    today: date = field(default_factory=lambda: datetime.now(UTC).date())

    def entry(self, deviation: Deviation) -> Entry | None:
        found = self.of(deviation.fingerprint, deviation.law, deviation.operation)
        if found is not None or not self.pointers:
            return found
        former = (_former(deviation, pointer) for pointer in self.pointers)
        return next((self.entries[each] for each in former if each in self.entries), None)

    def of(self, fingerprint: str, law: str, operation: str) -> Entry | None:
        """The entry of that fingerprint, else one of the law or the operation."""
        found = self.entries.get(fingerprint)
        if found is not None:
            return found
        named = (each for each in self.entries.values() if not each.fingerprint)
        return next((each for each in named if _plain(each.rule) in ("", _plain(law)) and _fits(each, operation)), None)

    def accepts(self, deviation: Deviation) -> bool:
        """Whether it is accepted today."""
        entry = self.entry(deviation) if self.entries else None
        return entry is not None and entry.expires >= self.today


def read_baseline(path: Path, contract: Contract) -> Baseline:
    """What of the file is about laws; raises `UsageError`."""
    found = {each.subject: each for each in read_accepted(path, flag="--baseline") if not _is_foreign(each)}
    old = any(each.fingerprint and "." not in each.fingerprint for each in found.values())
    return Baseline(found, tuple(_pointers(contract.data)) if old else ())


def _is_foreign(entry: Entry) -> bool:
    """Whether it is about a document rather than a deployment."""
    words = ("lint.", "diff.", "impact.", "parity.")
    return bool(entry.pointer) or entry.fingerprint.startswith(words) or entry.rule.islower()


def _fits(entry: Entry, operation: str) -> bool:
    return not entry.operation or entry.operation == operation


def _law(entry: Entry) -> str:
    """The law that an entry is about, without its space; a fingerprint of version 1 doesn't say."""
    _, _, rest = entry.fingerprint.partition(".")
    return rest.partition(".")[0] if entry.fingerprint else _plain(entry.rule)


def accept(outcomes: Iterable[Outcome], baseline: Baseline, *, whole: bool = True) -> tuple[list[Outcome], list[str]]:
    """The outcomes with what is accepted marked, and a note for each entry that has expired or fits nothing any more.
    Whether one still fits can be said only where its law was run to its end, and not where others run a part of it."""
    marking = _Marking(baseline)
    marked = [marking.mark(outcome) for outcome in outcomes]
    return marked, [*marking.notes, *(marking.unused(marked) if whole else ())]


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
            operation = outcome.case.operation.id if outcome.case.operation else ""
            entry = self._baseline.of(outcome.fingerprint, outcome.case.law.id, operation)
            outcome = replace(outcome, accepted=self._said(entry, outcome.case.name))
        return outcome

    def _said(self, entry: Entry | None, name: str) -> str:
        if entry is None:
            return ""
        self._used.add(entry.subject)
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
            if not _law(entry):
                yield (
                    f"accepted by a fingerprint of an older version, which fits nothing that was found: {name} "
                    f"({entry.reason}, {entry.owner}); if its law was run, take it out of the baseline"
                )
            elif _law(entry) in ran:
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
