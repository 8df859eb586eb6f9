"""A response made from the contract alone: its first example, else values generated from its schema (law SRC 3)."""

from collections.abc import Mapping
from typing import Any

import orjson

from smartcal_api.contract import Description, Response
from smartcal_api.errors import ContractError, Finding
from smartcal_api.http.answer import JSON, Answer
from smartcal_api.mock import Unsatisfiable, ValueGenerator


class MockedResponse:
    """One status of one operation. Raises `ContractError`, when it is built, where no value satisfies the schema."""

    def __init__(self, status: int, response: Response, contract: Description, *, generator: ValueGenerator) -> None:
        self._status = status
        self._response = response
        self._document = contract.document
        self._generator = generator
        types = list(response.media_types)
        self._media_type = JSON if JSON in types else types[0] if types else None
        names = contract.policy.rate_limit_headers
        common = {contract.policy.request_id_header, names.limit, names.remaining}
        self._headers = [each for each in response.headers if each.required and each.name not in common]
        try:
            self.make("start")
        except Unsatisfiable as error:
            raise self._error(error) from None

    def make(self, salt: str, *, headers: Mapping[str, str | int] | None = None) -> Answer:
        """The same answer for the same salt; `headers` are given where somebody knows better than a generator."""
        given = headers or {}
        made = {
            each.name: self._generate(each.pointer, f"{salt} {each.name}")
            for each in self._headers
            if each.name not in given
        }
        return Answer(self._status, self._body(salt), media_type=self._media_type, headers={**made, **given})

    def _body(self, salt: str) -> bytes:
        media_type = self._media_type
        if media_type is None:
            return b""
        examples, pointer = self._response.examples[media_type], self._response.media_types[media_type]
        value = examples[0] if examples else self._generate(pointer, salt) if pointer else ""
        return orjson.dumps(value) if media_type.endswith("json") else str(value).encode()

    def _generate(self, pointer: str, salt: str) -> Any:
        return self._generator.value(self._document.resolve(f"#{pointer}"), salt=salt)

    def _error(self, error: Unsatisfiable) -> ContractError:
        return self._document.error([Finding(self._response.pointer, f"can't be mocked: {error}")])
