"""Tells that what is served isn't what was saved last, for that is broken."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from smartcal_api.clock import format_rfc3339

_MOST = 20


@dataclass(frozen=True, slots=True)
class Stale:
    """Since when, in nanoseconds of real time, and each finding as `file:line: pointer: cause`."""

    since: int
    findings: Sequence[str]

    def as_json(self) -> dict[str, Any]:
        return {"since": format_rfc3339(self.since), "findings": [*self.findings[:_MOST]]}
