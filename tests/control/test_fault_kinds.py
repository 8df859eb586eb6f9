"""Law SBX 5: what each kind of fault does to an answer, and to the work behind it."""

import json
from typing import Any

import pytest

from smartcal_api.contract import Contract
from smartcal_api.http import fault_kinds
from tests.control.faulty import EVENTS, arm, booking_status, messages
from tests.control.plane import Plane, open_plane


@pytest.mark.parametrize("status", [503, 429, 404, 500])
def test_sbx_5_a_status_that_the_contract_has_comes_in_its_words(plane: Plane, key: str, status: int) -> None:
    arm(plane, "status", status=status, next=1)
    reply = plane.get(EVENTS, key=key)
    assert (reply.status, reply.headers["content-type"]) == (status, "application/problem+json")
    assert reply.json["code"] in plane.world.contract.policy.problems
    assert (reply.json["status"], reply.json["request_id"]) == (status, reply.headers["x-request-id"])
    assert "x-ratelimit-remaining" in reply.headers
    assert plane.get(EVENTS, key=key).status == 200


@pytest.mark.parametrize("status", [503, 429, 500, 302, 200])
def test_sbx_5_an_answer_of_any_status_carries_the_headers_that_were_wanted(
    plane: Plane, key: str, status: int
) -> None:
    arm(plane, "status", status=status, headers={"Retry-After": 7, "x-request-id": "mine", "Warning": "a, b"}, next=1)
    reply = plane.get(EVENTS, key=key)
    told = {name: reply.headers[name] for name in ("retry-after", "x-request-id", "warning")}
    assert (reply.status, told) == (status, {"retry-after": "7", "x-request-id": "mine", "warning": "a, b"})
    assert "retry-after" not in plane.get(EVENTS, key=key).headers


@pytest.mark.parametrize("status", range(200, 600, 7))
def test_sbx_5_any_status_may_break_the_contract(plane: Plane, key: str, status: int) -> None:
    arm(plane, "status", status=status)
    reply = plane.get(EVENTS, key=key)
    assert reply.status == status
    if status >= 400:
        assert reply.json["status"] == status
        assert "request_id" in reply.json


def test_sbx_5_an_operation_answers_with_its_own_status(plane: Plane, cancelling: dict[str, Any]) -> None:
    arm(plane, "status", status=409)
    assert plane.request(**cancelling).code == "booking_already_cancelled"


@pytest.mark.parametrize(("after_work", "status"), [(False, "confirmed"), (True, "cancelled")])
def test_sbx_5_a_status_comes_with_the_work_done_or_without(
    plane: Plane, cancelling: dict[str, Any], after_work: bool, status: str
) -> None:
    before = booking_status(plane, cancelling)
    arm(plane, "status", status=504, after_work=after_work, next=1)
    assert plane.request(**cancelling).status == 504
    assert booking_status(plane, cancelling) == (status if after_work else before)


@pytest.mark.parametrize("after_work", [False, True])
def test_sbx_5_commit_then_drop_leaves_the_change(plane: Plane, cancelling: dict[str, Any], after_work: bool) -> None:
    before = booking_status(plane, cancelling)
    arm(plane, "drop", after_work=after_work, operations=["cancelBooking"])
    assert messages(plane, **cancelling) == [], "an answer that never comes"
    assert messages(plane, extensions={"smartcal.hang_up": {}}, **cancelling) == [{"type": "smartcal.hang_up"}]
    assert booking_status(plane, cancelling) == ("cancelled" if after_work else before)


@pytest.mark.parametrize("wanted", [{}, {"bytes": 0}, {"bytes": 7}, {"bytes": 10_000_000}])
def test_sbx_5_a_truncated_body_is_the_beginning_of_the_whole_one(
    plane: Plane, key: str, wanted: dict[str, int]
) -> None:
    whole = plane.get(EVENTS, key=key)
    arm(plane, "truncate", **wanted)
    start, part, end = messages(plane, EVENTS, key=key, extensions={"smartcal.hang_up": {}})
    assert dict(start["headers"])[b"content-length"] == str(len(whole.body)).encode()
    assert part["more_body"] is True
    expected = min(wanted.get("bytes", len(whole.body) // 2), len(whole.body) - 1)
    assert part["body"] == whole.body[:expected]
    assert end == {"type": "smartcal.hang_up"}


@pytest.mark.parametrize(("path", "status"), [(EVENTS, 200), (f"{EVENTS}/evt_none", 404), ("/api/nowhere", 404)])
def test_sbx_5_malformed_json_is_as_long_and_no_json(plane: Plane, key: str, path: str, status: int) -> None:
    whole = plane.get(path, key=key)
    arm(plane, "malformed_json")
    reply = plane.get(path, key=key)
    assert (reply.status, len(reply.body)) == (status, len(whole.body))
    with pytest.raises(json.JSONDecodeError):
        json.loads(reply.body)


def test_sbx_5_a_header_lacks_or_is_wrong_on_refusals_too(plane: Plane, key: str) -> None:
    arm(plane, "missing_header", header="www-authenticate")
    arm(plane, "wrong_header", header="Content-Type", value="text/html")
    refused, fine = plane.get(EVENTS), plane.get(EVENTS, key=key)
    assert (refused.status, fine.status) == (401, 200)
    assert "www-authenticate" not in refused.headers
    assert {refused.headers["content-type"], fine.headers["content-type"]} == {"text/html"}
    arm(plane, "wrong_header", header="Retry-After", value="soon")
    assert plane.get(EVENTS, key=key).headers["retry-after"] == "soon", "also where there was none"


@pytest.fixture
def waits(plane: Plane, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that are waited, without waiting."""
    waited: list[float] = []

    async def pause(seconds: float, receive: Any) -> Any:
        waited.append(seconds)
        return receive

    monkeypatch.setattr(fault_kinds, "pause", pause)
    return waited


def test_sbx_5_latency_is_fixed_or_drawn_under_the_seed(contract: Contract, waits: list[float]) -> None:
    for _ in range(2):
        plane = open_plane(contract)
        arm(plane, "latency", seconds=2.5, next=2)
        arm(plane, "latency", seconds=0.5, up_to_seconds=1.5, next=5)
        key = plane.world.key("read")
        assert [plane.get(EVENTS, key=key).status for _ in range(6)] == [200] * 6
    fixed = [each for each in waits if each == 2.5]
    drawn = [each for each in waits if each != 2.5]
    assert len(fixed) == 4
    assert drawn[:5] == drawn[5:]
    assert len(set(drawn)) == 5
    assert all(0.5 <= each <= 1.5 for each in drawn)


def test_sbx_5_faults_add_up(plane: Plane, key: str, waits: list[float]) -> None:
    """Whatever the order in which they came: what changes an answer is around what makes it."""
    arm(plane, "missing_header", header="Retry-After")
    arm(plane, "latency", seconds=9)
    arm(plane, "status", status=429)
    reply = plane.get(EVENTS, key=key)
    assert (reply.status, waits) == (429, [9])
    assert "retry-after" not in reply.headers
