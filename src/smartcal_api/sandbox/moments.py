"""Instants and durations as people write them: RFC 3339, `now+1d`, `90`, `1.5h`."""

import re
from datetime import timedelta

from smartcal_api.clock import NANOSECONDS, parse_rfc3339

_UNITS = {
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}
_DURATION = re.compile(r"(?P<number>[0-9]{1,9}(?:\.[0-9]{1,9})?)(?P<unit>[smhdw])", re.ASCII)
_RELATIVE = re.compile(r"now(?:(?P<sign>[+-])(?P<duration>.+))?", re.ASCII)
FIRST, LAST = parse_rfc3339("0001-01-01T00:00:00Z"), parse_rfc3339("9998-12-31T23:59:59Z")


def instant(text: str, now: int) -> int:
    """Nanoseconds since 1970 of a timestamp, or of one like `now+1d`; raises `ValueError`, whose message ends a
    sentence, for what is neither, or lies outside of the years 1 to 9998."""
    relative = _RELATIVE.fullmatch(text)
    if relative is None:
        try:
            return parse_rfc3339(text)
        except ValueError as error:
            raise ValueError(f"{error}, nor like now+1d") from None
    if relative["duration"] is None:
        return now
    step = nanoseconds(relative["duration"])
    found = now - step if relative["sign"] == "-" else now + step
    if not FIRST <= found <= LAST:
        raise ValueError(f"{text!r} lies outside of the years 1 to 9998")
    return found


def nanoseconds(duration: float | str) -> int:
    """Of a number of seconds, or of a number with a unit (s, m, h, d, w); raises `ValueError`."""
    if not isinstance(duration, str):
        return int(duration * NANOSECONDS)
    match = _DURATION.fullmatch(duration)
    if match is None:
        raise ValueError(f"{duration!r} is not a duration, such as 90s, 1.5h or 30d")
    return int(float(match["number"]) * _UNITS[match["unit"]].total_seconds() * NANOSECONDS)
