"""Nothing depends on the day, the hour, the zone or the DST of the machine: a fast sample of `make dates`."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from smartcal_api.clock import format_rfc3339
from smartcal_api.contract import Contract
from tests.control.plane import Plane, open_plane
from tests.dates.instants import INSTANTS, Instant

TO_COME = ("pending", "confirmed")


@pytest.fixture(scope="module")
def shared(contract: Contract) -> Plane:
    return open_plane(contract)


@pytest.fixture
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The machine's own."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


class Served:
    """A sandbox that was created at an instant."""

    def __init__(self, plane: Plane, instant: Instant) -> None:
        self._plane = plane
        self.now = format_rfc3339(instant.nanoseconds())
        made = plane.create(name=instant.name, now=self.now, frozen=True, seed=0)
        self.control, self._root = f"/sandboxes/{made['name']}", f"/~{made['name']}"
        self._key = made["keys"]["admin"]

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        return self._plane.request(method, f"{self._root}/api/v1{path}", body=body, key=self._key)

    def all(self, path: str) -> list[Any]:
        found: list[Any] = []
        for page in range(1, 100):
            joint = "&" if "?" in path else "?"
            answer = self.ask("GET", f"{path}{joint}per_page=100&page={page}")
            assert answer.status == 200, answer.body
            found += answer.json["data"]
            if page >= answer.json["pagination"]["total_pages"]:
                break
        return found

    def steer(self, path: str, body: Any = None) -> Any:
        answer = self._plane.post(f"{self.control}{path}", body or {})
        assert answer.status < 300, answer.body
        return answer.json

    def close(self) -> None:
        assert self._plane.request("DELETE", self.control).status == 204


@pytest.mark.parametrize(
    ("instant", "zone"),
    [(each, each.zone) for each in INSTANTS],
    ids=[each.name for each in INSTANTS],
    indirect=["zone"],
)
def test_sbx_4_a_sandbox_of_any_instant_keeps_the_laws(shared: Plane, instant: Instant, zone: str) -> None:
    served = Served(shared, instant)
    hold_clock_laws(served)
    hold_booking_laws(served)
    served.steer("/snapshots", {"name": "before"})
    before = served.all("/bookings")
    # Over the instant at which something happens, and over the week's end.
    for by in ("31s", "1h", "8d"):
        served.now = served.steer("/clock/advance", {"by": by})["now"]
        hold_clock_laws(served)
    hold_booking_laws(served)
    served.steer("/snapshots/before/restore")
    assert served.all("/bookings") == before
    served.close()


def hold_clock_laws(served: Served) -> None:
    """What is to come is to come, and what has ended has ended."""
    bookings = served.all("/bookings")
    upcoming = [each for each in bookings if each["start_time"] > served.now and each["status"] in TO_COME]
    assert bookings
    assert served.all("/bookings?upcoming=true") == upcoming
    assert not [each["id"] for each in bookings if each["end_time"] <= served.now and each["status"] == "confirmed"]
    assert not [each["id"] for each in bookings if each["end_time"] > served.now and each["status"] == "completed"]
    for each in (*bookings, *served.all("/events")):
        assert each["created_at"] <= each["updated_at"] <= served.now
        assert each["start_time"] < each["end_time"]


def hold_booking_laws(served: Served) -> None:
    upcoming = served.all("/bookings?upcoming=true")
    assert upcoming, "there is always something to come"
    path = f"/bookings/{upcoming[0]['id']}/cancel"
    cancelled = served.ask("POST", path, {})
    assert (cancelled.status, cancelled.json["updated_at"]) == (200, served.now)
    assert served.ask("POST", path, {}).json["code"] == "booking_already_cancelled"
    assert served.ask("GET", f"/events/{cancelled.json['event_id']}").json["status"] == "cancelled"
    past = served.all("/bookings?status=completed")[0]
    assert served.ask("POST", f"/bookings/{past['id']}/cancel", {}).json["code"] == "booking_in_the_past"
    happened = served.steer("/triggers/booking.created")["events"]
    assert {each["data"]["created_at"] for each in happened} == {served.now}
