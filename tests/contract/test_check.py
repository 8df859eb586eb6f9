"""What the check says of one construct that nobody knows, or that the toolkit doesn't understand (law SRC 4)."""

from pathlib import Path

from smartcal_api.contract import shipped
from smartcal_api.contract.check import check
from smartcal_api.contract.document import Document, escape
from tests.contract.check_cases import (
    CREATE,
    DELIVERY,
    EVENT,
    EVENTS,
    SCHEMAS,
    STATUS,
    Case,
    assert_found,
    edited,
    parameter,
    table,
)
from tests.edits import Edit, drop, put, rename


def test_src_4_the_real_contract_is_understood_in_full() -> None:
    assert check(Document.read(shipped())) == []


STRUCTURE: list[Case] = [
    ("a misspelt member", [rename(f"{EVENTS}/parameters", "paramters")], f"{EVENTS}/paramters", "parameters"),
    ("a misspelt keyword", [rename(f"{SCHEMAS}/Event/properties/title/maxLength", "maxLenght")],
     f"{SCHEMAS}/Event/properties/title/maxLenght", "did you mean maxLength"),
    ("a keyword of no kin", [put(f"{SCHEMAS}/Event/colour", 1)], f"{SCHEMAS}/Event/colour", "can have"),
    ("no title", [drop("/info/title")], "/info", "is missing title"),
    ("no responses", [drop(f"{EVENT}/responses")], EVENT, "is missing responses"),
    ("no in", [drop(f"{STATUS}/in")], STATUS, "is missing in"),
    ("no place for a parameter", [put(f"{STATUS}/in", "body")], f"{STATUS}/in", "query, path, header"),
    ("a style of another place", [put(f"{STATUS}/style", "matrix")], f"{STATUS}/style", "use form or"),
    ("no schema", [drop(f"{STATUS}/schema")], STATUS, "is missing schema"),
    ("no description of a response", [drop("/components/responses/NotFound/description")],
     "/components/responses/NotFound", "is missing description"),
    ("a version that is a number", [put("/info/version", 1.0)], "/info/version", "put it in quotes"),
    ("OpenAPI 2", [put("/openapi", "2.0")], "/openapi", "3.0, 3.1 or 3.2"),
    ("text for a list", [put(f"{EVENT}/tags", "Events")], f"{EVENT}/tags", "must be a list"),
    ("text for a flag", [put("/components/parameters/EventId/required", "yes")],
     "/components/parameters/EventId/required", "true or false"),
    ("a list for an object", [put(f"{EVENT}/responses", [])], f"{EVENT}/responses", "must be an object"),
    ("null for an operation", [put(EVENT, None)], EVENT, "must be an operation"),
    ("a length below nothing", [put(f"{SCHEMAS}/PathId/minLength", -1)], f"{SCHEMAS}/PathId/minLength", "from 0"),
    ("a broken length", [put(f"{SCHEMAS}/PathId/minLength", 1.5)], f"{SCHEMAS}/PathId/minLength", "whole number"),
    ("multiples of nothing", [put(f"{SCHEMAS}/Calendar/properties/created/multipleOf", 0)],
     f"{SCHEMAS}/Calendar/properties/created/multipleOf", "above 0"),
    ("an unknown type", [put(f"{SCHEMAS}/PathId/type", "text")], f"{SCHEMAS}/PathId/type", "string, integer"),
    ("a type twice", [put(f"{SCHEMAS}/PathId/type", ["string", "string"])], f"{SCHEMAS}/PathId/type/1", "repeats"),
    ("an empty enum", [put(f"{SCHEMAS}/EventStatus/enum", [])], f"{SCHEMAS}/EventStatus/enum", "is empty"),
    ("an unknown format", [put(f"{SCHEMAS}/Timestamp/format", "datetime")],
     f"{SCHEMAS}/Timestamp/format", "did you mean date-time"),
    ("a status out of range", [rename(f"{EVENT}/responses/404", "999")], f"{EVENT}/responses/999", "status"),
    ("a path without its slash", [rename("/paths/~1api~1v1~1me", "api/v1/me")], "/paths/api~1v1~1me", "a path such as"),
    ("a component with a blank", [rename(f"{SCHEMAS}/Scope", "A scope")], f"{SCHEMAS}/A scope", "letters"),
    ("no media type in a body", [put(f"{CREATE}/requestBody/content", {})], f"{CREATE}/requestBody/content", "empty"),
]  # fmt: skip


@table(STRUCTURE)
def test_src_4_what_openapi_does_not_know_is_found(edits: list[Edit], pointer: str, words: str) -> None:
    assert_found(edits, pointer, words)


