from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartcal_api.clock import NANOSECONDS, parse_rfc3339
from smartcal_api.seeding import ANCHOR, shift, weeks_to
from smartcal_api.seeding.zones import zone

WEEK = 7 * 86_400 * NANOSECONDS
ZONES = st.sampled_from(
    ["Europe/Berlin", "America/New_York", "Europe/London", "Australia/Sydney", "Asia/Tokyo", "America/Sao_Paulo", "UTC"]
)
# Clocks change before 6:00 in all of them: nothing here is skipped or doubled.
DAYTIMES = st.builds(
    lambda day, second: datetime.combine(day, time(6)) + timedelta(seconds=second),
    st.dates(date(2022, 1, 1), date(2036, 1, 1)),
    st.integers(0, 17 * 3600),
)


def stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@given(st.integers(0, 4 * 10**18))
def test_weeks_to_leaves_less_than_a_week_before_now(now: int) -> None:
    moved = parse_rfc3339(ANCHOR) + weeks_to(now) * WEEK
    assert moved <= now < moved + WEEK


def test_weeks_to_the_anchor_itself_are_none() -> None:
    assert weeks_to(parse_rfc3339(ANCHOR)) == 0
    assert weeks_to(parse_rfc3339(ANCHOR) - 1) == -1


@given(DAYTIMES, ZONES, st.integers(-300, 300))
def test_shift_keeps_the_time_on_the_wall(moment: datetime, name: str, weeks: int) -> None:
    document = {"start_time": stamp(moment.replace(tzinfo=zone(name))), "timezone": name}
    moved = datetime.fromisoformat(shift(document, weeks)["start_time"]).astimezone(zone(name))
    assert moved.replace(tzinfo=None) == moment + timedelta(weeks=weeks)


@given(DAYTIMES, ZONES, st.integers(-300, 300), st.integers(-300, 300))
def test_shift_by_weeks_and_weeks_is_shift_by_their_sum(moment: datetime, name: str, some: int, more: int) -> None:
    document = {"updated_at": stamp(moment.replace(tzinfo=zone(name))), "timezone": name}
    assert shift(shift(document, some), more) == shift(document, some + more)


def test_shift_across_a_change_of_clocks_moves_the_instant_by_an_hour() -> None:
    document = {"start_time": "2026-03-23T09:00:00Z", "timezone": "Europe/Berlin"}
    assert shift(document, 1) == {"start_time": "2026-03-30T08:00:00Z", "timezone": "Europe/Berlin"}


def test_shift_counts_in_utc_where_a_document_has_no_zone() -> None:
    assert shift({"created_at": "2026-03-23T09:00:00Z"}, 1) == {"created_at": "2026-03-30T09:00:00Z"}


def test_shift_to_a_time_that_is_skipped_takes_the_one_an_hour_later() -> None:
    document = {"start_time": "2026-03-22T01:30:00Z", "timezone": "Europe/Berlin"}  # 2:30
    assert shift(document, 1)["start_time"] == "2026-03-29T01:30:00Z"  # 3:30


def test_shift_keeps_the_second_of_two_equal_times_apart_from_the_first() -> None:
    second = {"start_time": "2026-10-25T01:30:00Z", "timezone": "Europe/Berlin"}  # the second 2:30 of that night
    assert shift(second, 0) == second


def test_shift_reaches_into_members_and_leaves_text_alone() -> None:
    document = {
        "timezone": "UTC",
        "title": "2026-03-04T12:00:00Z",
        "cancellation": {"reason": "2026-03-04T12:00:00Z", "cancelled_at": "2026-03-04T12:00:00Z"},
        "rescheduled_from": None,
        "slots": [{"start_time": "2026-03-04T12:00:00Z"}],
    }
    before = repr(document)
    assert shift(document, -1) == {
        **document,
        "cancellation": {"reason": "2026-03-04T12:00:00Z", "cancelled_at": "2026-02-25T12:00:00Z"},
        "slots": [{"start_time": "2026-02-25T12:00:00Z"}],
    }
    assert repr(document) == before


def test_shift_copies_what_it_does_not_move() -> None:
    document = {"attendees": [{"name": "Ada"}]}
    shift(document, 1)["attendees"][0]["name"] = "Grace"
    assert document == {"attendees": [{"name": "Ada"}]}


def test_shift_refuses_an_unknown_zone() -> None:
    with pytest.raises(ValueError, match="Mars/Olympus"):
        shift({"timezone": "Mars/Olympus"}, 1)


@pytest.mark.parametrize(("now", "weeks"), [("2026-03-11T11:59:59Z", 0), ("2026-03-11T12:00:00Z", 1)])
def test_a_week_is_full_at_noon_of_the_anchors_weekday(now: str, weeks: int) -> None:
    assert weeks_to(parse_rfc3339(now)) == weeks
