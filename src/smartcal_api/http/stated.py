"""Any answer that the contract has for an operation, whatever the request would lead to: by status and example."""

from collections.abc import Mapping

import orjson

from smartcal_api.contract import Description, Operation, Response
from smartcal_api.contract.media_type import essence
from smartcal_api.http.answer import PROBLEM, Answer, json_bytes
from smartcal_api.http.exchange import Exchange
from smartcal_api.http.mocked_response import MockedResponse
from smartcal_api.http.problems import as_reference
from smartcal_api.mock import ValueGenerator


class Stated:
    """Made when they are first asked for, and kept: few of them ever are."""

    def __init__(self, contract: Description, generator: ValueGenerator) -> None:
        self._contract = contract
        self._generator = generator
        self._made: dict[tuple[str, int], MockedResponse] = {}

    def statuses(self, operation: Operation | None) -> Mapping[int, Response]:
        """What an operation can answer: its own statuses, and those that come before any operation is known."""
        own = {} if operation is None else operation.responses
        return dict(sorted({**self._contract.unrouted, **own}.items()))

    def examples(self, operation: Operation | None, status: int) -> list[str]:
        """The names of the examples that this answer has."""
        return list(self._response(operation, status).examples)

    def answer(
        self,
        exchange: Exchange,
        operation: Operation | None,
        status: int,
        *,
        example: str | None = None,
        generated: bool = False,
    ) -> Answer:
        """One of `statuses`: the named example, else the first one, else (or if so wanted) values from the schema.

        A problem is about this request, whatever its example says. Raises `Unsatisfiable`, `ContractError`.
        """
        name = "" if operation is None else operation.id
        parameters = orjson.dumps(exchange.parameters, option=orjson.OPT_SORT_KEYS).decode()
        salt = f"{exchange.sandbox.seed} {name} {status} {parameters}"
        answer = self._response(operation, status).make(
            salt, accept=exchange.accept, example=example, generated=generated
        )
        if answer.media_type is not None and essence(answer.media_type) == PROBLEM:
            path = exchange.prefix + exchange.scope["raw_path"].decode("ascii", "replace")
            about = {"instance": as_reference(path), "request_id": exchange.request_id}
            answer.body = json_bytes(orjson.loads(answer.body) | about)
        return answer

    def _response(self, operation: Operation | None, status: int) -> MockedResponse:
        response = self.statuses(operation)[status]
        made = self._made.get((response.pointer, status))
        if made is None:
            made = MockedResponse(status, response, self._contract, generator=self._generator)
            self._made[response.pointer, status] = made
        return made