NOT_UNDERSTOOD: list[Case] = [
    ("an array of arrays in the query", [put(f"{STATUS}/schema", {"type": "array", "items": {"type": "array"}})],
     f"{STATUS}/schema", "items are"),
    ("an array in the path", [put("/components/parameters/EventId/schema", {"type": "array", "items": {}})],
     "/components/parameters/EventId/schema", "one type"),
    ("a parameter of many types", [put(f"{STATUS}/schema", {"type": ["string", "null"]})],
     f"{STATUS}/schema", "one type"),
    ("a bound beside a parameter's $ref", [put(f"{STATUS}/schema/maxLength", 5)],
     f"{STATUS}/schema/maxLength", "beside"),
    ("a header that OpenAPI ignores", [put(f"{EVENT}/parameters", [parameter(**{"in": "header", "name": "Accept"})])],
     f"{EVENT}/parameters/0/name", "ignored"),
    ("a remote reference", [put(f"{STATUS}/schema/$ref", "https://example.com/status.json")],
     f"{STATUS}/schema/$ref", "leads out of this document"),
    ("a reference to a file", [put(f"{STATUS}/schema/$ref", "status.yaml#/S")], f"{STATUS}/schema/$ref", "leads out"),
    ("callbacks", [put(f"{CREATE}/callbacks", {})], f"{CREATE}/callbacks", "webhooks"),
    ("trace", [put("/paths/~1api~1v1~1me/trace", {})], "/paths/~1api~1v1~1me/trace", "not understood"),
    ("a server variable without a default", [put("/servers/0/variables", {"v": {}})],
     "/servers/0/variables/v", "default"),
    ("servers of a path", [put("/paths/~1api~1v1~1me/servers", [])], "/paths/~1api~1v1~1me/servers", "root"),
    ("servers of an operation", [put(f"{EVENT}/servers", [])], f"{EVENT}/servers", "root"),
    ("another dialect", [put("/jsonSchemaDialect", "http://json-schema.org/draft-07/schema#")],
     "/jsonSchemaDialect", "2020-12"),
    *[
        (f"the keyword {key}", [put(f"{SCHEMAS}/Event/{key}", value)], f"{SCHEMAS}/Event/{key}", "not understood")
        for key, value in {
            "nullable": True, "xml": {}, "dependencies": {},
        }.items()
    ],
    ("a link by operationRef", [put("/components/links/EventOfBooking/operationRef", "#/x")],
     "/components/links/EventOfBooking/operationRef", "operationId"),
    ("an example elsewhere", [put("/components/examples/EventMoved/externalValue", "x.json")],
     "/components/examples/EventMoved/externalValue", "write the value here"),
    ("a header of numbers", [put("/components/headers/Allow/schema/type", "number")],
     "/components/headers/Allow/schema", "string or integer"),
    ("a webhook that is a GET", [rename(DELIVERY, "get")], "/webhooks/booking.created/get", "a delivery is a POST"),
]  # fmt: skip


@table(NOT_UNDERSTOOD)
def test_src_4_what_the_toolkit_does_not_understand_is_found(edits: list[Edit], pointer: str, words: str) -> None:
    assert_found(edits, pointer, words)


REFERENCES: list[Case] = [
    ("a reference to nothing", [put(f"{STATUS}/schema/$ref", "#/components/schemas/EventStatsu")],
     f"{STATUS}/schema/$ref", "did you mean EventStatus"),
    ("a reference to another kind", [put(f"{STATUS}/schema/$ref", "#/components/parameters/Page")],
     f"{STATUS}/schema/$ref", "leads to a parameter, but must lead to a schema"),
    ("a reference into an example", [put(f"{STATUS}/schema/$ref", "#/components/examples/EventMoved/value")],
     f"{STATUS}/schema/$ref", "something else"),
    ("a reference that goes in a circle", [put(f"{SCHEMAS}/A", {"$ref": "#/components/schemas/B"}),
                                           put(f"{SCHEMAS}/B", {"$ref": "#/components/schemas/A"})],
     f"{SCHEMAS}/A", "refers to itself"),
    ("a parameter that is itself", [put("/components/parameters/Page", {"$ref": "#/components/parameters/Page"})],
     "/components/parameters/Page", "refers to itself"),
    ("a schema that is part of itself", [put(f"{SCHEMAS}/Event/allOf", [{"$ref": "#/components/schemas/Event"}])],
     f"{SCHEMAS}/Event", "end the circle"),
    ("a member beside a reference", [put(f"{EVENTS}/parameters/4/required", True)],
     f"{EVENTS}/parameters/4/required", "reference to a parameter"),
    ("a mapping to nothing", [put(f"{SCHEMAS}/Location/discriminator/mapping/phone", "#/components/schemas/Fone")],
     f"{SCHEMAS}/Location/discriminator/mapping/phone", "leads nowhere"),
    ("a bad regular expression", [put(f"{SCHEMAS}/EventId/pattern", "^evt_(")],
     f"{SCHEMAS}/EventId/pattern", "'^evt_('"),
]  # fmt: skip


@table(REFERENCES)
def test_src_4_a_reference_that_can_not_be_followed_is_found(edits: list[Edit], pointer: str, words: str) -> None:
    assert_found(edits, pointer, words)


def test_src_4_a_finding_names_file_line_and_pointer() -> None:
    source = shipped().read_text().replace("operationId: getAccount", "operationID: getAccount")
    document = Document(Path("mine.yaml"), source.encode())
    line = next(n for n, each in enumerate(source.splitlines(), 1) if "operationID: getAccount" in each)
    assert f"mine.yaml:{line}: /paths/~1api~1v1~1me/get/operationID: " in str(document.error(check(document)))


def test_src_4_escaped_keys_keep_their_pointer() -> None:
    key = "a/b~c"
    document = edited(put(f"{SCHEMAS}/Event/properties/{escape(key)}", {"type": "strnig"}))
    assert [finding.pointer for finding in check(document)] == [f"{SCHEMAS}/Event/properties/a~1b~0c/type"]
