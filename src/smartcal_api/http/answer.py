"""What a handler answers: a status, bytes, their media type and headers."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import orjson

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


NOTHING = Answer(0)
"""Where the connection ended before any answer."""


def json_answer(status: int, value: Any, *, headers: Mapping[str, str | int] | None = None) -> Answer:
    return Answer(status, json_bytes(value), media_type=JSON, headers=headers)


def json_bytes(value: Any) -> bytes:
    """A value as JSON, to be kept: what orjson gives takes from four to ten times the memory that its text needs."""
    return b"%b" % orjson.dumps(value)


def document_answer(document: bytes) -> Answer:
    """200 with a stored document, as it is."""
    return Answer(200, document, media_type=JSON)
