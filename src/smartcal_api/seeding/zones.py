"""Time zones of the `tzdata` package alone: a machine's own database must not change what is generated."""

from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

_HOUR = 3600
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@cache
def _names() -> frozenset[str]:
    return frozenset(files("tzdata").joinpath("zones").read_text("ascii").split())


@cache
def zone(name: str) -> ZoneInfo:
    """The zone of an IANA name; raises `ValueError` for a name that `tzdata` doesn't list."""
    if name not in _names():
        raise ValueError(f"{name!r} is not an IANA time zone that the tzdata package knows, such as Europe/Berlin")
    with files("tzdata.zoneinfo").joinpath(*name.split("/")).open("rb") as file:
        return ZoneInfo.from_file(file, key=name)


class Stamps:
    """Writes wall time as the contract's timestamps, `2026-03-02T08:00:00Z`.

    Wall time is an integer: the seconds since 1970-01-01T00:00 on a wall clock of the zone, offsets left aside.
    """

    def __init__(self) -> None:
        # Offsets by the hour and dates by the day: asking a ZoneInfo for every timestamp would take most of the time.
        self._offsets: dict[tuple[str, int], int] = {}
        self._dates: dict[int, str] = {}

    def utc(self, name: str, wall: int) -> str:
        hour = wall // _HOUR
        offset = self._offsets.get((name, hour))
        if offset is None:
            offset = self._offsets[name, hour] = _offset(name, hour)
        day, second = divmod(wall - offset, 86_400)
        date = self._dates.get(day)
        if date is None:
            date = self._dates[day] = (_EPOCH + timedelta(days=day)).date().isoformat()
        return f"{date}T{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}Z"


def _offset(name: str, hour: int) -> int:
    """Seconds east of UTC at the beginning of an hour of wall time."""
    local = (_EPOCH + timedelta(hours=hour)).replace(tzinfo=zone(name))
    return int((local.replace(tzinfo=UTC) - local.astimezone(UTC)).total_seconds())
