"""Law SRC 4: what is sound in form and can't be meant is a finding of its own, and one cause is told once."""

from typing import Any

import pytest

from smartcal_api.contract.check import check, examine
from tests.contract.check_cases import EVENT, EVENTS, SCHEMAS, Case, assert_found, edited, table
from tests.edits import SCHEMAS as COMPONENTS
from tests.edits import Edit, drop, put, rename

CAT = {"type": "object", "required": ["kind"], "properties": {"kind": {"type": "string"}, "lives": {"type": "integer"}}}
DOG = {"type": "object", "required": ["kind"], "properties": {"kind": {"type": "string"}, "bark": {"type": "integer"}}}
PETS = [{"$ref": f"#{SCHEMAS}/Cat"}, {"$ref": f"#{SCHEMAS}/Dog"}]
LINK = f"{EVENTS}/responses/200/links/firstEvent/parameters/event_id"
TITLE = f"{SCHEMAS}/Event/properties/title"


def pet(schema: Any, *, cat: Any = CAT, dog: Any = DOG) -> list[Edit]:
    return [put(f"{SCHEMAS}/Cat", cat), put(f"{SCHEMAS}/Dog", dog), put(f"{SCHEMAS}/Pet", schema)]


def told(name: str) -> dict[str, Any]:
    return {"oneOf": PETS, "discriminator": {"propertyName": name}}


FAULTS: list[Case] = [
    *(
        (
            f"{least} beyond {most}",
            [put(f"{SCHEMAS}/New", {least: 9, most: 3})],
            f"{SCHEMAS}/New/{least}",
            f"{least} 9 is more than {most} 3, so that nothing fits; correct one of the two",
        )
        for least, most in (
            *(("minLength", "maxLength"), ("minItems", "maxItems"), ("minProperties", "maxProperties")),
            *(("minimum", "maximum"), ("minimum", "exclusiveMaximum"), ("exclusiveMinimum", "maximum")),
            ("exclusiveMinimum", "exclusiveMaximum"),
        )
    ),
    (
        "nothing between two open bounds",
        [put(f"{SCHEMAS}/New", {"type": "number", "exclusiveMinimum": 3, "exclusiveMaximum": 3})],
        f"{SCHEMAS}/New/exclusiveMinimum",
        "exclusiveMinimum 3 is exclusiveMaximum 3, so that nothing fits",
    ),
    (
        "more required than there may be",
        [put(f"{SCHEMAS}/New", CAT | {"required": ["kind", "lives"], "maxProperties": 1})],
        f"{SCHEMAS}/New/required",
        "asks for 2 members, more than maxProperties 1",
    ),
    (
        "a required name that is nearly a property",
        [put(f"{SCHEMAS}/Attendee/required/-", "organiser"), drop(f"{SCHEMAS}/Attendee/required/3")],
        f"{SCHEMAS}/Attendee/required",
        "organiser is not a property of Attendee; did you mean organizer?",
    ),
    (
        "a required name where no other may be",
        [put(f"{SCHEMAS}/New", CAT | {"required": ["whiskers"], "additionalProperties": False})],
        f"{SCHEMAS}/New/required",
        "whiskers is not a property of New, and no other member may be there",
    ),
    (
        "a discriminator that is no property",
        pet(told("kinds")),
        f"{SCHEMAS}/Pet/discriminator/propertyName",
        "kinds is not a property of Cat, Dog; did you mean kind?",
    ),
    (
        "a discriminator of a schema without it",
        [put(f"{SCHEMAS}/Pet", CAT | {"discriminator": {"propertyName": "sort"}})],
        f"{SCHEMAS}/Pet/discriminator/propertyName",
        "sort is not a property of Pet; add it to each, or leave the discriminator out",
    ),
    (
        "a link to a misspelt member",
        [put(LINK, "$response.body#/dta/0/id")],
        LINK,
        "dta is not there; did you mean data?",
    ),
    (
        "a link beyond the items",
        [put(LINK, "$response.body#/data/0/ids")],
        LINK,
        "leads nowhere: ids is not there; did you mean id?",
    ),
    ("a link to no item", [put(LINK, "$response.body#/data/first/id")], LINK, "first is not there; it is a list"),
    (
        "a link to no parameter",
        [put(LINK, "$request.query.statis")],
        LINK,
        "statis is not a query parameter of listEvents",
    ),
    ("a link to no header", [put(LINK, "$response.header.Locaton")], LINK, "Locaton is not a header of the response"),
    ("a link to no body", [put(LINK, "$request.body#/id")], LINK, "the request has no body"),
]


@table(FAULTS)
def test_src_4_what_cannot_be_meant_is_a_finding_of_its_own(edits: list[Edit], pointer: str, words: str) -> None:
    assert_found(edits, pointer, words)


