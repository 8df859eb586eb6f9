from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartcal_api.clock import NANOSECONDS
from smartcal_api.seeding import ANCHOR, shift, weeks_to

Document = dict[str, Any]
SIZES = [(1, 1), (4, 4), (60, 60), (200, 50), (120, 120), (1000, 120), (5000, 1000)]
every_size = pytest.mark.parametrize(("events", "bookings"), SIZES)
NOWS = st.integers(1_704_067_200, 2_082_758_400)  # seconds since 1970, 2024 to 2035
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def at(document: Document, name: str) -> datetime:
    return datetime.fromisoformat(document[name])


@every_size
def test_a_booking_and_its_event_agree(world: Callable[..., Any], events: int, bookings: int) -> None:
    found = world(events, bookings)
    owners = {resource.document["id"]: resource.account for resource in found.resources}
    booked = {event["id"]: event for event in found.of("Event") if event["booking_id"] is not None}
    assert len(booked) == len(found.of("Booking"))
    for booking in found.of("Booking"):
        event = booked[booking["event_id"]]
        assert event["booking_id"] == booking["id"]
        for name in ("start_time", "end_time", "timezone", "location", "created_at"):
            assert event[name] == booking[name], name
        assert owners[booking["id"]] == owners[event["id"]] == owners[booking["booking_page_id"]]
        expected = {"pending": "tentative", "cancelled": "cancelled"}.get(booking["status"], "confirmed")
        assert event["status"] == expected
        assert booking["invitee"]["email"] in {attendee["email"] for attendee in event["attendees"]}
        assert event["source"] == "smartcal"


def assert_fits(booking: Document, page: Document, local: Callable[[str, str], datetime]) -> None:
    ranges = [booking, *([booking["rescheduled_from"]] if booking["rescheduled_from"] else [])]
    for times in ranges:
        start, end = (local(times[name], page["timezone"]) for name in ("start_time", "end_time"))
        assert end - start == timedelta(minutes=page["duration_minutes"])
        assert any(
            rule["weekday"] == WEEKDAYS[start.weekday()]
            and rule["start"] <= f"{start:%H:%M}"
            and f"{end:%H:%M}" <= rule["end"]
            for rule in page["availability"]
        )
        ahead = at(times, "start_time") - at(booking, "created_at")
        assert timedelta(minutes=page["minimum_notice_minutes"]) <= ahead <= timedelta(days=page["max_days_ahead"])


@every_size
def test_bookings_keep_the_rules_of_their_page(
    world: Callable[..., Any], local: Callable[[str, str], datetime], events: int, bookings: int
) -> None:
    found = world(events, bookings, 9)
    pages = {page["id"]: page for page in found.of("BookingPage")}
    for booking in found.of("Booking"):
        page = pages[booking["booking_page_id"]]
        assert_fits(booking, page, local)
        assert page["updated_at"] <= booking["created_at"], "it was made under the rules that the page has"
        assert booking["timezone"] == page["timezone"]


@settings(max_examples=30, deadline=None)
@given(now=NOWS)
def test_bookings_keep_the_rules_of_their_page_after_a_shift(
    world: Callable[..., Any], local: Callable[[str, str], datetime], now: int
) -> None:
    found = world(1000, 120, 9)
    weeks = weeks_to(now * NANOSECONDS)
    pages = {page["id"]: shift(page, weeks) for page in found.of("BookingPage")}
    for booking in found.of("Booking"):
        assert_fits(shift(booking, weeks), pages[booking["booking_page_id"]], local)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize(("events", "bookings"), [(200, 50), (120, 120), (1000, 120)])
def test_buffers_around_bookings_are_free(
    world: Callable[..., Any],
    occurrences: Callable[[Document], Iterator[tuple[datetime, datetime]]],
    events: int,
    bookings: int,
    seed: int,
) -> None:
    found = world(events, bookings, 9, seed)
    pages = {page["id"]: page for page in found.of("BookingPage")}
    main = found.resources[0].account
    spans = [
        (resource.document["id"], start, end)
        for resource in found.resources
        if resource.collection == "Event" and resource.account == main
        if resource.document["status"] != "cancelled" and not resource.document["all_day"]
        for start, end in occurrences(resource.document)
    ]
    for resource in found.resources:
        booking = resource.document
        if resource.collection == "Booking" and resource.account == main and booking["status"] != "cancelled":
            page = pages[booking["booking_page_id"]]
            since = at(booking, "start_time") - timedelta(minutes=page["buffer_before_minutes"])
            until = at(booking, "end_time") + timedelta(minutes=page["buffer_after_minutes"])
            inside = [id_ for id_, start, end in spans if start < until and since < end]
            assert inside == [booking["event_id"]]


