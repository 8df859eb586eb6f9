"""SRC 3: what must hold together holds together."""

from typing import Any

import pytest

from smartcal_api.mock.merging import both, merge


@pytest.mark.parametrize(
    ("one", "other", "merged"),
    [
        ({"minimum": 1}, {"minimum": 2}, {"minimum": 2}),
        ({"maxItems": 1}, {"maxItems": 2}, {"maxItems": 1}),
        ({"multipleOf": 4}, {"multipleOf": 6}, {"multipleOf": 12}),
        ({"multipleOf": 0.5}, {"multipleOf": 0.75}, {"multipleOf": 1.5}),
        ({"type": ["string", "null"]}, {"type": "string"}, {"type": ["string"]}),
        ({"type": "number"}, {"type": "integer"}, {"type": ["integer"]}),
        ({"type": ["number", "integer"]}, {"type": "number"}, {"type": ["number"]}),
        ({"type": "string"}, {"type": "integer"}, {"type": []}),
        ({"required": ["a"]}, {"required": ["b", "a"]}, {"required": ["a", "b"]}),
        ({"enum": [1, 2]}, {"const": 1}, {"const": 1}),
        ({"items": {"a": 1}}, {"items": {"b": 1}}, {"items": {"allOf": [{"a": 1}, {"b": 1}]}}),
        ({"items": False}, {"items": {"b": 1}}, {"items": False}),
    ],
)
def test_src_3_two_schemas_become_one(one: Any, other: Any, merged: Any) -> None:
    assert merge(one, other) == merged


def test_src_3_a_member_must_also_satisfy_the_side_that_does_not_name_it() -> None:
    closed = {"properties": {"a": {"type": "string"}}, "additionalProperties": False}
    merged = merge(closed, {"properties": {"a": {"minLength": 1}, "b": {}}})
    assert merged["properties"] == {"a": both({"type": "string"}, {"minLength": 1}), "b": False}
