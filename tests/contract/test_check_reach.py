"""Whom a finding touches, and which x- members are somebody else's (law SRC 4)."""

import json
from pathlib import Path
from typing import Any

import pytest

from smartcal_api.contract import Contract, shipped
from smartcal_api.contract.check import Affected, check, examine
from smartcal_api.contract.document import Document
from smartcal_api.errors import ContractError


@pytest.fixture
def document() -> Document:
    return Document.read(shipped())


@pytest.fixture
def data(document: Document) -> Any:
    return document.data


def again(data: Any) -> Document:
    return Document(Path("edited.yaml"), json.dumps(data, ensure_ascii=False).encode())


EVENT_OPERATIONS = {"listEvents", "getEvent", "eventCreated", "eventUpdated", "eventDeleted"}
WEBHOOK_OPERATIONS = {"listWebhooks", "createWebhook"}
TOUCHED = [
    ("/paths/~1api~1v1~1me/get/paramters", {"getAccount"}),
    ("/paths/~1api~1v1~1me/get", {"getAccount"}),
    ("/paths/~1api~1v1~1webhooks/post/requestBody/content/x~1y", {"createWebhook"}),
    ("/paths/~1api~1v1~1webhooks/servers", WEBHOOK_OPERATIONS),
    ("/paths/~1api~1v1~1webhooks", WEBHOOK_OPERATIONS),
    ("/components/schemas/Attendee/properties/email/$ref", EVENT_OPERATIONS),
    ("/components/examples/EventMoved/value/id", {"getEvent"}),
    ("/components/parameters/WebhookId/in", {"deleteWebhook"}),
    ("/webhooks/calendar.synced/post/security", {"calendarSynced"}),
    ("/components/schemas/Nobody", set()),
]
WHOLE = [
    "",
    "/info/title",
    "/security/0",
    "/paths",
    "/webhooks",
    "/components/schemas",
    "/x-problems/not_found",
    "/components/schemas/Problem/properties/code",
    "/components/responses/NotFound/description",
    "/components/schemas/EventType/enum",
    "/paths/~1api~1v1~1nobody",
]


@pytest.mark.parametrize(("pointer", "touched"), TOUCHED)
def test_src_4_a_finding_touches_the_operations_that_reach_it(
    document: Document, pointer: str, touched: set[str]
) -> None:
    assert Affected(document).operations(pointer) == touched


@pytest.mark.parametrize("pointer", WHOLE)
def test_src_4_a_finding_that_no_operation_has_to_itself_touches_the_whole(document: Document, pointer: str) -> None:
    assert Affected(document).operations(pointer) is None


def test_src_4_a_draft_serves_all_but_what_is_not_understood(data: Any) -> None:
    data["paths"]["/api/v1/me"]["get"]["callbacks"] = {}
    data["components"]["schemas"]["BookingPage"]["nullable"] = False
    with pytest.raises(ContractError, match="callbacks is not understood"):
        Contract(again(data))
    draft = Contract(again(data), draft=True)
    assert draft.unserved.keys() == {"getAccount", "getBookingPage", "listBookingPages"}
    assert not draft.unserved.keys() & draft.operations.keys()
    assert "getEvent" in draft.operations


def test_src_4_foreign_members_are_listed_and_no_finding(data: Any) -> None:
    data["x-logo"] = {"url": "/logo.png"}
    data["paths"]["/api/v1/me"]["get"]["x-internal"] = True
    data["components"]["schemas"]["Event"]["properties"]["title"]["x-faker"] = "sentence"
    document = again(data)
    assert check(document) == []
    assert sorted(examine(document).foreign) == [
        "/components/schemas/Event/properties/title/x-faker",
        "/paths/~1api~1v1~1me/get/x-internal",
        "/x-logo",
    ]


def test_src_4_the_real_contract_has_no_foreign_member(document: Document) -> None:
    assert examine(document).foreign == []


WELL_KNOWN = [
    *("x-logo", "x-tagGroups", "x-codeSamples", "x-internal", "x-enum-varnames", "x-displayName", "x-nullable"),
    *("x-go-name", "x-ms-paths", "x-amazon-apigateway-integration", "x-google-backend", "x-speakeasy-retries"),
    *("x-readme", "x-scope", "x-webhooks", "x-stoplight"),
]


@pytest.mark.parametrize("name", WELL_KNOWN)
def test_src_4_members_of_known_tools_are_not_taken_for_ours(data: Any, name: str) -> None:
    data["paths"]["/api/v1/me"]["get"][name] = "anything"
    document = again(data)
    assert check(document) == []
    assert examine(document).foreign == [f"/paths/~1api~1v1~1me/get/{name}"]
