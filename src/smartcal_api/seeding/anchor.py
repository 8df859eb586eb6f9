"""The instant around which all content lies, and the moving of content to another one."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from smartcal_api.clock import NANOSECONDS, parse_rfc3339
from smartcal_api.seeding.zones import zone

ANCHOR = "2026-03-04T12:00:00Z"
"""A Wednesday, four days before the American and 25 days before the European change of clocks."""

DAY = 86_400
TODAY = parse_rfc3339(ANCHOR) // NANOSECONDS // DAY
"""The anchor's day, in days since 1970. Everything that has happened lies on days before it, so that it is past in
every zone, and stays past when a shift by wall time moves it an hour against UTC."""

MONDAY = TODAY - 2


def weeks_to(now_ns: int) -> int:
    """Whole weeks from `ANCHOR` to `now_ns` (nanoseconds since 1970): `ANCHOR + weeks <= now < ANCHOR + weeks + 7d`."""
    return (now_ns - parse_rfc3339(ANCHOR)) // (7 * DAY * NANOSECONDS)


def shift(document: dict[str, Any], weeks: int) -> dict[str, Any]:
    """A new document with every timestamp (members named `…_time` or `…_at`) moved by whole weeks of wall time.

    The wall is that of the document's own `timezone`, or UTC's: a meeting at 10:00 stays at 10:00, across a change of
    clocks too. A wall time that a change of clocks skips becomes the one an hour later, as RFC 5545 has it.
    Raises `ValueError` for an unknown zone and `OverflowError` outside of the years 1 to 9999.
    """
    moved: dict[str, Any] = _moved(document, timedelta(weeks=weeks), zone(document.get("timezone") or "UTC"))
    return moved


def _moved(value: Any, step: timedelta, wall: ZoneInfo) -> Any:
    if isinstance(value, list):
        return [_moved(item, step, wall) for item in value]
    if not isinstance(value, dict):
        return value
    # A copy whose members are then replaced: a call for each member would take longer than the moving.
    moved = value.copy()
    for name, item in value.items():
        if isinstance(item, (dict, list)):
            moved[name] = _moved(item, step, wall)
        elif isinstance(item, str) and name.endswith(("_time", "_at")):
            moved[name] = _later(item, step, wall)
    return moved


def _later(stamp: str, step: timedelta, wall: ZoneInfo) -> str:
    local = datetime.fromisoformat(stamp).astimezone(wall)
    moved = (local + step).replace(fold=local.fold).astimezone(UTC)
    return moved.isoformat(timespec="seconds")[:19] + "Z"
