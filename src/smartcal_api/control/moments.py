"""Instants and durations in the bodies of requests."""

from smartcal_api.errors import Problem
from smartcal_api.sandbox.moments import instant, nanoseconds

__all__ = ["moment", "nanoseconds"]


def moment(text: str, now: int) -> int:
    """Nanoseconds since 1970 of a timestamp, or of one like `now+1d`; raises the problem of a body that has neither."""
    try:
        return instant(text, now)
    except ValueError as error:
        raise Problem("invalid_body", f"{error}.") from None
