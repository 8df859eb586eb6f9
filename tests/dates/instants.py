"""Instants at which what depends on the day, the hour, the zone or the DST of a machine is found out."""

from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from smartcal_api.clock import NANOSECONDS


class Instant(NamedTuple):
    """`local`: what clocks in the zone show half a minute before it happens, where something does."""

    name: str
    zone: str
    local: str

    def nanoseconds(self) -> int:
        """Since 1970. An hour that there is twice is taken the first time."""
        moment = datetime.fromisoformat(self.local).replace(tzinfo=ZoneInfo(self.zone))
        return (moment - datetime(1970, 1, 1, tzinfo=ZoneInfo("UTC"))) // timedelta(seconds=1) * NANOSECONDS


INSTANTS = (
    Instant("monday-at-five", "UTC", "2026-12-07 05:00:00"),
    Instant("wednesday-at-ten", "UTC", "2026-12-09 10:00:00"),
    Instant("saturday", "Asia/Kolkata", "2026-12-12 15:00:00"),
    Instant("sunday-night", "America/Los_Angeles", "2026-12-13 23:59:30"),
    Instant("spring-in-berlin", "Europe/Berlin", "2027-03-28 01:59:30"),
    Instant("autumn-in-berlin", "Europe/Berlin", "2027-10-31 02:59:30"),
    Instant("spring-in-new-york", "America/New_York", "2027-03-14 01:59:30"),
    Instant("autumn-in-new-york", "America/New_York", "2027-11-07 01:59:30"),
    Instant("spring-on-lord-howe", "Australia/Lord_Howe", "2027-10-03 01:59:30"),
    Instant("autumn-on-lord-howe", "Australia/Lord_Howe", "2027-04-04 01:59:30"),
    Instant("end-of-the-year", "UTC", "2026-12-31 23:59:30"),
    Instant("leap-day", "Pacific/Kiritimati", "2028-02-29 12:00:00"),
    Instant("in-ten-years", "UTC", "2036-06-15 08:00:00"),
)
