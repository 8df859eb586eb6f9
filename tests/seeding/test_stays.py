from random import Random

from hypothesis import given
from hypothesis import strategies as st

from smartcal_api.seeding.anchor import MONDAY
from smartcal_api.seeding.stays import HOMES, stays


@given(st.integers(), st.sampled_from(HOMES), st.integers(8, 26))
def test_stays_follow_one_another_in_whole_weeks(seed: int, home: str, half: int) -> None:
    found = stays(Random(seed), home, half)
    assert [day for stay in found for day in stay.days] == list(range(MONDAY - 7 * half, MONDAY + 7 * half))
    assert all(len(stay.days) % 7 == 0 and stay.days.start % 7 == MONDAY % 7 for stay in found)


@given(st.integers(), st.sampled_from(HOMES), st.integers(8, 26))
def test_trips_take_one_week_abroad_with_home_before_and_after(seed: int, home: str, half: int) -> None:
    found = stays(Random(seed), home, half)
    trips = [number for number, stay in enumerate(found) if stay.city is not None]
    assert len(trips) >= 2
    for number in trips:
        assert len(found[number].days) == 7
        assert found[number].zone != home
        assert all(near.zone == home for near in (*found[number - 1 : number], *found[number + 1 : number + 2]))


@given(st.integers(), st.sampled_from(HOMES), st.integers(8, 26))
def test_the_anchors_week_and_the_next_are_at_home(seed: int, home: str, half: int) -> None:
    away = {day for stay in stays(Random(seed), home, half) if stay.city is not None for day in stay.days}
    assert not away & set(range(MONDAY, MONDAY + 14))