@every_size
def test_what_is_over_was_kept_missed_or_cancelled_and_what_is_ahead_is_open_or_cancelled(
    world: Callable[..., Any], events: int, bookings: int
) -> None:
    for booking in world(events, bookings).of("Booking"):
        past = {"completed", "no_show", "cancelled"}
        assert booking["end_time"] < ANCHOR or booking["start_time"] > ANCHOR
        assert booking["status"] in (past if booking["end_time"] < ANCHOR else {"pending", "confirmed", "cancelled"})


@settings(deadline=None)
@given(now=NOWS, bookings=st.sampled_from([4, 5, 7, 50]), seed=st.integers(0, 9))
def test_some_bookings_are_upcoming_whenever_it_is(
    world: Callable[..., Any], now: int, bookings: int, seed: int
) -> None:
    resources = world(200, bookings, seed=seed).resources
    weeks, instant = weeks_to(now * NANOSECONDS), datetime.fromtimestamp(now, tz=datetime.fromisoformat(ANCHOR).tzinfo)
    shifted = [
        shift(resource.document, weeks)
        for resource in resources
        if resource.collection == "Booking" and resource.account == resources[0].account
    ]
    upcoming = [booking for booking in shifted if booking["status"] in {"pending", "confirmed"}]
    assert sum(at(booking, "start_time") > instant for booking in upcoming) >= 3
    over = [booking for booking in shifted if booking["status"] in {"completed", "no_show"}]
    assert all(at(booking, "updated_at") <= instant for booking in over)


@pytest.mark.parametrize("bookings", [4, 50])
def test_upcoming_bookings_are_spread_from_eight_days_to_six_weeks_ahead(
    world: Callable[..., Any], bookings: int
) -> None:
    anchor = datetime.fromisoformat(ANCHOR)
    for seed in range(10):
        ahead = sorted(
            at(booking, "start_time") - anchor
            for booking in world(200, bookings, seed=seed).of("Booking")
            if booking["status"] in {"pending", "confirmed"}
        )
        late = [step for step in ahead if step >= timedelta(days=8)]
        assert len(late) >= 3
        assert late[-1] <= timedelta(weeks=6)
        assert late[-1] - late[0] >= timedelta(days=10)


@every_size
def test_cancellations_have_their_story(world: Callable[..., Any], events: int, bookings: int) -> None:
    for booking in world(events, bookings).of("Booking"):
        cancellation = booking["cancellation"]
        assert (cancellation is not None) == (booking["status"] == "cancelled")
        if cancellation is not None:
            assert booking["created_at"] < cancellation["cancelled_at"] == booking["updated_at"]
            assert cancellation["cancelled_at"] < booking["start_time"]


@every_size
def test_answers_answer_the_pages_questions(world: Callable[..., Any], events: int, bookings: int) -> None:
    found = world(events, bookings, 9)
    pages = {page["id"]: page for page in found.of("BookingPage")}
    for booking in found.of("Booking"):
        questions = {question["label"]: question for question in pages[booking["booking_page_id"]]["questions"]}
        given_answers = {answer["question"]: answer["answer"] for answer in booking["answers"]}
        assert given_answers.keys() <= questions.keys()
        assert {label for label, question in questions.items() if question["required"]} <= given_answers.keys()
        for label, answer in given_answers.items():
            assert answer
            assert questions[label]["type"] != "choice" or answer in questions[label]["choices"]


def test_bookings_come_in_every_status_with_and_without_a_reason_and_some_were_moved(
    world: Callable[..., Any],
) -> None:
    bookings = world(1000, 120).of("Booking")
    statuses = Counter(booking["status"] for booking in bookings)
    assert statuses.keys() == {"pending", "confirmed", "cancelled", "completed", "no_show"}
    cancellations = [booking["cancellation"] for booking in bookings if booking["cancellation"] is not None]
    assert {cancellation["cancelled_by"] for cancellation in cancellations} == {"host", "invitee"}
    assert {cancellation["reason"] is None for cancellation in cancellations} == {True, False}
    assert any(booking["rescheduled_from"] for booking in bookings)
    assert any(booking["status"] == "cancelled" and booking["start_time"] > ANCHOR for booking in bookings)


@pytest.mark.parametrize(("events", "bookings"), [(120, 120), (1000, 120), (2400, 2400)])
def test_full_diaries_still_hold_what_was_asked_for_in_the_usual_mix(
    world: Callable[..., Any], events: int, bookings: int
) -> None:
    statuses = Counter(booking["status"] for booking in world(events, bookings).of("Booking"))
    assert statuses["cancelled"] < bookings * 0.3
    assert statuses["pending"] + statuses["confirmed"] > bookings * 0.2


def test_inactive_pages_take_no_upcoming_bookings(world: Callable[..., Any]) -> None:
    found = world(1000, 120, 9)
    inactive = {page["id"] for page in found.of("BookingPage") if not page["active"]}
    on_inactive = [booking for booking in found.of("Booking") if booking["booking_page_id"] in inactive]
    assert on_inactive
    assert all(booking["start_time"] < ANCHOR for booking in on_inactive)
