"""What a handler answers: a status, bytes, their media type and headers."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import orjson

from smartcal_api.contract.media_type import is_json, key_of

JSON = "application/json"
PROBLEM = "application/problem+json"


class Listed(NamedTuple):
    """A list by its parts: stored documents, and what stands before and after them."""

    opening: bytes
    documents: Sequence[bytes]
    closing: bytes

    def text(self) -> bytes:
        return self.opening + b",".join(self.documents) + self.closing


class Answer:
    """`headers` holds typed values under the contract's names; the gate adds those that every response has.

    A list is `listed`, and its body is made of that, so that its parts can be judged once, and kept without the whole.
    `valid_for` is the judge that found its body valid.
    """

    __slots__ = ("body", "headers", "listed", "media_type", "status", "valid_for")

    def __init__(
        self,
        status: int,
        body: bytes = b"",
        *,
        media_type: str | None = None,
        headers: Mapping[str, str | int] | None = None,
        listed: Listed | None = None,
    ) -> None:
        self.status = status
        self.body = body if listed is None else listed.text()
        self.media_type = media_type
        self.headers = headers or {}
        self.listed = listed
        self.valid_for: object = None


class Success:
    """What the contract has for an operation that went well: its status, and the media type of its JSON."""

    __slots__ = ("media_type", "status")

    def __init__(self, status: int, media_types: Iterable[str]) -> None:
        self.status = status
        declared = list(media_types)
        stated = JSON if key_of(JSON, declared) is not None else next(filter(is_json, declared), JSON)
        self.media_type: str = stated

    def document(self, document: bytes) -> Answer:
        """With a stored document, as it is."""
        return Answer(self.status, document, media_type=self.media_type)

    def value(self, value: Any, *, headers: Mapping[str, str | int] | None = None) -> Answer:
        return Answer(self.status, json_bytes(value), media_type=self.media_type, headers=headers)

    def listed(self, listed: Listed, *, headers: Mapping[str, str | int]) -> Answer:
        return Answer(self.status, media_type=self.media_type, headers=headers, listed=listed)

    def empty(self) -> Answer:
        return Answer(self.status)


NOTHING = Answer(0)
"""Where the connection ended before any answer."""


def json_answer(status: int, value: Any, *, headers: Mapping[str, str | int] | None = None) -> Answer:
    return Answer(status, json_bytes(value), media_type=JSON, headers=headers)


def json_bytes(value: Any) -> bytes:
    """A value as JSON, to be kept: what orjson gives takes from four to ten times the memory that its text needs."""
    return b"%b" % orjson.dumps(value)
