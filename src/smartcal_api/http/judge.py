"""Whether a response is what the contract says: status, media type, headers, body (law SRC 5)."""

from collections.abc import Mapping
from typing import Any

import orjson
from jsonschema_rs import Draft202012Validator

from smartcal_api.contract import Response, Schemas
from smartcal_api.contract.schemas import clause
from smartcal_api.http.answer import Answer

# Bodies known to be valid, by their bytes. Whoever polls an unchanged list gets the same bytes again, and the same
# bytes under the same schema are as valid as they were.
_REMEMBERED = 16
_REMEMBERED_BYTES = 64 * 1024


class Judge:
    """The compiled clauses of one response of the contract."""

    def __init__(self, response: Response, schemas: Schemas) -> None:
        self._pointer = response.pointer
        self._bodies: dict[str, Draft202012Validator | None] = {
            media_type: schemas.at(pointer) if pointer else None for media_type, pointer in response.media_types.items()
        }
        self._headers = schemas.compile(
            {
                "type": "object",
                "required": [header.name for header in response.headers if header.required],
                "properties": {header.name: schemas.reference(header.pointer) for header in response.headers},
            }
        )
        self._valid: dict[bytes, None] = {}

    def objection(self, answer: Answer, headers: Mapping[str, str | int]) -> str | None:
        """The clause that a response breaks and how, or None. `headers` has the answer's own and the common ones."""
        if not self._headers.is_valid(headers):
            error = next(iter(self._headers.iter_errors(headers)))
            return f"{self._pointer}/headers: {error.message}"
        if answer.media_type is None:
            if answer.body or self._bodies:
                return f"{self._pointer}/content: the response has {'no' if self._bodies else 'a'} body"
            return None
        try:
            validator = self._bodies[answer.media_type]
        except KeyError:
            return f"{self._pointer}/content: has no media type {answer.media_type}"
        if validator is None or answer.body in self._valid:
            return None
        value = self._value(answer)
        if not validator.is_valid(value):
            error = next(iter(validator.iter_errors(value)))
            place = "/".join(map(str, error.instance_path))
            return f"{clause(error)}: {error.message} at /{place} of the body"
        if len(answer.body) <= _REMEMBERED_BYTES:
            if len(self._valid) >= _REMEMBERED:
                self._valid.clear()
            self._valid[answer.body] = None
        return None

    def _value(self, answer: Answer) -> Any:
        if answer.media_type is not None and answer.media_type.endswith("json"):
            return orjson.loads(answer.body)
        return answer.body.decode()
