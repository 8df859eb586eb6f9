"""What a handler answers: a status, bytes, their media type and headers."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

JSON = "application/json"
PROBLEM = "application/problem+json"


class Answer:
    """`headers` holds typed values under the contract's names; the gate adds those that every response has.

    A list names its `documents`, and its `envelope`, the body as it were without them, so that each can be judged once.
    """

    __slots__ = ("body", "documents", "envelope", "headers", "media_type", "status")

    def __init__(
        self,
        status: int,
        body: bytes = b"",
        *,
        media_type: str | None = None,
        headers: Mapping[str, str | int] | None = None,
        documents: Sequence[bytes] | None = None,
        envelope: bytes = b"",
    ) -> None:
        self.status = status
        self.body = body
        self.media_type = media_type
        self.headers = headers or {}
        self.documents = documents
        self.envelope = envelope


def json_answer(status: int, value: Any, *, headers: Mapping[str, str | int] | None = None) -> Answer:
    return Answer(status, orjson.dumps(value), media_type=JSON, headers=headers)


def document_answer(document: bytes) -> Answer:
    """200 with a stored document, as it is."""
    return Answer(200, document, media_type=JSON)
