"""What a schema refuses is told as a person understands it, wherever the schema stands and however it is composed."""

import json
from typing import Any

import pytest

from smartcal_api.contract import Contract, Schemas
from smartcal_api.contract.document import Document
from tests.control.plane import Plane, open_plane

CLOSED = {
    "type": "object",
    "additionalProperties": False,
    "properties": {"title": {}, "start_time": {}, "state": {"enum": ["pending", "done", 3]}},
}
UNEVALUATED = {
    "allOf": [{"$ref": "#/components/schemas/Base"}],
    "if": {"properties": {"kind": {"const": "late"}}, "required": ["kind"]},
    "then": {"properties": {"seconds": {}}},
    "anyOf": [{"properties": {"colour": {}}}, True],
    "unevaluatedProperties": False,
}
LOOP = {"properties": {"size": {}, "inner": {"$ref": "#/components/schemas/Loop"}}}
BASE = {"properties": {"kind": {}, "never": False}, "$ref": "#/components/schemas/Loop"}
PLACE = {"required": ["kind"], "properties": {"kind": {"const": "place"}, "address": {"type": "string"}}}
CALL = {"required": ["kind", "number"], "properties": {"kind": {"const": "Call"}}, "additionalProperties": False}
WHERE = {
    "oneOf": [{"$ref": "#/components/schemas/Place"}, {"$ref": "#/components/schemas/Call"}],
    "discriminator": {"propertyName": "kind", "mapping": {"place": "Place"}},
}
MEETING = {"properties": {"where": {"$ref": "#/components/schemas/Where"}}}
# What a validator says, and nobody wants to read.
ITS_WORDS = ("dditional properties", "nevaluated properties", "was unexpected", "were unexpected", "required property")


@pytest.fixture
def document(contract: Contract, tmp_path: Any) -> Document:
    components = {"Closed": CLOSED, "Open": UNEVALUATED, "Base": BASE, "Loop": LOOP}
    components |= {"Place": PLACE, "Call": CALL, "Where": WHERE, "Meeting": MEETING}
    path = tmp_path / "some.yaml"
    path.write_text(json.dumps({"components": {"schemas": components}}))
    return Document.read(path)


@pytest.mark.parametrize(
    ("schema", "value", "said"),
    [
        ("Closed", {"titel": 1}, "'titel' is not a member; did you mean title?"),
        ("Closed", {"TITLE": 1}, "'TITLE' is not a member; did you mean title?"),
        ("Closed", {"qqq": 1}, "'qqq' is not a member; there are title, start_time, state."),
        ("Closed", {"q" * 500: 1}, f"'{'q' * 63}…' is not a member; there are title, start_time, state."),
        ("Closed", {"state": "pendng"}, '"pendng" is not one of "pending", "done", 3; did you mean pending?'),
        ("Closed", {"state": "xyz"}, '"xyz" is not one of "pending", "done", 3.'),
        ("Closed", {"state": 4}, '4 is not one of "pending", "done", 3.'),
        ("Open", {"kind": "late", "second": 1}, "'second' is not a member; did you mean seconds?"),
        ("Open", {"kynd": 1}, "'kynd' is not a member; did you mean kind?"),
        ("Open", {"sise": 1}, "'sise' is not a member; did you mean size?"),
        ("Open", {"color": 1}, "'color' is not a member; did you mean colour?"),
    ],
)
def test_a_member_that_there_is_not_is_told_with_the_one_that_was_meant(
    document: Document, schema: str, value: Any, said: str
) -> None:
    schemas = Schemas(document)
    (error,) = schemas.at(f"/components/schemas/{schema}").iter_errors(value)
    assert schemas.explain(error) == said


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ({"kind": "place", "address": 1}, [("where/address", '1 is not of type "string".')]),
        (
            {"kind": "Call", "numbr": 1},
            [("where", "'numbr' is not a member; there are kind."), ("where", "'number' is missing.")],
        ),
        (
            {"kind": "plaze"},
            [("where", '\'kind\' is "plaze", which is not one of "place", "Call"; did you mean place?')],
        ),
        ({"kind": {}}, [("where", '\'kind\' is {}, which is not one of "place", "Call".')]),
        ({}, [("where", "'kind' is missing.")]),
    ],
)
def test_of_several_schemas_the_one_that_a_value_names_says_what_is_wrong(
    document: Document, value: Any, told: list[tuple[str, str]]
) -> None:
    schemas = Schemas(document)
    errors = schemas.meant(schemas.at("/components/schemas/Meeting").iter_errors({"where": value}))
    assert sorted(("/".join(map(str, each.instance_path)), schemas.explain(each)) for each in errors) == sorted(told)


def bodies(document: dict[str, Any]) -> list[tuple[str, str]]:
    """Method and path of whatever takes JSON, for ids and names that needn't exist to have the body refused."""
    return [
        (method.upper(), path)
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method in ("post", "put", "patch")
        and "application/json" in operation.get("requestBody", {}).get("content", {})
    ]


def test_no_operation_of_either_document_answers_in_the_validators_words(contract: Contract) -> None:
    plane: Plane = open_plane(contract)
    key = plane.world.key("admin")
    asked = bodies(plane.get("/contract").json) + bodies(plane.get("/openapi").json)
    assert len(asked) > 15
    for method, path in asked:
        target = path.replace("{sandbox}", "default").replace("{collection}", "Event").replace("{event_type}", "x")
        reply = plane.request(method, target.replace("{", "").replace("}", ""), body={"unherd": 1}, key=key)
        assert reply.status in (400, 404, 409, 422), (method, path, reply)
        said = reply.body.decode()
        assert [words for words in ITS_WORDS if words in said] == [], (method, path, said)
