"""Recorded calls against a candidate: what it would refuse, whose calls they were, and what is no news."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from smartcal_api.contract import Contract
from smartcal_api.impact.hit import LIMITED, REFUSED, UNSENT
from smartcal_api.impact.impact import impact
from smartcal_api.traffic.call import Call
from smartcal_api.traffic.traffic import Traffic
from tests.edits import drop, edited, put
from tests.lint.sound import document, sound

BEGAN = datetime(2026, 11, 28, 12, tzinfo=UTC)
EVENTS = "/api/v1/events"


def call(
    target: str, caller: str = "web", *, method: str = "GET", status: int = 200, after: int = 0, **more: Any
) -> Call:
    return Call(method, target, status, BEGAN + timedelta(seconds=after), caller, **more)


def found(calls: list[Call], *edits: Any, current: bool = True) -> list[tuple[str, str, dict[str, int]]]:
    hits = impact(Traffic(calls), edited(*edits), edited() if current else None)
    return [(hit.kind, hit.operation, dict(hit.callers)) for hit in hits]


def test_calls_that_the_candidate_refuses_are_told_by_operation_and_caller() -> None:
    calls = [call(f"{EVENTS}?per_page={size}", caller) for size in (10, 60, 70) for caller in ("web", "cron")]
    narrower = put("/components/schemas/PageSize/maximum", 50)
    assert found(calls, narrower) == [(REFUSED, f"GET {EVENTS}", {"web": 2, "cron": 2})]
    assert found(calls) == []
    assert found([call(f"{EVENTS}?per_page=500"), call(f"{EVENTS}?per_page=60", status=401)], narrower) == [], "no news"


def test_an_operation_that_is_gone_refuses_its_calls() -> None:
    gone = drop("/paths/~1api~1v1~1me/get")
    calls = [call("/api/v1/me"), call("/index.html"), call("/api/v1/nowhere", status=404)]
    assert found(calls, gone) == [(REFUSED, "GET /api/v1/me", {"web": 1})]
    assert found(calls, gone, current=False) == [(REFUSED, "GET /api/v1/me", {"web": 1})]


def test_callers_that_would_be_over_a_limit_are_told() -> None:
    calls = [call(EVENTS, "web", after=second) for second in range(0, 60, 10)] + [call(EVENTS, "cron")]
    lower = put("/x-rate-limits/0/limit", 4)
    assert found(calls, lower) == [(LIMITED, "every operation", {"web": 2})]
    assert found(calls, put("/x-rate-limits/0/limit", 6)) == []


def test_answers_that_the_candidate_rules_out_are_told_where_they_were_recorded() -> None:
    body = b'[{"id": "b_12345678", "title": "Emma", "medium": {"format": "paper"}}]'
    whole = {"response_headers": (("Content-Type", "application/json"), ("X-Total", "1")), "response_body": body}
    books = [call("/v1/books", request_headers=(), **whole), call("/books", "log")]
    old = Contract(document(sound()), draft=True)
    data = sound()
    data["components"]["schemas"]["NewBook"]["properties"]["title"]["minLength"] = 10
    hits = impact(Traffic(books), Contract(document(data), draft=True), old)
    assert [(hit.kind, hit.operation, dict(hit.callers)) for hit in hits] == [(UNSENT, "GET /books", {"web": 1})]
    data = sound()
    data["paths"]["/books"]["get"]["responses"]["206"] = data["paths"]["/books"]["get"]["responses"].pop("200")
    hits = impact(Traffic(books), Contract(document(data), draft=True), old)
    assert [(hit.kind, dict(hit.callers)) for hit in hits] == [(UNSENT, {"web": 1, "log": 1})]


@pytest.mark.parametrize("recorded", [True, False])
def test_of_what_wasn_t_recorded_nothing_is_said(recorded: bool) -> None:
    more = {"request_headers": (("Content-Type", "application/json"),), "request_body": b"{}"} if recorded else {}
    calls = [call("/books", method="POST", status=201, **more)]
    data = sound()
    data["components"]["schemas"]["NewBook"]["minProperties"] = 3
    hits = impact(Traffic(calls), Contract(document(data), draft=True))
    assert bool(hits) is recorded
