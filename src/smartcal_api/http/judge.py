"""Whether a response is what the contract says: status, media type, headers, body (law SRC 5)."""

from typing import Any

import orjson
from jsonschema_rs import Draft202012Validator

from smartcal_api.contract import Description, Response
from smartcal_api.contract.explanation import clause
from smartcal_api.contract.media_type import is_json, is_range, key_of
from smartcal_api.http.answer import Answer, Listed, json_bytes
from smartcal_api.http.refusals import Refusals
from smartcal_api.mock import Unsatisfiable, ValueGenerator, repair

# Of the texts known to be valid, under all responses of a contract, and what each takes besides its own bytes.
_REMEMBERED_BYTES = 4 * 1024 * 1024
_OVERHEAD = 128
# Stands for what is wrong where a defect is told: an answer may hold a new secret, which no log and no error tells.
_MASK = "the value"
# What only this server can say; where such a header lacks, that is a defect and nothing to make up.
_OWN_HEADERS = frozenset({"allow", "location", "www-authenticate", "warning"})


class Judges:
    """One judge for each response, however many operations refer to it."""

    def __init__(self, contract: Description, generator: ValueGenerator) -> None:
        self._contract, self._generator = contract, generator
        self.refusals = Refusals(contract, generator)
        self._known: dict[str, Judge] = {}
        self._valid = ValidTexts(_REMEMBERED_BYTES)

    def of(self, response: Response) -> "Judge":
        if response.pointer not in self._known:
            self._known[response.pointer] = Judge(response, self._contract, self._generator, self._valid)
        return self._known[response.pointer]


class ValidTexts:
    """The same bytes under the same schema are as valid as they were: documents are sent as they are stored, so most
    of them are judged once and sent many times. Of a bounded size in all; when they would be more, it begins anew."""

    def __init__(self, bound: int) -> None:
        self._bound = bound
        self._size = 0
        self._of: list[set[bytes]] = []

    def of_response(self) -> set[bytes]:
        """Those of one more response, to look them up in."""
        self._of.append(set())
        return self._of[-1]

    def keep(self, valid: set[bytes], text: bytes) -> None:
        """Adds it to those of a response, unless it is too large to be worth all that would have to go for it."""
        size = len(text) + _OVERHEAD
        if size > self._bound // 4:
            return
        self._size += size
        if self._size > self._bound:
            for each in self._of:
                each.clear()
            self._size = size
        valid.add(text)


