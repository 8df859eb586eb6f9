from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartcal_api.clock import NANOSECONDS
from smartcal_api.seeding import ANCHOR, shift, weeks_to

Document = dict[str, Any]
Occurrences = Callable[[Document], Iterator[tuple[datetime, datetime]]]
NOWS = st.integers(1_704_067_200, 2_082_758_400).map(lambda seconds: weeks_to(seconds * NANOSECONDS))  # 2024 to 2035
every_size = pytest.mark.parametrize(
    ("events", "bookings"), [(1, 0), (4, 4), (60, 60), (200, 50), (1000, 120), (5000, 1000)]
)


def timed(events: list[Document]) -> list[Document]:
    return [event for event in events if not event["all_day"]]


def assert_no_overlap(groups: dict[str, list[Document]], occurrences: Occurrences) -> None:
    for events in groups.values():
        spans = sorted(span for event in timed(events) if event["status"] != "cancelled" for span in occurrences(event))
        for (_, end), (start, _) in pairwise(spans):
            assert end <= start


def by_calendar(events: list[Document]) -> dict[str, list[Document]]:
    groups = defaultdict(list)
    for event in events:
        groups[event["calendar_id"]].append(event)
    return groups


@every_size
def test_nothing_overlaps_on_a_calendar(
    world: Callable[..., Any], occurrences: Occurrences, events: int, bookings: int
) -> None:
    assert_no_overlap(by_calendar(world(events, bookings).of("Event")), occurrences)


def by_account(resources: tuple[Any, ...], weeks: int = 0) -> dict[str, list[Document]]:
    groups = defaultdict(list)
    for resource in resources:
        if resource.collection == "Event":
            groups[resource.account].append(shift(resource.document, weeks))
    return groups


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize(("events", "bookings"), [(200, 50), (120, 120), (1000, 120)])
def test_the_host_is_in_one_place_at_a_time(
    world: Callable[..., Any], occurrences: Occurrences, events: int, bookings: int, seed: int
) -> None:
    assert_no_overlap(by_account(world(events, bookings, seed=seed).resources), occurrences)


@settings(max_examples=60, deadline=None)
@given(weeks=NOWS, seed=st.integers(0, 4))
def test_nothing_comes_to_overlap_by_a_shift(
    world: Callable[..., Any], occurrences: Occurrences, weeks: int, seed: int
) -> None:
    assert_no_overlap(by_account(world(seed=seed).resources, weeks), occurrences)


@settings(max_examples=30, deadline=None)
@given(weeks=NOWS)
def test_a_shift_keeps_start_before_end_and_history_in_order(world: Callable[..., Any], weeks: int) -> None:
    anchor = datetime.fromisoformat(ANCHOR) + timedelta(weeks=weeks)
    for resource in world(seed=3).resources:
        before, document = resource.document, shift(resource.document, weeks)
        updated = document.get("updated_at", document["created_at"])
        assert document["created_at"] <= updated
        assert datetime.fromisoformat(updated) <= anchor
        if "start_time" in document:
            assert document["created_at"] < document["start_time"]
            if not before.get("all_day"):
                assert _length(document) == _length(before)


def _length(document: Document) -> timedelta:
    return datetime.fromisoformat(document["end_time"]) - datetime.fromisoformat(document["start_time"])


@every_size
def test_timed_events_are_in_working_hours(
    world: Callable[..., Any], occurrences: Occurrences, events: int, bookings: int
) -> None:
    for event in timed(world(events, bookings).of("Event")):
        for start, end in occurrences(event):
            assert start.weekday() < 5
            assert (9, 0) <= (start.hour, start.minute) < (end.hour, end.minute) <= (18, 0)
            assert start.date() == end.date()


@every_size
def test_a_calendar_is_in_one_zone_a_week(
    world: Callable[..., Any], occurrences: Occurrences, events: int, bookings: int
) -> None:
    zones = defaultdict(set)
    for event in timed(world(events, bookings).of("Event")):
        for start, _ in occurrences(event):
            zones[event["calendar_id"], start.isocalendar()[:2]].add(event["timezone"])
    assert all(len(found) == 1 for found in zones.values())


@every_size
def test_all_day_events_last_from_midnight_to_midnight(
    world: Callable[..., Any], local: Callable[[str, str], datetime], events: int, bookings: int
) -> None:
    for event in world(events, bookings).of("Event"):
        if event["all_day"]:
            start, end = (local(event[name], event["timezone"]) for name in ("start_time", "end_time"))
            assert (start.hour, start.minute, end.hour, end.minute) == (0, 0, 0, 0)
            assert start < end


@every_size
def test_everything_lies_within_half_a_year_of_the_anchor(
    world: Callable[..., Any], events: int, bookings: int
) -> None:
    anchor = datetime.fromisoformat(ANCHOR)
    for event in world(events, bookings).of("Event"):
        assert abs(datetime.fromisoformat(event["start_time"]) - anchor) < timedelta(weeks=27)


@pytest.mark.parametrize("seed", range(5))
def test_the_default_world_has_something_of_everything(world: Callable[..., Any], seed: int) -> None:
    events = world(seed=seed).of("Event")
    assert {event["status"] for event in events} == {"confirmed", "tentative", "cancelled"}
    assert {event["source"] for event in events} == {"smartcal", "google", "outlook", "icloud"}
    assert {event["visibility"] for event in events} == {"public", "private"}
    assert {(event["location"] or {"type": None})["type"] for event in events} == {"physical", "phone", "video", None}
    assert len({event["timezone"] for event in events}) >= 3
    assert sum(event["recurrence"] is not None for event in events) >= 4
    assert any(event["all_day"] for event in events)
    assert any(event["description"] == "" for event in events)
    starts = [event["start_time"] for event in events]
    assert min(starts) < "2026-01-21"
    assert max(starts) > "2026-04-08"


@every_size
def test_a_calendar_has_one_source(world: Callable[..., Any], events: int, bookings: int) -> None:
    assert all(
        len({event["source"] for event in found}) == 1
        for found in by_calendar(world(events, bookings).of("Event")).values()
    )


@every_size
def test_one_attendee_organizes_what_has_attendees(world: Callable[..., Any], events: int, bookings: int) -> None:
    for event in world(events, bookings).of("Event"):
        attendees = event["attendees"]
        assert sum(attendee["organizer"] for attendee in attendees) == bool(attendees)
        assert len({attendee["email"] for attendee in attendees}) == len(attendees)
