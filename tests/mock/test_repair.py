"""SRC 5: stored documents are made to fit an edited contract, changed in as few places as possible."""

import copy
from collections.abc import Callable
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from smartcal_api.mock import Repair, Unsatisfiable, ValueGenerator, repair

from .strategies import DOCUMENT, schemas

slow = settings(deadline=None, suppress_health_check=list(HealthCheck))
Edit = Callable[[dict[str, Any]], None]

TEXT = {"type": "string"}
ATTENDEES = "#/components/schemas/Attendee"
STAMP = {"type": "string", "format": "date-time"}
EVENT: dict[str, Any] = {
    "type": "object",
    "required": ["id", "title", "status", "start_time", "attendees", "location"],
    "properties": {
        "id": {"type": "string", "pattern": "^evt_[0-9a-z]{20}$"},
        "title": {"type": "string", "maxLength": 200},
        "status": {"enum": ["confirmed", "tentative", "cancelled"]},
        "visibility": {"enum": ["public", "private"]},
        "start_time": STAMP,
        "attendees": {"type": "array", "minItems": 1, "maxItems": 5, "items": {"$ref": ATTENDEES}},
        "location": {
            "oneOf": [
                {"type": "null"},
                {
                    "type": "object",
                    "required": ["type", "address"],
                    "properties": {"type": {"const": "physical"}, "address": {"type": "string"}},
                },
                {
                    "type": "object",
                    "required": ["type", "url"],
                    "properties": {"type": {"const": "video"}, "url": TEXT, "provider": TEXT},
                },
            ]
        },
        "reason": {"type": "string"},
    },
}
ATTENDEE: dict[str, Any] = {
    "type": "object",
    "required": ["email"],
    "properties": {"email": {"type": "string", "format": "email"}, "name": {"type": "string"}},
}
CONTRACT: dict[str, Any] = {"components": {"schemas": {"Event": EVENT, "Attendee": ATTENDEE}}}
STORED: dict[str, Any] = {
    "id": "evt_0123456789abcdefghij",
    "title": "Quarterly review",
    "status": "confirmed",
    "visibility": "private",
    "start_time": "2026-03-02T09:00:00Z",
    "attendees": [{"email": "ada@example.com", "name": "Ada"}, {"email": "max@example.com"}],
    "location": {"type": "video", "url": "https://example.com/x", "provider": "Example"},
    "reason": "because",
}


def repaired(document: dict[str, Any], contract: dict[str, Any], schema: Any) -> Repair:
    validator = jsonschema_rs.Draft202012Validator({**contract, **schema}, validate_formats=True)
    before = copy.deepcopy(document)
    result = repair(
        document, validator=validator, schema=schema, generator=ValueGenerator(contract, seed=1), salt="evt"
    )
    assert document == before, "the stored document itself was changed"
    assert validator.is_valid(result.document)
    return result


def after(edit: Edit, document: dict[str, Any] = STORED) -> Repair:
    """The repair of a stored event under the contract as `edit` changes it."""
    contract = copy.deepcopy(CONTRACT)
    edit(contract["components"]["schemas"])
    return repaired(document, contract, {"$ref": "#/components/schemas/Event"})


def changed(result: Repair, document: dict[str, Any] = STORED) -> set[str]:
    names = {*document, *result.document}
    return {name for name in names if document.get(name, ...) != result.document.get(name, ...)}


def put(*path: str | int, value: Any) -> Edit:
    """The edit that sets the member at `path` below the schemas."""

    def edit(schemas: Any) -> None:
        node = schemas
        for token in path[:-1]:
            node = node[token]
        node[path[-1]] = value

    return edit


def test_src_5_a_valid_document_comes_back_as_it_is() -> None:
    result = after(lambda _: None)
    assert result.document is STORED
    assert (result.filled, result.remade) == ([], [])


PROPERTIES = ("Event", "properties")


