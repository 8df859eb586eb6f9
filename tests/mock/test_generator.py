"""SRC 3 and 5: any schema that can be satisfied gets a valid value, the same on any machine."""

import json
import os
import subprocess
import sys
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smartcal_api.mock import Unsatisfiable, ValueGenerator

from .strategies import DOCUMENT, schemas

GENERATOR = ValueGenerator(DOCUMENT, seed=7)
slow = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def valid(schema: Any, value: Any, document: Any = DOCUMENT) -> bool:
    """By a validator that shares nothing with the generator's own: the whole document around the schema."""
    root = schema if isinstance(schema, bool) else {**document, **schema}
    return jsonschema_rs.Draft202012Validator(root, validate_formats=True).is_valid(value)


@slow
@given(schema=schemas(), salt=st.text(max_size=3))
def test_src_3_any_satisfiable_schema_gets_a_valid_value(schema: Any, salt: str) -> None:
    value = GENERATOR.value(schema, salt=salt)
    assert valid(schema, value), (schema, value)
    assert json.loads(json.dumps(value, allow_nan=False)) == value


@slow
@given(schema=schemas(), name=st.sampled_from(["", "email", "count"]))
def test_src_3_the_same_inputs_give_the_same_value_in_another_generator(schema: Any, name: str) -> None:
    GENERATOR.value({"type": "string"}, salt="whatever came before")
    once = GENERATOR.value(schema, salt="s", name=name)
    again = ValueGenerator(DOCUMENT, seed=7).value(schema, salt="s", name=name)
    assert json.dumps(once) == json.dumps(again)


SCRIPT = """
import json
from smartcal_api.mock import ValueGenerator
from smartcal_api.mock.formats import FORMATS
from smartcal_api.mock.names import TEXTS
document = json.load(open(0))
generator = ValueGenerator(document, seed=3)
made = [generator.value({"type": "string"}, salt=salt, name=name) for name in TEXTS for salt in "abc"]
made += [generator.value({"type": "string", "format": name}, salt=salt) for name in FORMATS for salt in "abc"]
patterns = ["^[^ab]{9}$", "^[^\\\\d]{9}$", "^\\\\W\\\\S\\\\D\\\\w.{5}$", "^[\\\\x20-\\\\x7e]{8}$", "^(a|b|c|d){6}$"]
made += [generator.value({"type": "string", "pattern": pattern}, salt="a") for pattern in patterns]
refs = ["#/components/schemas/" + name for name in document["components"]["schemas"]]
made += [generator.value({"$ref": ref}, salt="a") for ref in refs]
print(json.dumps(made))
"""


def test_src_3_values_do_not_depend_on_the_hash_seed_the_clock_or_the_time_zone() -> None:
    outputs = []
    for hash_seed, zone in (("0", "UTC"), ("1", "Asia/Tokyo"), ("4242", "America/Lima")):
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "TZ": zone}
        command = [sys.executable, "-c", SCRIPT]
        done = subprocess.run(
            command, input=json.dumps(DOCUMENT), env=environment, capture_output=True, text=True, check=True
        )
        outputs.append(done.stdout)
    assert len(set(outputs)) == 1
    assert len(json.loads(outputs[0])) > 100


def test_src_3_another_seed_or_salt_gives_another_value() -> None:
    schema = {"type": "string", "pattern": "^[a-z]{20}$"}
    made = {ValueGenerator({}, seed=seed).value(schema, salt=salt) for seed in (1, 2, -1, 2**70) for salt in ("a", "b")}
    assert len(made) == 8


def test_src_3_adding_a_property_changes_no_other() -> None:
    small: dict[str, Any] = {
        "properties": {"email": {"type": "string"}, "title": {"type": "string"}},
        "required": ["email", "title"],
    }
    large = {"properties": {"city": {"type": "string"}, **small["properties"]}, "required": ["email", "title", "city"]}
    one = GENERATOR.value(small, salt="s")
    other = GENERATOR.value(large, salt="s")
    assert {**other, **one} == other


