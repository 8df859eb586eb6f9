"""A response made from the contract alone: its first example, else values generated from its schema (law SRC 3)."""

from collections.abc import Mapping
from contextlib import suppress
from copy import copy
from typing import Any, NamedTuple

from smartcal_api.contract import Description, Response
from smartcal_api.contract.media_type import acceptable, concrete, is_json, key_of
from smartcal_api.errors import ContractError, Finding
from smartcal_api.http.answer import Answer, json_bytes
from smartcal_api.http.sequences import is_sequence, rendered_sequence
from smartcal_api.mock import Unsatisfiable, ValueGenerator, repair


class _Offer(NamedTuple):
    """A media type that it can answer with; without a pointer to a schema, any body will do."""

    media_type: str
    pointer: str | None
    examples: Mapping[str, Any]


class MockedResponse:
    """One status of one operation. Raises `ContractError`, when it is built, where no value satisfies the schema.

    Of several media types, those are left out whose values can't be rendered.
    """

    def __init__(self, status: int, response: Response, contract: Description, *, generator: ValueGenerator) -> None:
        self._status = status
        self._response = response
        self._document, self._schemas = contract.sent, contract.schemas
        self._checked = contract.ours
        self._generator = generator
        names = contract.policy.rate_limit_headers
        common = {contract.policy.request_id_header, names.limit, names.remaining, names.state, names.policy}
        # Whoever knows better, such as of the page that comes next, says it: see `make`.
        self._headers = [
            each for each in response.headers if each.name not in common and (each.required or each.stated is not None)
        ]
        try:
            self._offers = self._offered()
            self.make("start")
        except Unsatisfiable as error:
            raise self._error(error) from None

    def of_status(self, status: int) -> "MockedResponse":
        """The same of another status, where one response stands for several."""
        found = copy(self)
        found._status = status
        return found

    def takes(self, value: Any, media_type: str) -> bool:
        """Whether a value is valid in a media type that it answers with."""
        pointer = self._response.media_types[key_of(media_type, self._response.media_types) or ""]
        return pointer is None or self._schemas.at(pointer).is_valid(value)

    @property
    def examples(self) -> Mapping[str, Any]:
        """The named examples of all media types; of those of one name, the first."""
        return {name: value for offer in reversed(self._offers) for name, value in offer.examples.items()}

    def make(
        self,
        salt: str,
        *,
        headers: Mapping[str, str | int] | None = None,
        accept: str = "",
        example: str | None = None,
        generated: bool = False,
    ) -> Answer:
        """The same answer for the same salt; `headers` are given where somebody knows better than a generator.

        `accept` chooses among media types; where it takes none, it is ignored (RFC 9110 section 12.5.1). An `example`
        is one of `examples`, the first one where it isn't named; with `generated` none is used.
        """
        given = headers or {}
        made = {
            each.name: self._generate(each.pointer, f"{salt} {each.name}", stated=not generated)
            if each.stated is None
            else each.stated
            for each in self._headers
            if each.name not in given
        }
        offer = self._chosen(accept, example)
        if offer is None:
            return Answer(self._status, headers={**made, **given})
        if offer.examples and not generated:
            value = offer.examples[example] if example is not None else next(iter(offer.examples.values()))
        else:
            value = self._generate(offer.pointer, salt, stated=not generated) if offer.pointer else ""
        body = _rendered(value, offer.media_type)
        return Answer(self._status, body, media_type=offer.media_type, headers={**made, **given})

    def accepted(self, accept: str) -> bool:
        """Whether an Accept field takes any of its media types."""
        return not self._offers or bool(acceptable([each.media_type for each in self._offers], accept))

    def _chosen(self, accept: str, example: str | None) -> _Offer | None:
        offers = {each.media_type: each for each in self._offers if example is None or example in each.examples}
        taken = acceptable(offers, accept) or list(offers)
        return offers[taken[0]] if taken else None

    def _offered(self) -> list[_Offer]:
        """JSON first, as most clients of an API want it; raises `Unsatisfiable` where nothing can be."""
        declared = self._response.media_types
        offers, failures = [], []
        for key in sorted(declared, key=lambda key: not is_json(key)):
            try:
                offers.append(self._offer(key, declared[key], self._response.examples[key]))
            except Unsatisfiable as failure:
                failures.append(failure)
        if failures and not offers:
            raise failures[0]
        return offers

    def _offer(self, key: str, pointer: str | None, examples: Mapping[str, Any]) -> _Offer:
        examples = self._fitting(key, pointer, examples)
        generated = self._generate(pointer, "start") if pointer and not examples else ""
        value = next(iter(examples.values()), generated)
        media_type = concrete(key, text=isinstance(value, str))
        _rendered(value, media_type)
        return _Offer(media_type, pointer, examples)

    def _fitting(self, key: str, pointer: str | None, examples: Mapping[str, Any]) -> Mapping[str, Any]:
        """The examples that are valid, or can be mended. Those of a document with policy of ours were judged before."""
        if self._checked or not examples or not pointer or not is_json(key):
            return examples
        validator, schema = self._schemas.at(pointer), self._document.resolve(f"#{pointer}")
        found = {}
        for name, value in examples.items():
            if validator.is_valid(value):
                found[name] = value
            elif isinstance(value, dict):
                with suppress(Unsatisfiable):
                    mended = repair(value, validator=validator, schema=schema, generator=self._generator, salt=name)
                    found[name] = mended.document
        return found

    def _generate(self, pointer: str, salt: str, *, stated: bool = True) -> Any:
        return self._generator.value(self._document.resolve(f"#{pointer}"), salt=salt, stated=stated)

    def _error(self, error: Unsatisfiable) -> ContractError:
        return self._document.error([Finding(self._response.pointer, f"can't be mocked: {error}")])


def _rendered(value: Any, media_type: str) -> bytes:
    """A body, of JSON or of what can be written as a text."""
    if is_json(media_type):
        return json_bytes(value)
    if isinstance(value, list) and is_sequence(media_type):
        return rendered_sequence(value, media_type)
    if isinstance(value, dict | list):
        kind = "an object" if isinstance(value, dict) else "an array"
        raise Unsatisfiable(media_type, f"{kind} can't be rendered in it")
    return value.encode() if isinstance(value, str) else json_bytes(value)
