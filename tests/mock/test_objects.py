"""SRC 3: a response looks full."""

from typing import Any

import pytest

from smartcal_api.mock import Unsatisfiable, ValueGenerator

GENERATOR = ValueGenerator({}, seed=5)


def integers(names: str) -> dict[str, Any]:
    return {name: {"type": "integer"} for name in names}


def many(schema: Any) -> list[Any]:
    return [GENERATOR.value(schema, salt=str(salt)) for salt in range(60)]


def test_src_3_optional_members_are_mostly_there_and_sometimes_not() -> None:
    made = many({"type": "object", "properties": {f"p{index}": {"type": "integer"} for index in range(10)}})
    assert 480 < sum(map(len, made)) < 600


def test_src_3_null_is_rare_and_occurs() -> None:
    text, null = {"type": "string"}, {"type": "null"}
    for schema in ({"type": ["string", "null"]}, {"anyOf": [text, null]}, {"enum": ["a", None]}):
        assert 1 <= many(schema).count(None) < 25


def test_src_3_members_stand_in_the_order_of_the_schema() -> None:
    schema = {"required": ["c", "a"], "properties": integers("abc")}
    assert all(list(value) == sorted(value) for value in many(schema))


def test_src_3_closed_objects_stay_closed_and_limits_hold() -> None:
    properties = integers("abcdef")
    schema = {"properties": properties, "required": ["f"], "maxProperties": 3, "additionalProperties": False}
    assert all("f" in value and len(value) <= 3 for value in many({"type": "object", **schema}))
    with pytest.raises(Unsatisfiable):
        GENERATOR.value({"type": "object", "additionalProperties": False, "minProperties": 1}, salt="s")


def test_src_3_minProperties_uses_the_properties_before_inventing_any() -> None:
    schema = {"type": "object", "properties": integers("abc"), "minProperties": 3}
    assert all(set(value) == {*"abc"} for value in many(schema))


def test_src_3_a_map_has_entries_and_names_that_its_rules_allow() -> None:
    schema = {"additionalProperties": {"type": "integer"}, "propertyNames": {"pattern": "^k[0-9]+$"}, "type": "object"}
    assert all(value and all(name[0] == "k" for name in value) for value in many(schema))


def test_src_3_dependent_members_come_together() -> None:
    schema = {"type": "object", "properties": integers("abc"), "dependentRequired": {"a": ["b"], "b": ["c"]}}
    assert all("c" in value for value in many(schema) if "a" in value)
