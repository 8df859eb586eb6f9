"""What Schemathesis says is believed where the request and the answer that it speaks of say so, too (law SCHEMA 3)."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from smartcal_api.conformance.exchange import Exchange
from smartcal_api.conformance.fuzzed import CASE, Found, judged
from smartcal_api.conformance.judge import Judge
from smartcal_api.conformance.requests import RequestJudge
from smartcal_api.contract import Contract

Told = Callable[..., list[Found]]
ME = b"""{"id": "acc_00000000000000000001", "object": "account", "name": "Ann", "email": "ann@example.com",
"plan": "free", "timezone": "Europe/Paris", "scopes": ["read"], "auth_method": "api_key",
"created_at": "2026-01-01T00:00:00Z"}"""
LIMITS = (("X-RateLimit-Limit", "100"), ("X-RateLimit-Remaining", "99"), ("X-Request-Id", "req_00000000000000000001"))
FINE = Exchange(
    *(0, "SCHEMA 3", None, "GET", "/api/v1/me", ((CASE, "abc"), ("x-schemathesis-unknown-property", "42")), b"", None),
    *(200, (("Content-Type", "application/json"), *LIMITS), ME, 0.0, 0.0),
)


@pytest.fixture
def told(contract: Contract, tmp_path: Path) -> Told:
    """What is left of one check that it says has failed."""
    judge = Judge(contract)
    requests = RequestJudge(contract, judge)

    def left(code: str, exchange: Exchange | None, title: str = "Something") -> list[Found]:
        text = f"1. Test Case ID: abc\n\n- {code} {title}\n\n    Received: 1\n\n[200] OK:\n\n    `{{}}`\n"
        report = tmp_path / "junit.xml"
        case = f"<testcase name='GET /api/v1/me'><failure message='{code}'>{escape(text)}</failure></testcase>"
        report.write_text(f"<testsuites>{case}</testsuites>")
        return list(judged(report, [exchange] if exchange else [], judge, requests))

    return left


def test_a_right_request_that_is_taken_is_no_violation_whatever_headers_it_has(told: Told) -> None:
    assert told("ST201", FINE) == []
    (found,) = told("ST201", replace(FINE, target="/api/v1/me?x=1"), "API accepted schema-violating request")
    assert str(found) == (
        "GET /api/v1/me?x=1 → 200: API accepted schema-violating request. Received: 1; there is no query parameter 'x' "
        "(Schemathesis ST201)"
    )
    assert found.clause == "/paths/~1api~1v1~1me/get/parameters"
    assert told("ST201", replace(FINE, target="/api/v1/me?x=1", status=400)) == []


def test_a_wrong_request_that_is_refused_is_none_either(told: Told) -> None:
    refused = replace(FINE, status=400)
    assert [each.exchange for each in told("ST202", refused)] == [refused]
    assert told("ST202", replace(refused, target="/api/v1/me?x=1")) == []


@pytest.mark.parametrize("code", ["ST103", "ST104", "ST105", "ST107", "ST108", "ST109"])
def test_an_answer_is_judged_as_any_other_is(told: Told, code: str) -> None:
    assert told(code, FINE) == []
    (found,) = told(code, replace(FINE, body=ME.replace(b'"free"', b'"cheap"')))
    assert "/plan: 'cheap' is not one of" in found.message
    assert "/plan" in found.clause or found.clause.startswith("/components/schemas/")


@pytest.mark.parametrize("code", ["ST101", "ST204", "ST301", "ST401"])
def test_what_is_not_judged_here_is_told_as_it_was(told: Told, code: str) -> None:
    (found,) = told(code, FINE, "Server error")
    assert (found.message, found.exchange) == ("Server error. Received: 1", FINE)


def test_what_was_not_kept_is_told_as_well_and_slowness_never(told: Told, contract: Contract, tmp_path: Path) -> None:
    assert [str(each) for each in told("ST103", None)] == [
        "GET /api/v1/me: Something. Received: 1 (Schemathesis ST103)"
    ]
    assert told("ST112", FINE) == []
    report = tmp_path / "junit.xml"
    report.write_text("<testsuites><testcase name='GET /a'><error message='Failed'/></testcase></testsuites>")
    judge = Judge(contract)
    assert [str(each) for each in judged(report, [], judge, RequestJudge(contract, judge))] == [
        "GET /a: Failed (Schemathesis error)"
    ]
