"""STATE 4 on APIs that are none of ours: held by what is served by shape, and broken by what doesn't keep state."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from smartcal_api.conformance.verdict import Verdict
from smartcal_api.conformance.wire import Answer, Request
from tests.api.test_documents import DOCUMENTS, contract
from tests.conformance.judged import Spoil, edited, outcomes
from tests.wire import open_world


@pytest.mark.parametrize("name", DOCUMENTS)
def test_state_4_and_all_others_hold_of_documents_that_are_served_by_shape(name: str) -> None:
    """Nothing is a fault of the command itself, either: laws of keys aren't asked of what needs none."""
    found = outcomes(open_world(contract(name)))
    said = {each.case.name: each.why for each in found if each.ending not in (Verdict.HELD, Verdict.NOT_VERIFIED)}
    assert said == {}
    assert [each.case.law.id for each in found if each.ending is Verdict.HELD].count("STATE 4") >= 1


def forgets_what_was_sent(request: Request, answer: Answer) -> Answer:
    if request.method == "GET" and answer.status == 200 and request.target.startswith("/todos/"):
        return edited(answer, lambda body: {**body, "title": "another"})
    return answer


def forgets_changes(request: Request, answer: Answer) -> Answer:
    if request.method == "GET" and answer.status == 200 and b'"done":true' in answer.body.replace(b" ", b""):
        return edited(answer, lambda body: {**body, "done": False} if isinstance(body, dict) else body)
    return answer


def keeps_what_is_deleted(request: Request, answer: Answer) -> Answer:
    if request.method == "GET" and answer.status == 404 and request.target.startswith("/todos/"):
        todo: Mapping[str, Any] = {"id": 1, "title": "x", "created_at": "2026-03-04T12:00:00Z"}
        return Answer(200, (("Content-Type", "application/json"),), json.dumps(todo).encode())
    return answer


def makes_nothing(request: Request, answer: Answer) -> Answer:
    gone = request.method == "GET" and request.target.startswith("/todos/")
    return Answer(404, answer.headers, answer.body) if gone else answer


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (forgets_what_was_sent, "has not what was sent for title"),
        (forgets_changes, "has not what was sent for done"),
        (keeps_what_is_deleted, "what is deleted is 404"),
        (makes_nothing, "it was made just now"),
    ],
)
def test_state_4_is_broken_by_what_does_not_keep_state(spoil: Spoil, said: str) -> None:
    (found,) = outcomes(open_world(contract("todo")), only=("STATE 4",), spoil=spoil)
    assert found.verdict is Verdict.BROKEN
    assert said in " ".join(each.message for each in found.deviations)
