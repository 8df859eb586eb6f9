import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from smartcal_api.clock import NANOSECONDS, Clock, format_rfc3339, parse_rfc3339

OFFSETS = st.integers(-1439, 1439)
MOMENTS = st.datetimes(datetime(1, 1, 1), datetime(9998, 12, 31, 23, 59, 59))  # noqa: DTZ001  # offsets are drawn apart


def oracle(moment: datetime, minutes: int) -> int:
    """Nanoseconds by the standard library's arithmetic alone."""
    since = moment.replace(tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC) - timedelta(minutes=minutes)
    return (since // timedelta(microseconds=1)) * 1000


def zone(minutes: int) -> str:
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


@given(moment=MOMENTS, minutes=OFFSETS, digits=st.integers(0, 9))
def test_any_timestamp_with_any_offset_is_the_instant_that_it_names(moment, minutes, digits):
    shown = f"{moment.year:04d}-{moment:%m-%dT%H:%M:%S}"
    fraction = f"{moment.microsecond:06d}789"[:digits]
    expected = oracle(moment.replace(microsecond=0), minutes) + int(fraction.ljust(9, "0") or 0)
    assert parse_rfc3339(shown + (f".{fraction}" if fraction else "") + zone(minutes)) == expected


@given(moment=MOMENTS)
def test_what_is_formatted_is_parsed_to_the_same_second(moment):
    instant = oracle(moment, 0)
    text = format_rfc3339(instant)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", text)
    assert parse_rfc3339(text) == instant // NANOSECONDS * NANOSECONDS
    assert format_rfc3339(parse_rfc3339(text)) == text


@given(moments=st.lists(MOMENTS, min_size=2, max_size=2))
def test_formatted_timestamps_sort_as_their_instants_do(moments):
    first, second = sorted(oracle(each, 0) for each in moments)
    assert format_rfc3339(first) <= format_rfc3339(second)


@given(moment=MOMENTS, nanoseconds=st.integers(0, NANOSECONDS - 1))
def test_formatting_rounds_down_before_1970_too(moment, nanoseconds):
    second = oracle(moment.replace(microsecond=0), 0)
    assert format_rfc3339(second + nanoseconds) == format_rfc3339(second)


def test_offsets_may_carry_the_first_and_last_days_over_the_ends_of_the_calendar():
    assert parse_rfc3339("0001-01-01T00:00:00+23:59") == oracle(datetime(1, 1, 1), 1439)  # noqa: DTZ001
    last = datetime(9998, 12, 31, 23, 59, 59, tzinfo=timezone(timedelta(minutes=-1439)))
    assert parse_rfc3339("9998-12-31T23:59:59-23:59") == oracle(last.replace(tzinfo=None), -1439)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-03-02",
        "2026-03-02T09:00:00",  # no offset
        "2026-03-02t09:00:00Z",
        "2026-03-02T09:00:00z",
        "2026-03-02 09:00:00Z",
        "2026-03-02T09:00Z",
        "2026-03-02T09:00:00 01:00",  # a + that arrived as a space
        "2026-03-02T09:00:00+0100",
        "2026-03-02T09:00:00+01",
        "2026-03-02T09:00:00+24:00",
        "2026-03-02T09:00:00.Z",
        "2026-03-02T09:00:00.1234567890Z",
        "2026-03-02T09:00:00,5Z",
        "2026-12-31T23:59:60Z",  # a leap second
        "2026-03-02T24:00:00Z",
        "2026-03-02T09:60:00Z",
        "2026-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-00-01T00:00:00Z",
        "2026-01-00T00:00:00Z",
        "0000-01-01T00:00:00Z",
        "9999-01-01T00:00:00Z",
        "10000-01-01T00:00:00Z",
        "-2026-01-01T00:00:00Z",
        "+2026-01-01T00:00:00Z",
        "2026-03-02T09:00:00Z\n",
        " 2026-03-02T09:00:00Z",
        "２０２６-03-02T09:00:00Z",
        "2026-W10-1T09:00:00Z",
        "20260302T090000Z",
        "2026-03-02T09:00:00+01:60",
        "2026-03-02T09:00:00[Europe/Berlin]",
    ],
)
def test_anything_else_is_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011  # whatever the reason
        parse_rfc3339(text)


@given(text=st.text(max_size=40) | st.from_regex(r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{0,12}[Z+-]?[0-9:]{0,6}\Z"))
def test_any_text_is_a_timestamp_or_a_value_error(text):
    try:
        instant = parse_rfc3339(text)
    except ValueError:
        return
    assert isinstance(instant, int)
    assert "T" in text
    assert text.isascii()


class AnyClock(RuleBasedStateMachine):
    """A clock beside the two counters that it is made of; whatever is done to it, it never goes backwards."""

    @initialize(start=st.integers(0, 2**61), frozen=st.booleans())
    def make(self, start: int, frozen: bool) -> None:
        self.counter, self.wall = 0, 10**18
        self.clock = Clock(start, frozen=frozen, wall=lambda: self.wall, monotonic=lambda: self.counter)
        self.expected, self.frozen = start, frozen

    @rule(nanoseconds=st.integers(0, 2**45), jump=st.integers(-(2**60), 2**60))
    def real_time_passes(self, nanoseconds: int, jump: int) -> None:
        """The wall clock of the machine may be set meanwhile; nothing comes of it."""
        self.counter += nanoseconds
        self.wall += jump
        self.expected += 0 if self.frozen else nanoseconds

    @rule(nanoseconds=st.integers(0, 2**55))
    def advance(self, nanoseconds: int) -> None:
        self.expected += nanoseconds
        assert self.clock.advance(nanoseconds) == self.expected

    @rule(nanoseconds=st.integers(-(2**55), -1))
    def try_to_go_back(self, nanoseconds: int) -> None:
        with pytest.raises(ValueError, match="forward"):
            self.clock.advance(nanoseconds)

    @rule()
    def freeze(self) -> None:
        self.clock.freeze()
        self.frozen = True

    @rule()
    def resume(self) -> None:
        self.clock.resume()
        self.frozen = False

    def teardown(self) -> None:
        if hasattr(self, "clock"):
            assert self.clock.now() == self.expected

    @rule()
    def look(self) -> None:
        assert (self.clock.now(), self.clock.frozen) == (self.expected, self.frozen)


TestAnyClock = AnyClock.TestCase


def test_without_a_start_it_begins_at_the_time_of_the_machine():
    assert Clock(wall=lambda: 42, monotonic=lambda: 7).now() == 42


def test_a_frozen_clock_stands_still_until_it_is_resumed():
    counter = iter(range(0, 10**6, 1000))
    clock = Clock(5, frozen=True, monotonic=lambda: next(counter))
    assert [clock.now() for _ in range(3)] == [5, 5, 5]
    clock.resume()
    assert clock.now() > 5
    clock.resume()  # twice is once
    clock.freeze()
    assert clock.now() == clock.now()
