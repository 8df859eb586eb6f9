"""Instants and durations as people write them: RFC 3339, `now+1d`, `90`, `1.5h`."""

import re

from smartcal_api.clock import NANOSECONDS, parse_rfc3339
from smartcal_api.errors import Problem

_UNITS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
_DURATION = re.compile(r"(?P<number>[0-9]{1,9}(?:\.[0-9]{1,9})?)(?P<unit>[smhdw])", re.ASCII)
_RELATIVE = re.compile(r"now(?:(?P<sign>[+-])(?P<duration>.+))?", re.ASCII)


def moment(text: str, now: int) -> int:
    """Nanoseconds since 1970 of a timestamp, or of one like `now+1d`; raises the problem of a body that has neither."""
    relative = _RELATIVE.fullmatch(text)
    try:
        if relative is None:
            return parse_rfc3339(text)
        if relative["duration"] is None:
            return now
        step = nanoseconds(relative["duration"])
    except ValueError as error:
        raise Problem("invalid_body", f"{error}, nor like now+1d.") from None
    return now - step if relative["sign"] == "-" else now + step


def nanoseconds(duration: float | str) -> int:
    """Of a number of seconds, or of a number with a unit (s, m, h, d, w); raises `ValueError`."""
    if not isinstance(duration, str):
        return int(duration * NANOSECONDS)
    match = _DURATION.fullmatch(duration)
    if match is None:
        raise ValueError(f"{duration!r} is no duration, such as 90s, 1.5h or 30d")
    return int(float(match["number"]) * _UNITS[match["unit"]] * NANOSECONDS)
