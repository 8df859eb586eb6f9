"""SRC 3: references are followed as JSON pointers, branches are all visited."""

import pytest

from smartcal_api.mock import Unsatisfiable
from smartcal_api.mock.schemas import Choices, Schemas


def test_src_3_successive_turns_visit_every_combination() -> None:
    seen = set()
    for turn in range(100, 124):
        choices = Choices(turn)
        seen.add((choices.pick("ab"), choices.pick("abc"), choices.pick("abcd")))
        assert choices.total == 24
    assert len(seen) == 24


def test_src_3_references_lead_through_escapes_lists_and_inside_each_other() -> None:
    inner = {"type": "object", "properties": {"deep": {"type": "string", "maxLength": 2}}}
    document = {
        "components": {"schemas": {"A/B~C": inner}},
        "paths": {"/x": {"get": {"parameters": [{"schema": {"$ref": "#/components/schemas/A~1B~0C"}}]}}},
    }
    schemas = Schemas(document)
    for ref, good, bad in (
        ("#/paths/~1x/get/parameters/0/schema", {"deep": "ab"}, {"deep": "abc"}),
        ("#/components/schemas/A~1B~0C/properties/deep", "ab", "abc"),
        ("#/components/schemas/A%7E1B~0C", {"deep": "ab"}, []),
    ):
        assert schemas.accepts({"$ref": ref}, good)
        assert not schemas.accepts({"$ref": ref}, bad)
    outer = {"allOf": [{"$ref": "#/components/schemas/A~1B~0C"}], "properties": {"more": {"$ref": ref}}}
    assert schemas.accepts(outer, {"deep": "a", "more": {}})
    assert document["components"] == {"schemas": {"A/B~C": inner}}


def test_src_3_a_reference_into_what_another_one_reaches_is_followed() -> None:
    pair = {"type": "array", "prefixItems": [{"type": "integer"}]}
    schemas = Schemas({"components": {"schemas": {"Pair": pair}}})
    whole, first = {"$ref": "#/components/schemas/Pair"}, {"$ref": "#/components/schemas/Pair/prefixItems/0"}
    assert schemas.accepts({"properties": {"whole": whole, "first": first}}, {"whole": [1], "first": 1})
    assert not schemas.accepts({"properties": {"whole": whole, "first": first}}, {"whole": [1], "first": "1"})


@pytest.mark.parametrize("schema", [{"type": "nope"}, {"pattern": "("}, {"minLength": "x"}])
def test_src_3_what_is_not_a_schema_says_so(schema: dict[str, object]) -> None:
    with pytest.raises(Unsatisfiable, match="not a schema of Draft 2020-12"):
        Schemas({}).accepts(schema, 1)


def test_src_3_examples_and_defaults_are_found_behind_references() -> None:
    schemas = Schemas({"components": {"schemas": {"A": {"examples": [1, 2], "default": 3}}}})
    schema = {"allOf": [{"$ref": "#/components/schemas/A"}], "example": 0}
    assert schemas.examples(schema) == [0, 1, 2]
    assert schemas.defaults(schema) == [3]
