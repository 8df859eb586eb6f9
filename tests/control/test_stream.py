"""What happens, told as it happens (law SBX 6): of all sandboxes or of one, complete, judged, and without secrets."""

from functools import partial
from typing import Any

import pytest

from smartcal_api.contract import Contract
from smartcal_api.control import Control, describe
from smartcal_api.control.journal import documents_of
from smartcal_api.control.stream import Feed
from smartcal_api.http.exchange import Exchange
from smartcal_api.http.gate import Gate
from smartcal_api.http.judge import Judges
from smartcal_api.mock import ValueGenerator
from smartcal_api.sandbox import Sandbox
from smartcal_api.sandbox.creation import Creator
from tests.control.plane import Plane, open_plane
from tests.wire import request_scope


@pytest.fixture
def plane(contract: Contract) -> Plane:
    return open_plane(contract)


def feed(plane: Plane, only: Sandbox | None = None, since: int | None = None) -> Feed:
    description = describe(plane.world.contract)
    generator = ValueGenerator(description.data, seed=0)
    gate = Gate(description, Judges(description, generator), generator)

    def product() -> Any:
        return plane.front.application

    control = Control(plane.registry, product, Creator(plane.registry, product), description, gate)
    exchange = Exchange(request_scope("GET", "/"), plane.registry.default)
    exchange.root = "http://127.0.0.1:8080"
    return Feed(control, partial(documents_of, control, exchange), only=only, since=since)


def told(feed: Feed) -> list[tuple[str, Any]]:
    return [(event.name, event.data) for event in feed.news()]


def test_requests_of_all_sandboxes_are_told_with_what_refused_them(plane: Plane) -> None:
    reader = feed(plane)
    assert told(reader) == [("sandboxes", {"names": ["default"]})]
    key = plane.create(name="mine")["keys"]["read"]
    plane.get("/~mine/api/v1/me", key=key)
    plane.get("/api/v1/events/%3Cscript%3E?access_token=scp_demo_read", key=plane.world.key("read"))
    found = told(reader)
    assert ("sandboxes", {"names": ["default", "mine"]}) in found
    assert ("changed", {"sandbox": "mine"}) in found
    mine, refused = (next(d for n, d in found if n == "request" and d["sandbox"] == s) for s in ("mine", "default"))
    assert (mine["operation"], mine["status"], mine["clause"]) == ("getAccount", 200, None)
    assert (refused["status"], refused["clause"]["code"]) == (400, "invalid_request")
    assert key not in repr(found)
    assert "scp_demo_read" not in repr(found)
    assert told(reader) == []


def test_a_reader_of_one_goes_on_from_where_it_was_and_is_told_what_it_missed(plane: Plane) -> None:
    key, journal = plane.world.key("read"), plane.registry.default.journal
    for _ in range(3):
        plane.get("/api/v1/me", key=key)
    first = feed(plane, plane.registry.default, since=2)
    assert [data["serial"] for name, data in told(first) if name == "request"] == [2, 3]
    for _ in range(journal._kept.maxlen + 1):  # type: ignore[operator]  # it is bounded
        journal.next_serial += 1
        journal.append((journal.next_serial - 1, *journal.latest(1)[0][1:]))
    found = told(first)
    assert ("missed", {"sandbox": "default", "count": 1}) in found
    serials = [data["serial"] for name, data in found if name == "request"]
    while more := [data["serial"] for name, data in told(first) if name == "request"]:
        serials += more
    assert serials == list(range(5, journal.next_serial))
    journal.clear()
    assert told(first) == [], "what somebody has cleared is not missed"


def test_whatever_changes_a_sandbox_is_told_once_and_time_alone_is_not(plane: Plane) -> None:
    reader = feed(plane)
    told(reader)
    for method, path, body in (
        ("POST", "/sandboxes/default/clock/advance", {"by": "1h"}),
        ("POST", "/sandboxes/default/clock/resume", None),
        ("POST", "/sandboxes/default/triggers/booking.created", {}),
        ("POST", "/sandboxes/default/reset", None),
    ):
        assert plane.request(method, path, body=body).status == 200
        assert told(reader) == [("changed", {"sandbox": "default"})], path
        assert told(reader) == []
    assert plane.get("/sandboxes/default/clock").status == 200
    assert told(reader) == []


@pytest.mark.parametrize(("query", "status"), [("sandbox=nobody", 404), ("since=3", 400), ("sandboxes=x", 400)])
def test_what_can_not_be_followed_is_refused(plane: Plane, query: str, status: int) -> None:
    assert plane.get(f"/stream?{query}").status == status