FINE: list[tuple[str, list[Edit]]] = [
    ("equal bounds", [put(f"{SCHEMAS}/New", {"type": "string", "minLength": 3, "maxLength": 3})]),
    (
        "required in a branch",
        [put(f"{SCHEMAS}/New", CAT | {"anyOf": [{"required": ["lives"]}, {"required": ["kind"]}]})],
    ),
    (
        "required beside a reference",
        [put(f"{SCHEMAS}/Cat", CAT), put(f"{SCHEMAS}/New", {"allOf": [PETS[0], {"required": ["lives"]}]})],
    ),
    ("required alone", [put(f"{SCHEMAS}/New", {"type": "object", "required": ["anything"]})]),
    ("a discriminator", pet(told("kind"))),
    (
        "a discriminator beside null",
        pet({"oneOf": [*PETS, {"type": "null"}], "discriminator": {"propertyName": "kind"}}),
    ),
    ("a link to a query", [put(LINK, "$request.query.status")]),
    ("a link to a header", [put(LINK, "$response.header.x-request-id")]),
    (
        "a link into an open member",
        [put(f"{SCHEMAS}/Event/properties/more", True), put(LINK, "$response.body#/data/0/more/x")],
    ),
]


@pytest.mark.parametrize("edits", [pytest.param(edits, id=name.replace(" ", "_")) for name, edits in FINE])
def test_src_4_what_can_be_meant_is_none(edits: list[Edit]) -> None:
    assert check(edited(*edits)) == []


@pytest.mark.parametrize(
    ("edits", "pointer"),
    [
        pytest.param(
            [put(f"{SCHEMAS}/Event/properties/end_time", {"type": "string", "format": "date-tiem"})],
            f"{SCHEMAS}/Event/properties/end_time/format",
            id="a format",
        ),
        pytest.param([put(f"{EVENT}/callbacks", {})], f"{EVENT}/callbacks", id="callbacks"),
        pytest.param(
            [put(f"{SCHEMAS}/WebhookCreate/callbacks", {})], f"{SCHEMAS}/WebhookCreate/callbacks", id="a member"
        ),
        pytest.param([put(f"{TITLE}/minLength", 600)], f"{TITLE}/minLength", id="bounds"),
        pytest.param(
            [put("/x-webhook-signature/header", "X-Signature")], "/x-webhook-signature/header", id="the signature"
        ),
        pytest.param([put(f"{EVENT}/operationId", "listEvents")], f"{EVENT}/operationId", id="a second name"),
        pytest.param(
            [drop("/paths/~1api~1v1~1webhooks~1{webhook_id}")],
            "/paths/~1api~1v1~1webhooks/get/responses/200/links/deleteFirst/operationId",
            id="a link's operation",
        ),
        pytest.param(
            [rename(f"{SCHEMAS}/Attendee/properties/organizer", "organiser")],
            f"{SCHEMAS}/Attendee/required",
            id="a renamed property",
        ),
    ],
)
def test_src_4_one_cause_is_told_once_and_nothing_that_follows_from_it(edits: list[Edit], pointer: str) -> None:
    assert [finding.pointer for finding in check(edited(*edits))] == [pointer]


IDLE = [
    (
        "required",
        put(f"{SCHEMAS}/New", CAT | {"required": ["shoe_size"]}),
        f"{SCHEMAS}/New/required",
        "asks for shoe_size",
    ),
    ("a tag", put(f"{EVENTS}/tags/0", "Evnets"), f"{EVENTS}/tags/0", "did you mean Events?"),
    ("a component", put(f"{SCHEMAS}/Unused", {"type": "string"}), f"{SCHEMAS}/Unused", "nothing refers to Unused"),
    (
        "an empty body",
        put(f"{EVENT}/responses/200/content/application~1pdf", {}),
        f"{EVENT}/responses/200/content/application~1pdf",
        "neither a schema nor an example",
    ),
    (
        "a length of a number",
        put(f"{COMPONENTS}/PageSize/minLength", 1),
        f"{COMPONENTS}/PageSize/minLength",
        "of type integer",
    ),
    ("a condition", put(f"{SCHEMAS}/Event/if", {"required": ["id"]}), f"{SCHEMAS}/Event/if", "without then or else"),
    ("a sunset", put(f"{EVENTS}/x-sunset", "2027-01-01"), f"{EVENTS}/x-sunset", "not deprecated"),
    (
        "some kinds",
        lambda data: [each(data) for each in pet(told("kind"), dog={"type": "object", "properties": {"bark": {}}})],
        f"{SCHEMAS}/Pet/discriminator/propertyName",
        "kind is not a property of Dog, which it can't tell apart",
    ),
]


@pytest.mark.parametrize(("edit", "pointer", "words"), [pytest.param(*rest, id=name) for name, *rest in IDLE])
def test_src_4_what_does_nothing_is_told_with_its_place(edit: Edit, pointer: str, words: str) -> None:
    examined = examine(edited(edit))
    assert not examined.findings
    assert [each for each in examined.idle if each.pointer == pointer and words in each.message], examined.idle


def test_src_4_nothing_that_we_ship_does_nothing() -> None:
    assert not examine(edited()).idle


def test_src_4_what_is_wrong_in_many_places_for_one_cause_takes_one_line() -> None:
    gone = edited(rename(f"{SCHEMAS}/EventStatus", "Status"))
    findings = check(gone)
    assert len(findings) > 1
    told = str(gone.error(findings)).splitlines()
    assert len(told) == 1
    assert "#/components/schemas/EventStatus' leads nowhere" in told[0]
    assert f"(the same in line {', '.join(str(gone.line(each.pointer)) for each in findings[1:5])}" in told[0]
