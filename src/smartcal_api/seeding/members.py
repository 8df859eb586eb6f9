"""Members of an account: a person each, with calendars of their own and a share of what is to be generated."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from smartcal_api.seeding.pages import weekday
from smartcal_api.seeding.people import Person
from smartcal_api.seeding.stays import Stay, stays

SOURCES = ("smartcal", "google", "outlook", "icloud")


@dataclass(frozen=True, slots=True)
class Member:
    """`calendars` maps a source to the id of the person's calendar there. The person's events have the serials from
    `first_event` on, those of bookings first; bookings have the serials from `first_booking` on."""

    stream: str
    person: Person
    calendars: Mapping[str, str]
    stays: tuple[Stay, ...]
    first_event: int
    events: int
    first_booking: int
    bookings: int

    def random(self, purpose: str) -> Random:
        """A source of randomness of its own: drawing for one purpose changes nothing for another, and every call
        begins anew, so that what was drawn once can be drawn again instead of being kept."""
        return Random(f"{self.stream}/{purpose}")

    def working_days(self) -> list[tuple[int, Stay]]:
        """Mondays to Fridays, with where they are spent."""
        return [(day, stay) for stay in self.stays for day in stay.days if weekday(day) < 5]

    def home_days(self) -> list[int]:
        """Mondays to Fridays at home: bookings lie there, since a page's hours are in the home's zone."""
        return [day for day, stay in self.working_days() if stay.city is None]


def itinerary(stream: str, home: str, *, events: int, bookings: int) -> tuple[Stay, ...]:
    """Eight weeks before and after the anchor, up to 26 for whoever has more events and bookings."""
    half = min(26, max(8, -(-events // 25), -(-bookings // 8)))
    return stays(Random(f"{stream}/stays"), home, half)
