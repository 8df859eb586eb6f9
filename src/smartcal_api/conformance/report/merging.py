"""Several verdicts of one run that was shared out, as one: every case exactly once, of the same contract."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from smartcal_api.conformance.report.record import CaseRecord, FindingRecord, Record, exit_code
from smartcal_api.conformance.verdict import ABSENT, FAILURE, NO_SUCCESS, Verdict
from smartcal_api.errors import UsageError

_SAME: Mapping[str, str] = {
    "contract": "version of the contract",
    "digest": "contract",
    "overlays": "overlays",
    "labels": "labels",
    "profile": "profile",
    "seed": "seed",
    "strict": "--strict",
    "planned": "cases",
}
"""Members that all have to have the same, and what they are called."""
_GROUPS = ("statuses", "parameters", "values", "scopes")
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def merge(records: Mapping[str, Record]) -> Record:
    """By the names of their files; raises `UsageError` where they aren't the parts of one run.

    A case that ran in none of them, as its shard is missing, is inconclusive. One that judges what others were answered
    ran in every shard, and is as bad as the worst of them.
    """
    first_name, first = next(iter(records.items()))
    for name, record in records.items():
        for member, said in _SAME.items():
            if getattr(record, member) != getattr(first, member):
                raise UsageError(f"{name} is of other {said} than {first_name}: they are no parts of one run.")
        if _deployment(record) != _deployment(first):
            raise UsageError(f"{name} is of other deployment than {first_name}: they are no parts of one run.")
    shards = _shards(records)
    every = list(records.values())
    cases = tuple(_cases(records, shards))
    return replace(
        first,
        cases=cases,
        exit_code=exit_code(cases),
        finished=max(each.finished for each in every),
        seconds=max(each.seconds for each in every),
        waited_seconds=max(each.waited_seconds for each in every),
        requests=sum(each.requests for each in every),
        notes=tuple(dict.fromkeys(note for each in every for note in each.notes)),
        changes=(),
        left_out=first.left_out if first.shard else (),
        shard="",
        planned=(),
        coverage=_covered(every),
    )


def _deployment(record: Record) -> str:
    """Where it is; shards that start a mock of their own, or have a sandbox each, are of the same one."""
    parts = urlsplit(record.root)
    if record.shard and parts.hostname in _LOOPBACK:
        return "loopback"
    path, _, sandbox = record.root.rpartition("/")
    return path if record.shard and sandbox.startswith("~") else record.root


def _shards(records: Mapping[str, Record]) -> str:
    """Which of them are missing, in words; empty where none is, or where the parts are no shards."""
    seen: dict[str, str] = {}
    for name, record in records.items():
        if record.shard and record.shard in seen:
            raise UsageError(f"{seen[record.shard]} and {name} are both shard {record.shard}; each is given once.")
        seen[record.shard] = name
    counts = {shard.partition("/")[2] for shard in seen}
    if len(counts) > 1:
        other = next(name for shard, name in seen.items() if shard.partition("/")[2] != min(counts))
        raise UsageError(f"{other} is shard of another number than the others: they are no parts of one run.")
    (count,) = counts
    missing = [f"{number}/{count}" for number in range(1, int(count or 0) + 1) if f"{number}/{count}" not in seen]
    return f"shard {', '.join(missing)} is missing" if missing else ""


def _cases(records: Mapping[str, Record], missing: str) -> Iterator[CaseRecord]:
    """In the order of the run, where its parts say it."""
    ran: dict[str, list[tuple[str, CaseRecord]]] = {}
    for name, record in records.items():
        for case in record.cases:
            ran.setdefault(case.name, []).append((name, case))
    first = next(iter(records.values()))
    left_out = {each for record in records.values() for each in record.left_out}
    wanted = first.planned or (*ran, *sorted(left_out - ran.keys()))
    titles = {case.law: case.title for parts in ran.values() for _, case in parts}
    for name in dict.fromkeys([*wanted, *ran]):
        parts = ran.get(name, [])
        if len(parts) > 1 and not (first.shard and parts[0][1].watches):
            raise UsageError(f"{name} ran twice: in {parts[0][0]} and in {parts[1][0]}.")
        if parts:
            yield _joined([case for _, case in parts], missing)
        else:
            yield _missing(name, titles, missing or "it ran in none of the verdicts")


def _missing(name: str, titles: Mapping[str, str], why: str) -> CaseRecord:
    words = name.split(" ", 2)
    law, operation = " ".join(words[:2]), "".join(words[2:])
    return CaseRecord(law, operation, Verdict.INCONCLUSIVE, title=titles.get(law, ""), why=why)


def _joined(parts: Sequence[CaseRecord], missing: str) -> CaseRecord:
    """One case of what its parts have found. What one of them alone says of all answers, that none was a success, holds
    only if no other has seen one."""
    if len(parts) == 1 and not (missing and parts[0].watches):
        return parts[0]
    succeeded = any(map(_succeeded, parts))
    findings: dict[str, FindingRecord] = {}
    for each in (found for case in parts for found in case.findings):
        if not (succeeded and each.kind == ABSENT):
            findings.setdefault(each.fingerprint, each)
    worst = _worst(parts, findings, succeeded=succeeded)
    why = missing or _accidents(parts)
    if why and worst.verdict is not Verdict.BROKEN:
        worst = replace(worst, verdict=Verdict.INCONCLUSIVE, why=why)
    return replace(
        worst,
        findings=tuple(findings.values()),
        requests=sum(each.requests for each in parts),
        seconds=round(sum(each.seconds for each in parts), 3),
    )


def _accidents(parts: Sequence[CaseRecord]) -> str:
    """A failure is an accident that doesn't come often; how often it came, each shard says of itself alone."""
    failing = sum(any(each.kind == FAILURE for each in case.findings) for case in parts)
    return f"the server failed now and then in {failing} shards, which may be more than an accident" * (failing > 1)


