"""What an author wrote of values is what a mock sends: examples, defaults, kinds, what goes one way only (SRC 3)."""

import copy
from typing import Any

import pytest

from smartcal_api.contract import Contract
from smartcal_api.sandbox.adaptation import adapt
from tests.edits import SCHEMAS, Edit, edited, put
from tests.wire import open_world


def operation(method: str, schema: Any, *, asked: Any = None) -> Edit:
    """One more, at /api/v1/case, that takes and answers what fits a schema."""

    def edit(data: Any) -> None:
        me = copy.deepcopy(data["paths"]["/api/v1/me"]["get"])
        ok = {**me["responses"].pop("200"), "content": {"application/json": {"schema": schema}}}
        body = {"required": True, "content": {"application/json": {"schema": asked or schema}}}
        more = {"requestBody": body} if method == "post" else {}
        data["paths"]["/api/v1/case"] = {
            method: {**me, **more, "operationId": "case", "responses": {"200": ok, **me["responses"]}}
        }

    return edit


def answers(contract: Contract, body: Any = None, *, number: int = 1, **headers: str) -> list[Any]:
    world = open_world(contract, data=False)
    key = world.key(*contract.scopes)
    ask = (lambda: world.get("/api/v1/case", key=key, headers=headers)) if body is None else (
        lambda: world.post("/api/v1/case", body, key=key, headers=headers)
    )  # fmt: skip
    replies = [ask() for _ in range(number)]
    return [each.json if each.status == 200 else each.json["detail"] for each in replies]


FERRY = {"type": "string", "examples": ["Ferry to Dover"]}


@pytest.mark.parametrize(
    ("member", "sent"),
    [
        (FERRY, {"Ferry to Dover"}),
        ({"type": "string", "example": "Ferry"}, {"Ferry"}),
        ({"type": "integer", "default": 7}, {7}),
        ({"type": "integer", "default": 7, "examples": [8, 9]}, {8, 9}),
        ({"$ref": "#/components/schemas/Way"}, {"Ferry to Dover"}),
        ({"allOf": [{"$ref": "#/components/schemas/Way"}, {"minLength": 3}]}, {"Ferry to Dover"}),
    ],
)
def test_src_3_examples_and_defaults_of_members_are_sent(member: Any, sent: set[Any]) -> None:
    schema = {"type": "object", "required": ["way"], "properties": {"way": member, "b": {"type": "integer"}}}
    contract = edited(put(f"{SCHEMAS}/Way", FERRY), operation("get", schema))
    assert answers(contract)[0]["way"] in sent
    assert answers(contract, prefer="dynamic=true")[0]["way"] not in sent, "as it is asked to be made up"


CAT = {"type": "object", "required": ["kind", "lives"], "properties": {"kind": {"type": "string"}, "lives": {}}}
DOG = {"type": "object", "required": ["kind", "bark"], "properties": {"kind": {"type": "string"}, "bark": {}}}
PET = {"type": "object", "required": ["kind"], "properties": {"kind": {"type": "string"}}}
PETS = [{"$ref": f"#{SCHEMAS}/Cat"}, {"$ref": f"#{SCHEMAS}/Dog"}]
HEIRS = {
    "Pet": PET | {"discriminator": {"propertyName": "kind"}},
    "Cat": {"allOf": [{"$ref": f"#{SCHEMAS}/Pet"}, {"required": ["lives"], "properties": {"lives": {}}}]},
    "Dog": {"allOf": [{"$ref": f"#{SCHEMAS}/Pet"}, {"required": ["bark"], "properties": {"bark": {}}}]},
}


def kinds(mapping: Any = None, *, by: str = "oneOf") -> dict[str, Any]:
    stated = {"propertyName": "kind", **({"mapping": mapping} if mapping else {})}
    return {"Cat": CAT, "Dog": DOG, "Pet": {by: PETS, "discriminator": stated}}