@pytest.mark.parametrize(
    ("edit", "filled", "remade"),
    [
        (put(*PROPERTIES, "visibility", value={"enum": ["public"]}), [], ["/visibility"]),
        (put(*PROPERTIES, "title", value={"type": "string", "pattern": "^[a-z]{3}$"}), [], ["/title"]),
        (put(*PROPERTIES, "title", value={"type": "integer"}), [], ["/title"]),
        (put(*PROPERTIES, "title", "maxLength", value=5), [], ["/title"]),
        (put(*PROPERTIES, "reason", value=False), [], ["/reason"]),
        (put(*PROPERTIES, "reason", value={"type": "object", "required": ["code"]}), [], ["/reason"]),
        (put(*PROPERTIES, "attendees", "maxItems", value=1), [], ["/attendees"]),
        (put(*PROPERTIES, "attendees", "minItems", value=4), ["/attendees/*"], []),
        (put(*PROPERTIES, "attendees", value={"type": "string"}), [], ["/attendees"]),
        (put("Attendee", "required", value=["email", "name"]), ["/attendees/*/name"], []),
        (put("Attendee", "properties", "email", "pattern", value="@corp\\."), [], ["/attendees/*/email"]),
        (put("Attendee", "properties", "name", value={"const": "Max"}), [], ["/attendees/*/name"]),
        (put("Attendee", "required", value=["email", "a/b~c"]), ["/attendees/*/a~1b~0c"], []),
        (put(*PROPERTIES, "location", "oneOf", 2, "required", value=["type", "url", "code"]), ["/location/code"], []),
        (put(*PROPERTIES, "location", "oneOf", 2, "properties", "url", value={"const": "x"}), [], ["/location/url"]),
        (put(*PROPERTIES, "location", value={"type": "null"}), [], ["/location"]),
        (put(*PROPERTIES, "id", "pattern", value="^event_[0-9]{9}$"), [], ["/id"]),
        (put("Event", "required", value=["id", "zone"]), ["/zone"], []),
        (put("Event", "additionalProperties", value=False), [], []),
        (put("Event", "not", value={"required": ["reason"]}), [], ["/reason"]),
        (put("Event", "anyOf", value=[{"required": ["added"]}, {"required": ["more", "many"]}]), ["/added"], []),
        (put("Event", "dependentRequired", value={"reason": ["by", "at"]}), ["/by", "/at"], []),
        (put("Event", "minProperties", value=9), [], None),
    ],
)
def test_src_5_only_what_the_edit_touches_changes_and_it_is_reported(
    edit: Edit, filled: list[str], remade: list[str] | None
) -> None:
    result = after(edit)
    if remade is None:  # more members than the schema names: some are added, none is lost
        assert {**result.document, **STORED} == result.document
        assert result.filled
        assert result.remade == []
        return
    assert (result.filled, result.remade) == (filled, remade)
    assert changed(result) == {pointer.split("/")[1] for pointer in [*filled, *remade]}
    for old, new in zip(STORED["attendees"], result.document["attendees"], strict=False):
        for name in old:
            if f"/attendees/*/{name}" not in remade and remade != ["/attendees"]:
                assert new[name] == old[name]


def test_src_5_a_missing_member_gets_the_default_else_the_first_example_else_a_made_value() -> None:
    made = {"type": "string", "format": "email"}
    example = {"examples": ["e@x.com"]}
    for stated, value in (({"default": "d@x.com", **example}, "d@x.com"), (example, "e@x.com")):

        def edit(schemas: Any, stated: Any = stated) -> None:
            schemas["Contact"] = {**made, **stated}
            schemas["Event"]["properties"]["contact"] = {"$ref": "#/components/schemas/Contact"}
            schemas["Event"]["required"].append("contact")

        result = after(edit)
        assert result.document["contact"] == value
        assert result.filled == ["/contact"]

    def bad_default(schemas: Any) -> None:
        schemas["Event"]["properties"]["contact"] = {**made, "default": "not an address"}
        schemas["Event"]["required"].append("contact")

    assert "@example." in after(bad_default).document["contact"]


def test_src_5_duplicates_are_remade_once_items_must_differ() -> None:
    schema = {"type": "array", "items": {"type": "string"}, "uniqueItems": True}
    result = repaired({"tags": ["a", "b", "a", "b", "c"]}, {}, {"properties": {"tags": schema}})
    tags = result.document["tags"]
    assert (tags[0], tags[1], tags[4], len(tags)) == ("a", "b", "c", 5)
    assert result.remade == ["/tags/*"]


def test_src_5_an_item_that_contains_asks_for_is_added_or_takes_the_last_place() -> None:
    tags = {"type": "array", "items": {"type": "string"}, "contains": {"pattern": "^x"}}
    added = repaired({"tags": ["a", "b"]}, {}, {"properties": {"tags": tags}})
    assert added.document["tags"][:2] == ["a", "b"]
    assert (added.filled, added.remade) == (["/tags/*"], [])
    full = repaired({"tags": ["a", "b"]}, {}, {"properties": {"tags": {**tags, "maxItems": 2}}})
    assert full.document["tags"][0] == "a"
    assert (full.filled, full.remade) == ([], ["/tags/*"])