def test_src_3_siblings_draw_independently() -> None:
    email = {"type": "string", "format": "email"}
    schema = {"type": "object", "required": ["a", "b"], "properties": {"a": email, "b": email}}
    pairs = [GENERATOR.value(schema, salt=str(salt)) for salt in range(20)]
    assert sum(pair["a"] == pair["b"] for pair in pairs) < 5
    lists = [GENERATOR.value({"type": "array", "items": email, "minItems": 3}, salt=str(salt)) for salt in range(20)]
    assert sum(len(set(emails)) < len(emails) for emails in lists) < 5


OPEN = {"type": "object", "properties": {name: {"type": "integer"} for name in "abc"}}


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "integer", "minimum": 0, "maximum": 4, "not": {"enum": [0, 1, 2]}},
        {"not": {"type": ["string", "number"]}},
        {**OPEN, "not": {"required": ["a"]}},
        {**OPEN, "oneOf": [{"required": ["a"]}, {"required": ["b"]}]},
        {**OPEN, "oneOf": [{"properties": {"a": {"minimum": 50}}}, {"properties": {"a": {"maximum": 60}}}]},
        {**OPEN, "anyOf": [False, {"required": ["a"], "properties": {"a": False}}, {"required": ["c"]}]},
        {**OPEN, "if": {"required": ["a"]}, "then": {"required": ["b"]}, "else": {"not": {"required": ["b"]}}},
        {**OPEN, "if": {"required": ["a"]}, "else": {"required": ["x"], "properties": {"x": {"const": 1}}}},
        {**OPEN, "dependentSchemas": {"a": {"required": ["x"], "properties": {"x": {"type": "null"}}}}},
        {**OPEN, "allOf": [{"properties": {"x": {"const": 1}}, "required": ["x"]}], "unevaluatedProperties": False},
        {**OPEN, "additionalProperties": False, "allOf": [{"properties": {"x": {"const": 1}}}]},
        {"type": "array", "items": {"enum": [1, 2, 3]}, "contains": {"const": 3}, "minContains": 2, "maxContains": 2},
        {"type": "array", "prefixItems": [{"type": "integer"}], "contains": {"minimum": 900}, "maxItems": 1},
        {"type": "array", "uniqueItems": True, "minItems": 2, "items": {"type": "boolean"}},
        {"type": "array", "minItems": 1, "items": {"type": ["integer", "boolean"]}, "uniqueItems": True},
        {"allOf": [{"type": "string", "pattern": "^[ab]{2}$"}, {"pattern": "^a"}]},
        {"allOf": [{"enum": ["a", "b", "c"]}, {"enum": ["c", "d"]}]},
        {"minLength": 3, "type": ["integer", "string", "null"], "maximum": 2},
        {"properties": {"a": True, "b": False}, "minProperties": 3},
        {"type": "object", "propertyNames": {"enum": ["x", "y"]}, "minProperties": 2},
        {"type": "object", "patternProperties": {"^n": {"type": "integer"}}, "required": ["name", "other"]},
    ],
)
def test_src_3_rules_between_keywords_are_met_by_trying_again(schema: Any) -> None:
    for salt in range(25):
        value = GENERATOR.value(schema, salt=str(salt))
        assert valid(schema, value), value


def test_src_3_a_hopeless_maze_of_branches_ends() -> None:
    def ref(level: int) -> Any:
        return {"$ref": f"#/components/schemas/L{level}"}

    levels: dict[str, Any] = {"L0": False}
    for level in range(1, 40):
        branches = [{"required": [name], "properties": {name: ref(level - 1)}} for name in ("a", "b")]
        levels[f"L{level}"] = {"type": "object", "anyOf": branches}
    with pytest.raises(Unsatisfiable):
        ValueGenerator({"components": {"schemas": levels}}, seed=1).value(ref(39), salt="s")


def test_src_3_a_value_shares_nothing_with_the_schema_it_came_from() -> None:
    schema = {"const": {"list": [1]}}
    GENERATOR.value(schema, salt="s")["list"].append(2)
    assert GENERATOR.value(schema, salt="s") == {"list": [1]}


