"""Several verdicts of one run that was shared out, as one: every case exactly once, of the same contract."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from smartcal_api.conformance.report.record import Record, exit_code
from smartcal_api.errors import UsageError

_SAME: Mapping[str, str] = {
    "root": "deployment",
    "contract": "version of the contract",
    "digest": "contract",
    "overlays": "overlays",
    "labels": "labels",
    "profile": "profile",
    "seed": "seed",
    "strict": "--strict",
}
"""Members that all have to have the same, and what they are called."""
_GROUPS = ("statuses", "parameters", "values", "scopes")
_NAMED = 3


def merge(records: Mapping[str, Record]) -> Record:
    """By the names of their files; raises `UsageError` where they aren't the parts of one run."""
    first_name, first = next(iter(records.items()))
    for name, record in records.items():
        for member, said in _SAME.items():
            if getattr(record, member) != getattr(first, member):
                raise UsageError(f"{name} is of other {said} than {first_name}: they are no parts of one run.")
    _once(records)
    every = list(records.values())
    cases = tuple(case for record in every for case in record.cases)
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
        left_out=(),
        coverage=_covered(every),
    )


def _once(records: Mapping[str, Record]) -> None:
    ran: dict[str, str] = {}
    for name, record in records.items():
        for case in record.cases:
            if case.name in ran:
                raise UsageError(f"{case.name} ran twice: in {ran[case.name]} and in {name}.")
            ran[case.name] = name
    wanted = {case for record in records.values() for case in record.left_out}
    missing = sorted(wanted - ran.keys())
    if missing:
        named = ", ".join(missing[:_NAMED]) + (", …" if len(missing) > _NAMED else "")
        raise UsageError(f"{len(missing)} of the cases ran in none of them: {named}.")


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