class Judge:
    """The compiled clauses of one response of the contract."""

    def __init__(
        self, response: Response, contract: Description, generator: ValueGenerator, remembered: ValidTexts
    ) -> None:
        schemas, policy = contract.schemas, contract.policy
        self._pointer = response.pointer
        self._bodies = {
            key: schemas.at(pointer, mask=_MASK) if pointer and _readable(key, pointer, contract) else None
            for key, pointer in response.media_types.items()
        }
        self._pointers = response.media_types
        self._item = schemas.at(response.items, mask=_MASK) if response.items else None
        self._headers = schemas.compile(
            {
                "type": "object",
                "required": [header.name for header in response.headers if header.required],
                "properties": {header.name: schemas.reference(header.pointer) for header in response.headers},
            },
            mask=_MASK,
        )
        names = policy.rate_limit_headers
        own = {names.limit, names.remaining, names.retry_after, policy.request_id_header, policy.pagination.link_header}
        foreign = [h for h in response.headers if h.name.lower() not in {name.lower() for name in own} | _OWN_HEADERS]
        self._foreign = [header for header in foreign if header.required]
        self._stated = {each.name: each.stated for each in foreign if each.stated is not None}
        """What the contract has a value for, and no code."""
        self._document, self._generator = contract.sent, generator
        self._remembered = remembered
        self._valid = remembered.of_response()

    def objection(self, answer: Answer, headers: dict[str, str | int], *, again: bool) -> str | None:
        """The clause that a response breaks and how, or None; `again` says whether the same may be asked for again.

        `headers` has the answer's own and the common ones. One that no code knows of, since it is new in the contract,
        has the value that it has there; where that is none and it is required, it is made up as a mock would (SRC 2).
        """
        for name in self._stated:
            headers.setdefault(name, self._stated[name])
        if not self._headers.is_valid(headers):
            for header in self._foreign:
                if header.name not in headers:
                    headers[header.name] = self._generator.value(
                        self._document.resolve(f"#{header.pointer}"), salt=f"{self._pointer} {header.name}"
                    )
            for error in self._headers.iter_errors(headers):
                return f"{self._pointer}/headers: {error.message}"
        if answer.media_type is None:
            if answer.body or self._bodies:
                return f"{self._pointer}/content: the response has {'no' if self._bodies else 'a'} body"
            return None
        key: str | None = answer.media_type
        if key not in self._bodies:
            key = key_of(answer.media_type, self._bodies)
            if key is None:
                return f"{self._pointer}/content: has no media type {answer.media_type}"
        validator = self._bodies[key]
        if validator is None or answer.valid_for is self:
            return None
        if answer.listed is not None and self._item is not None:
            opening, documents, closing = answer.listed
            for document in documents:
                if document not in self._valid:
                    fault = self._fault(self._item, document, answer.media_type)
                    if fault is not None:
                        return fault
                    self._remembered.keep(self._valid, document)
            return self._fault(validator, opening + closing, answer.media_type)
        if answer.body in self._valid:
            return None
        fault = self._fault(validator, answer.body, answer.media_type)
        if fault is None:
            answer.valid_for = self
            if again and answer.status < 400:  # no two problems are the same: each has its request id
                self._remembered.keep(self._valid, answer.body)
        return fault

    def mended(self, answer: Answer, *, remaking: bool) -> Answer | None:
        """An answer whose JSON has what it lacked of what the contract wants (law SRC 2); with `remaking`, whatever
        doesn't fit is made anew. None where that doesn't help."""
        key = key_of(answer.media_type or "", self._bodies) or ""
        pointer, validator = self._pointers.get(key), self._bodies.get(key)
        if pointer is None or validator is None or not is_json(answer.media_type or ""):
            return None
        opening, documents, closing = answer.listed or (b"", (), answer.body)
        schema = self._document.resolve(f"#{pointer}")
        try:
            value = orjson.loads(opening + closing)
            mended = repair(value, validator=validator, schema=schema, generator=self._generator, salt=self._pointer)
        except (ValueError, AttributeError, TypeError, Unsatisfiable):
            return None
        if mended.remade and not remaking:
            return None
        listed = None
        if answer.listed is not None:
            items = next(iter(value))
            rest = {name: member for name, member in mended.document.items() if name != items}
            listed = Listed(opening, documents, b"]," + orjson.dumps(rest)[1:])
        return Answer(
            answer.status,
            json_bytes(mended.document),
            media_type=answer.media_type,
            headers=answer.headers,
            listed=listed,
        )

    def _fault(self, validator: Draft202012Validator, text: bytes, media_type: str) -> str | None:
        try:
            value: Any = orjson.loads(text) if is_json(media_type) else text.decode()
        except ValueError as unreadable:
            return f"{self._pointer}/content: the body is not {media_type}: {unreadable}"
        if validator.is_valid(value):
            return None
        if not is_json(media_type) and validator.is_valid(scalar(text)):
            return None
        error = next(iter(validator.iter_errors(value)))
        place = "/".join(map(str, error.instance_path))
        return f"{clause(error)}: {error.message} at /{place} of the body"


def _readable(key: str, pointer: str, contract: Description) -> bool:
    """Whether a body of this media type can be held against its schema; one of an object in XML can't."""
    if is_json(key) or is_range(key):
        return True
    schema = contract.document.resolve(f"#{pointer}")
    while isinstance(schema, dict) and "$ref" in schema:
        schema = contract.document.resolve(schema["$ref"])
    return not isinstance(schema, dict) or schema.get("type") not in ("object", "array")


def scalar(text: bytes) -> Any:
    """The number, boolean or null that a text is, or the text."""
    try:
        value = orjson.loads(text)
    except ValueError:
        return text.decode()
    return text.decode() if isinstance(value, str | list | dict) else value