def test_src_3_importing_the_package_imports_neither_faker_nor_rstr() -> None:
    code = "import sys, smartcal_api.mock; assert not {'faker', 'rstr'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_src_3_an_example_is_the_answer_where_keywords_fail_and_only_there() -> None:
    hopeless = {"type": "string", "pattern": "^(?=.*x)(?=.*[0-9])(?!.*y)[a-z]{4}[0-9]{2}q$"}
    with pytest.raises(Unsatisfiable):
        GENERATOR.value({**hopeless, "examples": ["no match"]}, salt="s")
    assert GENERATOR.value({**hopeless, "examples": ["no", "abcx12q"]}, salt="s") == "abcx12q"
    assert GENERATOR.value({**hopeless, "default": "abcx12q"}, salt="s") == "abcx12q"
    assert GENERATOR.value({"type": "string", "format": "uuid", "examples": ["x"]}, salt="s") != "x"


@pytest.mark.parametrize(
    ("schema", "where"),
    [
        (False, "/"),
        ({"type": "integer", "minimum": 3, "maximum": 2}, "/"),
        ({"properties": {"a": {"items": {"type": "string", "minLength": 3, "maxLength": 2}, "minItems": 1}}}, None),
        (
            {"required": ["a"], "properties": {"a": {"items": {"minLength": 3, "maxLength": 2}, "minItems": 1}}},
            "/properties/a/items",
        ),
        ({"required": ["x/y"], "properties": {"x/y": {"pattern": "[", "type": "string"}}}, "/properties/x~1y"),
        ({"required": ["a"], "properties": {"a": False}}, "/properties/a"),
        ({"allOf": [{"type": "string"}, {"type": "integer"}]}, "/"),
        ({"enum": ["a", "b"], "maxLength": 0}, "/"),
        ({"type": "array", "items": {"enum": [1, 2]}, "uniqueItems": True, "minItems": 3}, "/items"),
        ({"$ref": "#/components/schemas/Endless"}, "#/components/schemas/Endless"),
        ({"$ref": "#/components/schemas/Itself"}, "#/components/schemas/Itself"),
        ({"$ref": "#/components/schemas/Bad"}, "#/components/schemas/Bad/properties/code"),
        ({"$ref": "#/components/schemas/Missing"}, "#/components/schemas/Missing"),
        ({"$ref": "other.yaml#/x"}, "other.yaml#/x"),
        ({"type": "string", "minLength": 10**9}, "/"),
    ],
)
def test_src_3_an_unsatisfiable_schema_says_where_and_what_to_do(schema: Any, where: str | None) -> None:
    endless = {"required": ["next"], "properties": {"next": {"$ref": "#/components/schemas/Endless"}}}
    bad = {"required": ["code"], "properties": {"code": {"type": "string", "pattern": "^(?!)$"}}}
    itself = {"$ref": "#/components/schemas/Itself"}
    generator = ValueGenerator({"components": {"schemas": {"Endless": endless, "Itself": itself, "Bad": bad}}}, seed=1)
    if where is None:
        assert generator.value(schema, salt="s") == {}
        return
    with pytest.raises(Unsatisfiable, match="give the schema an example") as caught:
        generator.value(schema, salt="s")
    assert caught.value.where == where
    assert str(caught.value).startswith(where + ": ")
    assert isinstance(caught.value, ValueError)


def test_src_3_a_recursive_type_ends_by_leaving_members_out_and_lists_empty() -> None:
    def depth(node: dict[str, Any]) -> int:
        inner = [*node.get("children", ()), *([node["child"]] if "child" in node else [])]
        return 1 + max(map(depth, inner), default=0)

    depths = {depth(GENERATOR.value({"$ref": "#/components/schemas/Node"}, salt=str(salt))) for salt in range(20)}
    assert max(depths) == 2


def test_src_3_a_type_with_many_recursive_members_stays_small_and_quick() -> None:
    ref = {"$ref": "#/components/schemas/Wide"}
    members: dict[str, Any] = {f"m{index}": {"type": "array", "items": ref} for index in range(25)}
    generator = ValueGenerator({"components": {"schemas": {"Wide": {"type": "object", "properties": members}}}}, seed=1)
    assert len(json.dumps(generator.value(ref, salt="s"))) < 100_000
