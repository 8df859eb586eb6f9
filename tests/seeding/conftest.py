"""Generated worlds, one a size and seed, and what every test reads off events."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from smartcal_api.ids import Ids
from smartcal_api.seeding import Resource, generate
from smartcal_api.seeding.zones import zone

Document = dict[str, Any]
CONTRACT = Path(__file__).parents[2] / "openapi.yaml"


@dataclass(frozen=True)
class World:
    resources: tuple[Resource, ...]

    def of(self, collection: str) -> list[Document]:
        return [resource.document for resource in self.resources if resource.collection == collection]

    def owner(self, id_: str) -> str:
        return next(resource.account for resource in self.resources if resource.document["id"] == id_)


@cache
def _contract() -> Document:
    document: Document = yaml.safe_load(CONTRACT.read_text("utf-8"))
    return document


def _ids(seed: int = 0) -> Ids:
    rules = _contract()["x-ids"]
    return Ids(seed, alphabet=rules["alphabet"], length=rules["length"], prefixes=rules["prefixes"])


@cache
def _world(events: int, bookings: int, booking_pages: int, seed: int) -> World:
    return World(tuple(generate(_ids(seed), seed=seed, events=events, bookings=bookings, booking_pages=booking_pages)))


@pytest.fixture(scope="session")
def contract() -> Document:
    return _contract()


@pytest.fixture(scope="session")
def ids() -> Ids:
    return _ids()


@pytest.fixture(scope="session")
def world() -> Callable[..., World]:
    def make(events: int = 200, bookings: int = 50, booking_pages: int = 3, seed: int = 0) -> World:
        return _world(events, bookings, booking_pages, seed)

    return make


@pytest.fixture(scope="session")
def local() -> Callable[[str, str], datetime]:
    """(timestamp, zone) → the time on a wall there."""

    def convert(stamp: str, name: str) -> datetime:
        return datetime.fromisoformat(stamp).astimezone(zone(name))

    return convert


@pytest.fixture(scope="session")
def occurrences() -> Callable[[Document], Iterator[tuple[datetime, datetime]]]:
    """The instants from which to which an event takes place, its repetitions among them.

    An own reading of RFC 5545, for weekly rules with BYDAY and COUNT: days count in wall time.
    """

    def expand(event: Document) -> Iterator[tuple[datetime, datetime]]:
        start, end = (
            datetime.fromisoformat(event[name]).astimezone(zone(event["timezone"]))
            for name in ("start_time", "end_time")
        )
        if event["recurrence"] is None:
            yield start, end
            return
        (line,) = event["recurrence"]
        rule = dict(part.split("=") for part in line.removeprefix("RRULE:").split(";"))
        assert rule.keys() == {"FREQ", "BYDAY", "COUNT"}
        assert rule["FREQ"] == "WEEKLY"
        days = [("MO", "TU", "WE", "TH", "FR", "SA", "SU").index(day) for day in rule["BYDAY"].split(",")]
        assert start.weekday() in days, "the first occurrence is one of the rule's"
        found = 0
        for number in range(1000):
            if found == int(rule["COUNT"]):
                return
            step = timedelta(days=number)
            if (start + step).weekday() in days:
                found += 1
                yield start + step, end + step

    return expand