@pytest.mark.parametrize(
    ("schemas", "names"),
    [
        (kinds(), {"Cat": "lives", "Dog": "bark"}),
        (kinds(by="anyOf"), {"Cat": "lives", "Dog": "bark"}),
        (kinds({"feline": "Cat", "canine": f"#{SCHEMAS}/Dog"}), {"feline": "lives", "canine": "bark"}),
        (
            kinds() | {"Cat": {**CAT, "properties": {"kind": {"const": "cat"}, "lives": {}}}},
            {"cat": "lives", "Dog": "bark"},
        ),
        (HEIRS, {"Cat": "lives", "Dog": "bark"}),
    ],
)
def test_src_3_a_discriminator_says_what_a_value_is(schemas: Any, names: dict[str, str]) -> None:
    each = {"type": "array", "minItems": 12, "maxItems": 12, "items": {"$ref": f"#{SCHEMAS}/Pet"}}
    edits = [put(f"{SCHEMAS}/{name}", schema) for name, schema in schemas.items()]
    (pets,) = answers(edited(*edits, operation("get", each)))
    assert {pet["kind"] for pet in pets} == {*names}
    assert all(names[pet["kind"]] in pet for pet in pets)


def user(*required: str, **more: Any) -> dict[str, Any]:
    members = {
        "id": {"type": "string", "readOnly": True},
        "name": {"type": "string"},
        "pw": {"$ref": f"#{SCHEMAS}/Secret"},
    }
    return {"type": "object", "required": [*required], "properties": members, **more}


@pytest.mark.parametrize("closed", [{}, {"additionalProperties": False}])
@pytest.mark.parametrize("way", ["plain", "parts"])
def test_src_2_members_that_go_one_way_only(closed: Any, way: str) -> None:
    """JSON Schema validation, section 9.4; OpenAPI 3.0.4, Schema Object."""
    whole = user("id", "name", "pw", **closed)
    parts = {"allOf": [user(), {"required": ["id", "name", "pw"]}]}
    secret = put(f"{SCHEMAS}/Secret", {"type": "string", "writeOnly": True})
    contract = edited(secret, put(f"{SCHEMAS}/User", whole if way == "plain" else parts),
                      operation("post", {"$ref": f"#{SCHEMAS}/User"}))  # fmt: skip
    for body in ({"name": "A", "pw": "s"}, {"name": "A", "pw": "s", "id": "x"}):
        (made,) = answers(contract, body)
        assert made.keys() == {"id", "name"}
    assert "pw" in answers(contract, {"name": "A"})[0], "it is asked for"
    assert contract.document.text.count("writeOnly") == 1, "the contract is shown as it is"


def test_src_2_an_example_has_what_goes_its_way() -> None:
    secret = put(f"{SCHEMAS}/Secret", {"type": "string", "writeOnly": True})
    taken = put("/paths/~1api~1v1~1case/post/requestBody/content/application~1json/example", {"name": "A", "pw": "s"})
    shown = put("/paths/~1api~1v1~1case/post/responses/200/content/application~1json/example", {"id": "1", "name": "A"})
    case = operation("post", user("id", "name", "pw"))
    assert answers(edited(secret, case, taken, shown), {"name": "B", "pw": "s"}) == [{"id": "1", "name": "A"}]


def test_src_5_what_may_no_longer_be_sent_leaves_the_answers() -> None:
    world = open_world(edited(put(f"{SCHEMAS}/Event/properties/recurrence/writeOnly", True), _no_recurrence))
    adapt(world.sandbox, world.contract)
    listed = world.get("/api/v1/events", key=world.key("read"))
    assert listed.status == 200
    assert not any("recurrence" in event for event in listed.json["data"])


def _no_recurrence(data: Any) -> None:
    if isinstance(data, dict):
        for name in ("example", "examples"):
            if name in data and "properties" not in data:
                data.pop(name)
    for inner in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        _no_recurrence(inner)
