"""A response made from the contract alone: its first example, else values generated from its schema (law SRC 3)."""

from collections.abc import Mapping
from typing import Any

from smartcal_api.contract import Description, Response
from smartcal_api.errors import ContractError, Finding
from smartcal_api.http.answer import JSON, Answer, json_bytes
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

    @property
    def examples(self) -> Mapping[str, Any]:
        """The named examples of the media type that it answers with."""
        return self._response.examples[self._media_type] if self._media_type is not None else {}

    def make(
        self,
        salt: str,
        *,
        headers: Mapping[str, str | int] | None = None,
        example: str | None = None,
        generated: bool = False,
    ) -> Answer:
        """The same answer for the same salt; `headers` are given where somebody knows better than a generator.

        An `example` is one of `examples`, the first one where it isn't named; with `generated` none is used.
        """
        given = headers or {}
        made = {
            each.name: self._generate(each.pointer, f"{salt} {each.name}") if each.example is None else each.example
            for each in self._headers
            if each.name not in given
        }
        body = self._body(salt, {} if generated else self.examples, example)
        return Answer(self._status, body, media_type=self._media_type, headers={**made, **given})

    def _body(self, salt: str, examples: Mapping[str, Any], name: str | None) -> bytes:
        media_type = self._media_type
        if media_type is None:
            return b""
        pointer = self._response.media_types[media_type]
        if examples:
            value = examples[name] if name is not None else next(iter(examples.values()))
        else:
            value = self._generate(pointer, salt) if pointer else ""
        return json_bytes(value) if media_type.endswith("json") else str(value).encode()

    def _generate(self, pointer: str, salt: str) -> Any:
        return self._generator.value(self._document.resolve(f"#{pointer}"), salt=salt)

    def _error(self, error: Unsatisfiable) -> ContractError:
        return self._document.error([Finding(self._response.pointer, f"can't be mocked: {error}")])
