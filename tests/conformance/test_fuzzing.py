"""Schemathesis under the laws' own manners: what it covers, and that it sees what breaks there."""

from pathlib import Path

import pytest

from smartcal_api.conformance.laws import fuzzing
from smartcal_api.conformance.wire import Answer, Request
from smartcal_api.contract import Contract, Document
from tests.conformance.judged import InProcess, edited, judge, path
from tests.wire import open_world


def refuses_an_app_without_an_error(request: Request, answer: Answer) -> Answer:
    if path(request) != "/oauth/token" or answer.status != 401:
        return answer
    return edited(answer, lambda body: body.pop("error") and None)


def test_schemathesis_covers_the_oauth_operations_too(contract: Contract, monkeypatch: pytest.MonkeyPatch) -> None:
    """(law SCHEMA 3)"""
    monkeypatch.setattr(fuzzing, "EXAMPLES", 3)
    monkeypatch.setattr(fuzzing, "_has_room", lambda _: False)  # the phase that takes the longest finds it as well
    world = open_world(contract)
    (found,) = judge(world, InProcess(world, refuses_an_app_without_an_error), only=("SCHEMA 3",))
    assert found.gravest is not None, found.why
    assert found.gravest.message.startswith("POST /oauth/token → 401: ")


def test_what_no_url_has_room_for_is_refused_as_the_contract_says_and_no_finding(
    contract: Contract, tmp_path: Path
) -> None:
    """A state of 10,000 letters breaks its schema, and is 414 before any operation is known (law SCHEMA 3)."""
    told = Document.read(fuzzing._document(contract, tmp_path))
    due = {str(contract.policy.problems[code].status) for code in ("uri_too_long", "headers_too_large")}
    for operation in contract.operations.values():
        responses = told.data["paths"][operation.path][operation.method.lower()]["responses"]
        assert due <= responses.keys(), operation.id
        for status in due:
            assert told.resolve(responses[status]["$ref"])["content"]
        stated = contract.data["paths"][operation.path][operation.method.lower()]["responses"]
        assert stated.items() <= responses.items(), "what the operation itself says stands"
