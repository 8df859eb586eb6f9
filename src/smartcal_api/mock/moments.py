"""Dates and times near 2026, in an order that their names ask for: an object ends after it started (RFC 3339)."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from smartcal_api.mock.names import suffixes
from smartcal_api.mock.source import Source

_NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
# A word anywhere in the name → how far from the object's own moment, which all of its members share.
_OFFSETS: Mapping[str, timedelta] = {
    "birth": timedelta(days=-12_000),
    "created": timedelta(days=-30, minutes=-7, seconds=-21),
    "updated": timedelta(days=-2, minutes=-3, seconds=-42),
    "modified": timedelta(days=-2, minutes=-3, seconds=-42),
    "cancelled": timedelta(days=-1, minutes=-11, seconds=-5),
    "begin": timedelta(),
    "start": timedelta(),
    "starts": timedelta(),
    "end": timedelta(hours=1),
    "ends": timedelta(hours=1),
    "until": timedelta(days=60),
    "expires": timedelta(days=90),
    "expiry": timedelta(days=90),
}


def moment(source: Source) -> datetime:
    """On a quarter of an hour of a working day's hours; a name of no known order gets a moment of its own."""
    words = next(suffixes(source.name), "").split("_")
    offset = next((_OFFSETS[word] for word in words if word in _OFFSETS), None)
    random = source.random if offset is None else source.shared
    start = _NEW_YEAR + timedelta(days=random.randrange(365), minutes=15 * random.randrange(8 * 4, 18 * 4))
    # A further attempt must differ, or a bound that the shared moment misses could never be met.
    return start + (offset or timedelta()) + timedelta(days=source.place.turn)


def date_time(source: Source) -> str:
    return moment(source).strftime("%Y-%m-%dT%H:%M:%SZ")


def date(source: Source) -> str:
    return moment(source).strftime("%Y-%m-%d")


def time(source: Source) -> str:
    return moment(source).strftime("%H:%M:%SZ")