def _worst(parts: Sequence[CaseRecord], findings: Mapping[str, FindingRecord], *, succeeded: bool) -> CaseRecord:
    """The part that decides; of one that was broken by an absence alone, it is as if it had held."""
    order = [Verdict.BROKEN, Verdict.ERROR, Verdict.INCONCLUSIVE, Verdict.HELD, Verdict.NOT_VERIFIED]
    told = [
        replace(each, verdict=Verdict.HELD, why="") if succeeded and _only_absent(each) else each
        for each in parts
        if not (succeeded and each.verdict is Verdict.INCONCLUSIVE and each.why.startswith(NO_SUCCESS))
    ]
    worst = min(told, key=lambda each: (order.index(each.verdict), _absent(each)))
    gravest = max(findings.values(), key=lambda each: (each.counts, each.basis.gravity), default=None)
    return replace(worst, fingerprint=gravest.fingerprint) if gravest is not None else worst


def _succeeded(case: CaseRecord) -> bool:
    """Whether it has seen a success: it held by that, or found something in one."""
    held = case.verdict is Verdict.HELD and not _absent(case)
    return held or any(each.kind != ABSENT and each.seen[:1] in ("2", "3") for each in case.findings)


def _absent(case: CaseRecord) -> bool:
    return any(each.kind == ABSENT for each in case.findings)


def _only_absent(case: CaseRecord) -> bool:
    return _absent(case) and not any(each.counts and each.kind != ABSENT for each in case.findings)


def _covered(records: Sequence[Record]) -> tuple[Mapping[str, Any], ...]:
    """How often each was seen in all of them; nothing where one doesn't say it."""
    tables = [record.coverage for record in records]
    if len({len(each) for each in tables}) != 1:
        return ()
    return tuple(
        {**row[0], **{group: _sums([each[group] for each in row]) for group in _GROUPS}}
        for row in zip(*tables, strict=True)
    )


def _sums(groups: Sequence[Sequence[Sequence[Any]]]) -> list[list[Any]]:
    return [[seen[0][0], sum(each[1] for each in seen), seen[0][2]] for seen in zip(*groups, strict=True)]
