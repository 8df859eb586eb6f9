"""A run that is shared out over several jobs: which of its cases are whose."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from smartcal_api.conformance.law import Case
from smartcal_api.conformance.target import Target
from smartcal_api.errors import UsageError

_FORM = re.compile(r"([0-9]{1,4})/([0-9]{1,4})", re.ASCII)
_A_CASE = 1
"""What a case costs beside its requests, so that those which send none are spread, too."""


@dataclass(frozen=True, slots=True)
class Shard:
    """The `number`th of `count`, from 1 on."""

    number: int
    count: int

    def __str__(self) -> str:
        return f"{self.number}/{self.count}"

    def of(self, cases: Sequence[Case], target: Target) -> list[Case]:
        """Its own cases, in their order, and `away` those that judge what comes of others: they are in every shard.

        By cost, the dearest first, each to who has the least so far: every job comes to the same, as each is given the
        same of the target. What changes things is one piece: no shard is to change what another is looking at.
        """
        pieces: dict[str, list[Case]] = {}
        for case in cases:
            pieces.setdefault("" if case.law.changes else case.name, []).append(case)
        loads = [0] * self.count
        mine: set[str] = set()
        for piece in sorted(pieces.values(), key=lambda each: -_cost(each, target)):
            least = loads.index(min(loads))
            loads[least] += _cost(piece, target)
            if least == self.number - 1:
                mine.update(each.name for each in piece)
        found = (case if case.name in mine else replace(case, away=True) for case in cases)
        return [case for case in found if case.law.watches or not case.away]


def read_shard(text: str) -> Shard:
    """`I/N`; raises `UsageError`."""
    match = _FORM.fullmatch(text)
    shard = Shard(int(match[1]), int(match[2])) if match else Shard(0, 0)
    if not 1 <= shard.number <= shard.count:
        raise UsageError(f"--shard: {text!r} is no shard; write it as I/N, such as 1/4 for the first of four.")
    return shard


def _cost(cases: Sequence[Case], target: Target) -> int:
    decided = (each for each in cases if target.lacks(each.law.needs) is None)
    return sum(each.law.requests + each.law.unsigned + _A_CASE for each in decided)