def test_src_5_members_to_keep_are_touched_only_if_nothing_else_helps() -> None:
    rule = {"anyOf": [{"properties": {"id": {"const": "other"}}}, {"properties": {"title": {"const": "other"}}}]}
    result = repaired({"id": "mine", "title": "mine"}, {}, {"type": "object", **rule})
    assert result.document == {"id": "mine", "title": "other"}
    small = {"type": "object", "maxProperties": 1}
    assert repaired({"title": "t", "id": "mine"}, {}, small).document == {"id": "mine"}
    forced = repaired({"id": "mine", "title": "t"}, {}, {"properties": {"id": {"const": "new"}}})
    assert (forced.document, forced.remade) == ({"id": "new", "title": "t"}, ["/id"])


def test_src_5_a_schema_that_nothing_satisfies_is_an_error_and_so_is_one_that_is_no_object() -> None:
    with pytest.raises(Unsatisfiable):
        after(put(*PROPERTIES, "title", value=False))
    with pytest.raises(Unsatisfiable, match="no longer describes an object"):
        after(put("Event", value={"type": "array"}))


def test_src_5_the_same_document_is_repaired_in_the_same_way() -> None:
    edit = put(*PROPERTIES, "title", value={"type": "string", "pattern": "^[a-z]{30}$"})
    assert after(edit) == after(edit)


# ── any edit ──


def member_names(contract: dict[str, Any]) -> list[tuple[dict[str, Any], str]]:
    """Every (object schema, property) of the contract."""
    found = []
    pending: list[Any] = [contract]
    while pending:
        node = pending.pop()
        if isinstance(node, dict):
            found += [(node, name) for name in node["properties"]] if isinstance(node.get("properties"), dict) else []
            pending += node.values()
        elif isinstance(node, list):
            pending += node
    return found


@st.composite
def edited_contracts(draw: st.DrawFn) -> dict[str, Any]:
    contract = copy.deepcopy(CONTRACT)
    for _ in range(draw(st.integers(1, 4))):
        schema, name = draw(st.sampled_from(member_names(contract)))
        match draw(st.sampled_from(["required", "type", "pattern", "enum", "length", "gone", "new", "closed", "any"])):
            case "required":
                schema["required"] = sorted({*schema.get("required", ()), name})
            case "type":
                schema["properties"][name] = {"type": draw(st.sampled_from(["integer", "boolean", "array", "object"]))}
            case "pattern":
                schema["properties"][name] = {**TEXT, "pattern": draw(st.sampled_from(["^[a-z]{8}$", "^\\d+$"]))}
            case "enum":
                schema["properties"][name] = {"enum": draw(st.sampled_from([["public"], ["confirmed", None], [1, 2]]))}
            case "length":
                bound = draw(st.sampled_from(["minLength", "maxLength", "minItems", "maxItems"]))
                schema["properties"][name] = {**without_ref(schema["properties"][name]), bound: draw(st.integers(2, 4))}
            case "gone":
                del schema["properties"][name]
            case "new":
                schema["properties"]["new"] = draw(schemas())
                schema["required"] = [*schema.get("required", ()), "new"]
            case "closed":
                schema["additionalProperties"] = False
                schema["required"] = [known for known in schema.get("required", ()) if known in schema["properties"]]
            case "any":
                schema["properties"][name] = draw(schemas())
        contract["components"]["schemas"].update(copy.deepcopy(DOCUMENT["components"]["schemas"]))
    return contract


def without_ref(schema: Any) -> dict[str, Any]:
    return dict(schema) if isinstance(schema, dict) else {}


@slow
@given(contract=edited_contracts())
def test_src_5_after_any_edit_the_result_is_valid_and_what_fitted_is_kept(contract: dict[str, Any]) -> None:
    schema = {"$ref": "#/components/schemas/Event"}
    generator = ValueGenerator(contract, seed=1)
    try:
        generator.value(schema, salt="s")
    except Unsatisfiable:
        assume(False)
    result = repaired(STORED, contract, schema)
    properties = contract["components"]["schemas"]["Event"]["properties"]
    for name, value in STORED.items():
        if name in properties and generator.schemas.accepts(properties[name], value):
            assert result.document[name] == value
    reported = {pointer.split("/")[1] for pointer in [*result.filled, *result.remade]}
    assert changed(result) == reported
    assert repaired(result.document, contract, schema) == (result.document, [], [])


@slow
@given(old=schemas(), new=schemas())
def test_src_5_a_value_of_any_schema_is_repaired_into_any_other(old: Any, new: Any) -> None:
    generator = ValueGenerator(DOCUMENT, seed=1)
    wrap: Callable[[Any], Any] = lambda schema: {"properties": {"it": schema}, "required": ["it"], "type": "object"}  # noqa: E731
    stored = generator.value(wrap(old), salt="s")
    result = repaired(stored, DOCUMENT, wrap(new))
    reports = [*result.filled, *result.remade]
    assert bool(reports) == (not generator.schemas.accepts(wrap(new), stored))
    assert all(pointer.startswith("/it") for pointer in reports)
