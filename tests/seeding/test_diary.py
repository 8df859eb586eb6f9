from random import Random

from hypothesis import assume, given
from hypothesis import strategies as st

from smartcal_api.seeding.diary import Diary, pick

SPANS = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 80), st.integers(1, 15)), max_size=12)


@given(SPANS, st.integers(30, 50), st.integers(30, 72), st.integers(1, 5), st.integers(0, 2), st.integers(0, 2))
def test_starts_are_where_a_search_finds_room_on_all_days(
    spans: list[tuple[int, int, int]], opens: int, closes: int, length: int, before: int, after: int
) -> None:
    diary, taken = Diary(), set()
    for day, first, size in spans:
        diary.take((day,), first=first, length=size)
        taken |= set(range(first, first + size))
    found = diary.starts((0, 1), length=length, opens=opens, closes=closes, before=before, after=after)
    assert [quarter for quarter in range(96) if found >> quarter & 1] == [
        quarter
        for quarter in range(opens, closes - length + 1)
        if not taken & set(range(quarter - before, quarter + length + after))
    ]


@given(st.integers(1, 2**96 - 1), st.integers(0, 5))
def test_pick_takes_a_quarter_hour_of_the_mask(mask: int, seed: int) -> None:
    assert mask >> pick(Random(seed), mask) & 1


@given(st.integers(1, 2**96 - 1), st.integers(0, 5))
def test_pick_prefers_full_and_half_hours(mask: int, seed: int) -> None:
    assume(any(mask >> quarter & 1 for quarter in range(0, 96, 2)))
    assert pick(Random(seed), mask) % 2 == 0
