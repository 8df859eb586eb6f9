"""Overlays change a document as the OAI Overlay Specification says, and whatever they bring keeps its file and line."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartcal_api.contract import Contract, Document
from smartcal_api.contract.overlay import Overlay
from smartcal_api.errors import ContractError

BASE = """openapi: 3.1.0
info: {title: Base, version: "1"}
tags: [a, b]
paths:
  /x:
    get:
      summary: Old
      parameters: [{name: p}, {name: q}]
"""


def applied(*actions: Any, version: str = "1.1.0", base: str = BASE, **more: Any) -> Document:
    text = json.dumps(
        {"overlay": version, "info": {"title": "t", "version": "1"}, "actions": actions, **more}, indent=1
    )
    return Document(Path("base.yaml"), base.encode(), [Overlay(Path("o.json"), text.encode())])


def test_objects_are_merged_arrays_grow_and_values_are_replaced() -> None:
    document = applied(
        {"target": "$.paths['/x'].get", "update": {"summary": "New", "tags": ["t"], "parameters": [{"name": "r"}]}},
        {"target": "$.tags", "update": "c"},
        {"target": "$.info.title", "update": "Other"},
    )
    operation = document.data["paths"]["/x"]["get"]
    assert operation == {"summary": "New", "parameters": [{"name": "p"}, {"name": "q"}, {"name": "r"}], "tags": ["t"]}
    assert (document.data["tags"], document.data["info"]["title"]) == (["a", "b", "c"], "Other")
    assert document.plain.data["info"]["title"] == "Base"


def test_nodes_are_removed_all_that_are_selected_and_copied_from_where_they_are() -> None:
    document = applied(
        {"target": "$.paths['/x'].get.parameters[*]", "remove": True},
        {"target": "$.paths", "update": {"/y": {}}},
        {"target": "$.paths['/y']", "copy": "$.paths['/x']"},
        {"target": "$.paths['/x'].get.summary", "remove": True, "update": "ignored"},
    )
    assert document.data["paths"] == {
        "/x": {"get": {"parameters": []}},
        "/y": {"get": {"summary": "Old", "parameters": []}},
    }


def test_an_action_of_1_2_can_be_a_reference() -> None:
    named = {"actions": {"retitle": {"target": "$.info.title", "update": "By name"}}}
    document = applied({"$ref": "#/components/actions/retitle"}, version="1.2.0", components=named)
    assert document.data["info"]["title"] == "By name"


def test_every_node_knows_its_file_and_its_line() -> None:
    document = applied({"target": "$.info", "update": {"license": {"name": "L"}}})
    assert document.place("/info/title") == (Path("base.yaml"), 2)
    file, line = document.place("/info/license/name")
    assert (file, line) == (Path("o.json"), 12)
    wrong = document.error([*_finding("/info/license/name"), *_finding("/info/title")])
    assert [line.split(" ")[0] for line in str(wrong).splitlines()] == ["base.yaml:2:", "o.json:12:"]


def _finding(pointer: str) -> Any:
    from smartcal_api.errors import Finding

    return [Finding(pointer, "is wrong")]


@given(value=st.recursive(st.none() | st.booleans() | st.integers(-5, 5) | st.text("abc", max_size=3), st.lists))
def test_whatever_an_overlay_says_is_what_stands_there_then(value: Any) -> None:
    document = applied({"target": "$.info", "update": {"x-any": value}})
    assert document.data["info"]["x-any"] == value
    assert json.loads(document.text) == document.data
    assert document.sha256 != document.plain.sha256


@pytest.mark.parametrize(
    ("action", "said"),
    [
        ({"target": "$.info[", "update": {}}, "is not JSONPath (RFC 9535)"),
        ({"target": "info", "update": {}}, "is not JSONPath (RFC 9535)"),
        ({"update": {}}, "an action has a target"),
        ({"target": "$.info", "updates": {}}, "an action has no 'updates'"),
        ({"target": "$.info", "update": "x"}, "a single value can't be merged into an object"),
        ({"target": "$.info.title", "update": {}}, "an object can't be merged into a single value"),
        ({"target": "$.info", "copy": "$.tags[*]"}, "selects 2 nodes; copy takes one"),
        ({"target": "$", "remove": True}, "the whole document can't be removed"),
        ({"$ref": "#/components/actions/no"}, "#/components/actions/no leads nowhere"),
        ("x", "an action is an object"),
    ],
)
def test_what_can_not_be_done_is_told_with_its_line(action: Any, said: str) -> None:
    with pytest.raises(ContractError) as refused:
        applied(action)
    assert said in str(refused.value)
    assert str(refused.value).startswith("o.json:")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("overlay: 2.0.0", "o.yaml:1: /: is not an overlay: 'overlay' is 1.0.x, 1.1.x or 1.2.x"),
        ("openapi: 3.1.0", "o.yaml:1: /: is not an overlay"),
        ("overlay: 1.0.0\nactions: []", "o.yaml:2: /: has no actions"),
        ("overlay: 1.0.0\n  x: {", "o.yaml:2: /: is not YAML"),
    ],
)
def test_what_is_no_overlay_is_told_so(text: str, said: str) -> None:
    with pytest.raises(ContractError) as refused:
        Overlay(Path("o.yaml"), text.encode())
    assert str(refused.value).startswith(said)


def test_what_selects_nothing_is_told_once_and_changes_nothing(caplog: pytest.LogCaptureFixture) -> None:
    document = applied({"target": "$.paths['/nowhere']", "update": {"a": 1}})
    document.line("/info")
    assert [record.getMessage() for record in caplog.records] == [
        "o.json:9: $.paths['/nowhere'] selects nothing, so nothing is changed"
    ]
    assert document.data == document.plain.data


def test_the_contract_with_an_overlay_is_checked_like_any_other(tmp_path: Path) -> None:
    path = tmp_path / "mine.overlay.yaml"
    path.write_text(
        "overlay: 1.1.0\ninfo: {title: Mine, version: '1'}\nactions:\n"
        "  - target: $['x-lifetimes']\n    update:\n      access_token: fine\n"
    )
    with pytest.raises(ContractError, match=r"mine\.overlay\.yaml:6: /x-lifetimes/access_token: "):
        Contract.read(overlays=[path])
    path.write_text(path.read_text().replace("fine", "7200"))
    assert Contract.read(overlays=[path]).data["x-lifetimes"]["access_token"] == 7200
