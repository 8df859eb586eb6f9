"""Schemathesis under the laws' own manners: what it covers, and that it sees what breaks there."""

import pytest

from smartcal_api.conformance.laws import fuzzing
from smartcal_api.conformance.verdict import Verdict
from smartcal_api.conformance.wire import Answer, Request
from smartcal_api.contract import Contract
from tests.conformance.judged import InProcess, edited, judge, path
from tests.wire import open_world


def refuses_an_app_without_an_error(request: Request, answer: Answer) -> Answer:
    if path(request) != "/oauth/token" or answer.status != 401:
        return answer
    return edited(answer, lambda body: body.pop("error") and None)


def test_schemathesis_covers_the_oauth_operations_too(contract: Contract, monkeypatch: pytest.MonkeyPatch) -> None:
    """(law SCHEMA 3)"""
    monkeypatch.setattr(fuzzing, "EXAMPLES", 1)
    world = open_world(contract)
    (found,) = judge(world, InProcess(world, refuses_an_app_without_an_error), only=("SCHEMA 3",))
    assert found.verdict is Verdict.BROKEN, found.why
    assert found.why.startswith("POST /oauth/token: ")
    (found,) = judge(world, InProcess(world), only=("SCHEMA 3",))
    assert found.verdict is Verdict.HELD, found.why
