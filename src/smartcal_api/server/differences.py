"""What a save does to those who rely on the contract, in the words of `smartcal diff`."""

from collections.abc import Iterator
from datetime import UTC, datetime

from smartcal_api.changes.comparison import compare
from smartcal_api.changes.delta import Level
from smartcal_api.changes.report.told import Told
from smartcal_api.changes.side import Side
from smartcal_api.contract import Document
from smartcal_api.errors import ContractError

_SHOWN = 8


def differences(old: Document, new: Document) -> list[str]:
    """How many changes there are, then those that break something or are risky; nothing where nothing is changed that
    anybody could notice, or where the documents can't be compared."""
    try:
        comparison = compare(Side(old, "before"), Side(new, "now"), today=datetime.now(UTC).date())
    except ContractError:
        return []
    told = Told(comparison, "what was served before", "it")
    return [f"against {told.old_name}: {told.counts()}", *_lines(told)] if comparison.changes else []


def _lines(told: Told) -> Iterator[str]:
    found = [change for change in told.comparison.changes if change.level is not Level.COMPATIBLE]
    for change in found[:_SHOWN]:
        yield f"  {change.level.value}: {told.where(change)}: {change.text}"
    if len(found) > _SHOWN:
        yield f"  and {len(found) - _SHOWN} more; see `smartcal diff`"
