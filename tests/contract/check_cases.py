"""Small edits of the real contract, and what the check must say of each: the tables of these tests."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from smartcal_api.contract.check import check
from smartcal_api.contract.document import Document
from tests.edits import Edit, source

EVENTS, EVENT = "/paths/~1api~1v1~1events/get", "/paths/~1api~1v1~1events~1{event_id}/get"
BOOKINGS, CANCEL = "/paths/~1api~1v1~1bookings/get", "/paths/~1api~1v1~1bookings~1{booking_id}~1cancel/post"
CREATE = "/paths/~1api~1v1~1webhooks/post"
SCHEMAS, SCHEMES = "/components/schemas", "/components/securitySchemes"
STATUS, UPCOMING = f"{EVENTS}/parameters/0", f"{BOOKINGS}/parameters/1"
AFTER = f"{EVENTS}/parameters/2"
DELIVERY = "/webhooks/booking.created/post"
REMOVE = "/paths/~1api~1v1~1webhooks~1{webhook_id}/delete"
JSON = "content/application~1json"
EQUALS = {"field": "id", "comparison": "equals"}


Case = tuple[str, list[Edit], str, str]
"""A name, the edits, and the pointer and words of the finding that they must lead to."""


def parameter(**members: Any) -> dict[str, Any]:
    return {"name": "q", "in": "query", "schema": {"type": "string"}} | members


def edited(*edits: Edit) -> Document:
    return Document(Path("edited.yaml"), source(*edits))


def table(cases: Sequence[Case]) -> pytest.MarkDecorator:
    listed = [pytest.param(*rest, id=name.replace(" ", "_")) for name, *rest in cases]
    return pytest.mark.parametrize(("edits", "pointer", "words"), listed)


def assert_found(edits: list[Edit], pointer: str, words: str) -> None:
    document = edited(*edits)
    findings = check(document)
    assert [f for f in findings if f.pointer == pointer and words in f.message], [str(f) for f in findings]
    assert all(finding.line for finding in document.error(findings).findings)
