"""The clock's instant as a member of a resource has it."""

from typing import Any

from smartcal_api.clock import NANOSECONDS, format_rfc3339
from smartcal_api.contract.shape.fields import Field
from smartcal_api.contract.shape.words import plain

_MILLISECOND = 1_000_000


def instant(each: Field, now: int) -> Any:
    """The clock's instant as a member has it; None where it is no instant."""
    if each.format == "date":
        return format_rfc3339(now)[:10]
    if "string" in each.types and each.format in ("", "date-time"):
        return format_rfc3339(now)
    if "integer" in each.types or "number" in each.types:
        milliseconds = plain(each.name).endswith(("ms", "millis"))
        return now // _MILLISECOND if milliseconds else now // NANOSECONDS
    return None
