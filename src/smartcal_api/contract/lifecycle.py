"""How long an operation will be there, as the contract has it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """`since` and `sunset` are seconds since 1970; None: not stated."""

    deprecated: bool = False
    since: int | None = None
    sunset: int | None = None

    @classmethod
    def read(cls, stated: Mapping[str, Any]) -> "Lifecycle":
        """That of an operation that `contract.check` found sound."""
        since, sunset = (stated.get(name) for name in ("x-deprecated-since", "x-sunset"))
        return cls(stated.get("deprecated", False), _seconds(since), _seconds(sunset))


def _seconds(text: str | None) -> int | None:
    """A day begins in UTC."""
    if text is None:
        return None
    moment = datetime.fromisoformat(text)
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


ENDLESS = Lifecycle()
"""Of which nothing is said."""
