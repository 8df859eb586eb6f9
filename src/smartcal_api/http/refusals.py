"""Errors that a contract answers with something else than a problem: in its own words, as far as they can be told."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import orjson

from smartcal_api.contract import Description, Response
from smartcal_api.contract.media_type import is_json, key_of
from smartcal_api.errors import ContractError, Problem
from smartcal_api.http.answer import PROBLEM, Answer, json_bytes
from smartcal_api.http.mocked_response import MockedResponse
from smartcal_api.mock import ValueGenerator

# What a member is called that tells a person what was wrong, the likeliest first, or that repeats the status.
_TELLING = ("detail", "message", "error_description", "errorMessage", "error_message", "description", "reason", "msg")
_STATUS = ("status", "statusCode", "status_code", "code")
_WITHIN = ("error", "errors")


class Refusals:
    """Those of one contract; what several operations refer to is made once. Raises `ContractError` where no answer
    satisfies its schema."""

    def __init__(self, contract: Description, generator: ValueGenerator) -> None:
        self._contract, self._generator = contract, generator
        self._made: dict[str, MockedResponse] = {}

    def of(self, responses: Mapping[int, Response]) -> dict[int, "Refusal"]:
        found = {}
        for status, response in responses.items():
            if status >= 400 and key_of(PROBLEM, response.media_types) is None:
                # Of others a refusal that can't be made up is a problem, as it is where nothing is said of it.
                with suppress(*() if self._contract.ours else (ContractError,)):
                    found[status] = Refusal(self._mocked(status, response), self._contract)
        return found

    def _mocked(self, status: int, response: Response) -> MockedResponse:
        found = self._made.get(response.pointer)
        if found is None:
            found = MockedResponse(status, response, self._contract, generator=self._generator)
            self._made[response.pointer] = found
        return found.of_status(status)


class Refusal:
    """One status of one operation."""

    def __init__(self, mocked: MockedResponse, contract: Description) -> None:
        self._mocked = mocked
        self._contract = contract

    def make(self, salt: str, problem: Problem, *, hidden: Callable[[str], str]) -> Answer:
        """In a document of others, whatever tells a person something tells what was wrong."""
        answer = self._mocked.make(salt, headers=problem.headers)
        if not self._contract.ours and answer.media_type is not None and is_json(answer.media_type):
            value = orjson.loads(answer.body)
            told = _worded(value, hidden(problem.detail), answer.status)
            if told != value and self._mocked.takes(told, answer.media_type):
                answer.body = json_bytes(told)
        return answer


def _worded(value: Any, detail: str, status: int) -> Any:
    if not isinstance(value, dict):
        return [_worded(value[0], detail, status)] if isinstance(value, list) and value else value
    found = {
        name: _worded(each, detail, status)
        if name in _WITHIN and isinstance(each, dict | list)
        else status
        if name in _STATUS and type(each) is int
        else each
        for name, each in value.items()
    }
    telling = next((name for name in _TELLING if isinstance(found.get(name), str)), None)
    return found if telling is None else {**found, telling: detail}
