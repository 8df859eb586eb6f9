from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartcal_api.clock import NANOSECONDS, format_rfc3339
from smartcal_api.seeding.zones import Stamps, zone


@given(
    st.integers(1_577_836_800, 2_082_758_400),  # 2020 to 2035
    st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Sydney", "UTC"]),
)
def test_stamps_agree_with_datetime_at_any_wall_time(wall: int, name: str) -> None:
    instant = int(datetime.fromtimestamp(wall, tz=UTC).replace(tzinfo=zone(name)).timestamp())
    assert Stamps().utc(name, wall) == format_rfc3339(instant * NANOSECONDS)


@pytest.mark.parametrize("name", ["", "Europe/Atlantis", "../zones", "/etc/passwd", "Europe", "europe/berlin"])
def test_a_name_that_is_no_zone_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="not an IANA time zone"):
        zone(name)


def test_a_zone_is_loaded_once() -> None:
    assert zone("Europe/Berlin") is zone("Europe/Berlin")
