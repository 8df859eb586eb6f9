"""Law SBX 4: one clock, moved on demand, and everything with it."""

import asyncio

import pytest

from smartcal_api.clock import parse_rfc3339
from tests.control.plane import Plane

CLOCK = "/sandboxes/default/clock"


@pytest.mark.parametrize(
    ("by", "then"),
    [
        ("30d", "2026-04-03T12:00:00Z"),
        (90, "2026-03-04T12:01:30Z"),
        ("1.5h", "2026-03-04T13:30:00Z"),
        ("2w", "2026-03-18T12:00:00Z"),
        (0, "2026-03-04T12:00:00Z"),
    ],
)
def test_sbx_4_the_clock_advances_by_a_duration(plane: Plane, by: str | float, then: str) -> None:
    assert plane.post(f"{CLOCK}/advance", {"by": by}).json == {"now": then, "frozen": True}
    assert plane.get(CLOCK).json["now"] == then


def test_sbx_4_it_moves_to_an_instant_and_never_back(plane: Plane) -> None:
    assert plane.post(f"{CLOCK}/set", {"now": "2026-03-05T09:00:00+01:00"}).json["now"] == "2026-03-05T08:00:00Z"
    back = plane.post(f"{CLOCK}/set", {"now": "2026-03-05T07:59:59Z"})
    assert back.code == "clock_backwards"
    assert "2026-03-05T08:00:00Z" in back.json["detail"]


def test_sbx_4_it_stops_and_runs_on_demand(plane: Plane) -> None:
    assert plane.post(f"{CLOCK}/resume").json["frozen"] is False
    assert plane.post(f"{CLOCK}/freeze").json["frozen"] is True


def test_sbx_4_bookings_that_end_on_the_way_are_completed_at_their_end(plane: Plane) -> None:
    key = plane.world.key("read")
    before = plane.get("/api/v1/bookings?status=confirmed&per_page=100", key=key).json["data"]
    plane.post(f"{CLOCK}/advance", {"by": "365d"})
    after = {
        each["id"]: each for each in plane.get("/api/v1/bookings?status=completed&per_page=100", key=key).json["data"]
    }
    assert before
    assert all(after[each["id"]]["updated_at"] == each["end_time"] for each in before)


@pytest.mark.parametrize("by", [-1, "1y", "d", "", None, "1e9d", 10**12])
def test_a_step_that_is_none_is_refused(plane: Plane, by: object) -> None:
    assert plane.post(f"{CLOCK}/advance", {"by": by}).status == 400


def test_the_clock_has_an_end(plane: Plane) -> None:
    refused = plane.post(f"{CLOCK}/set", {"now": "9999-01-01T00:00:00Z"})
    assert refused.status == 400
    assert plane.post(f"{CLOCK}/advance", {"by": 3155760000}).status == 200
    for _ in range(100):
        last = plane.post(f"{CLOCK}/advance", {"by": 3155760000})
        if last.status != 200:
            break
    assert last.status == 400
    assert "9998-12-31" in last.json["detail"]


def test_sbx_4_past_its_timeout_it_says_how_far_it_got(plane: Plane) -> None:
    sandbox = plane.sandbox("default")
    first = sandbox._due

    async def never(_: int) -> None:
        sandbox.clock.move_to(first)
        await asyncio.Event().wait()

    sandbox.advance = never  # type: ignore[method-assign]  # something that takes longer than anybody waits
    late = plane.post(f"{CLOCK}/advance", {"by": "30d", "timeout_seconds": 0})
    assert late.status == 409
    assert late.code == "timed_out"
    assert parse_rfc3339(plane.get(CLOCK).json["now"]) == first
