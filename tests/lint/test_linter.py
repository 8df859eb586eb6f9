"""`smartcal lint`: nothing is found in what is sound, and each fault is found on its line."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from smartcal_api.contract import Document, shipped
from smartcal_api.lint.index import Index
from smartcal_api.lint.linter import brought, lint
from smartcal_api.lint.rules import RULES, Level
from tests.changes.small import SMALL
from tests.edits import drop, put, replace, write
from tests.lint.faults import KINDS
from tests.lint.planting import Faults
from tests.lint.sound import document, sound

CONTROL = Path(__file__).parents[2] / "src/smartcal_api/control/control.yaml"


def as_3_0(data: dict[str, Any]) -> dict[str, Any]:
    """The same of OpenAPI 3.0, whose schemas know less."""
    text = yaml.safe_dump(data, sort_keys=False).replace("const: paper", "enum: [paper]").replace("3.1.0", "3.0.3")
    found: dict[str, Any] = yaml.safe_load(text.replace("const: audio", "enum: [audio]"))
    schemas = found["components"]["schemas"]
    schemas["NewBook"]["properties"]["pages"] = {"type": "integer", "nullable": True, "minimum": 1}
    schemas["BookId"]["example"] = schemas["BookId"].pop("examples")[0]
    return found


def test_nothing_is_found_in_sound_documents_ours_and_others() -> None:
    assert [str(each) for each in lint(Document.read(shipped()))] == []
    assert {each.rule for each in lint(Document.read(CONTROL))} <= {"load/refused", "load/idle", "extension/foreign"}
    for data in (sound(), as_3_0(sound())):
        assert [str(each) for each in lint(document(data)) if each.level is not Level.NOTE] == []
    assert {each.rule for each in lint(document(SMALL))} <= {"security/scope-unused", "load/not-served"}


@pytest.mark.parametrize("version", ["3.1", "3.0"])
def test_each_kind_of_fault_is_found_on_its_line(version: str) -> None:
    """All kinds but those that a document of this version can't have."""
    data = sound() if version == "3.1" else as_3_0(sound())
    seen, missed = set(), []
    for kind, wrong, at in [each for seed in range(2) for each in Faults(document(data)).some(seed)]:
        seen.add(kind)
        edited = document(wrong)
        found = lint(edited)
        if not any(each.line == edited.line(at) for each in found):
            missed.append((kind, at, [(each.rule, each.pointer) for each in found]))
    assert missed == []
    absent = {"slip in example", "slip in callback", *({"nullable"} if version == "3.0" else ())}
    assert KINDS.keys() - seen <= absent | {each for each in KINDS if each.startswith("slip in")}


def test_faults_in_our_contract_are_found_on_their_lines_too() -> None:
    kinds = {"keyword", "required", "pointer of a link", "scope", "closed", "bounds"}
    faults = Faults(Document.read(shipped()))
    for kind, wrong, at in faults.some(7, kinds):
        edited = document(wrong)
        assert edited.line(at) in [each.line for each in lint(edited)], kind


def _edit(pointer: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def edit(data: dict[str, Any]) -> None:
        *path, last = pointer.split("/")[1:]
        for token in path:
            token = token.replace("~1", "/")
            data = data[int(token)] if isinstance(data, list) else data[token]
        if isinstance(data, list):
            data[int(last)] = value
        else:
            data[last.replace("~1", "/")] = value

    return edit


@pytest.mark.parametrize(
    ("pointer", "value", "rule", "at"),
    [
        ("/components/schemas/BookId", {"$ref": "#/components/schemas/BookId"}, "reference/circle", "/$ref"),
        ("/components/schemas/BookId/maxLength", 5, "schema/bounds", "/components/schemas/BookId/pattern"),
        ("/components/schemas/BookId/pattern", "$b", "schema/pattern-empty", ""),
        ("/components/schemas/NewBook/nullable", True, "schema/keyword-of-another-version", ""),
        ("/components/schemas/NewBook/dependencies", {}, "schema/keyword-of-another-version", ""),
        ("/components/schemas/NewBook/properties/state/type", "integer", "schema/enum-type", "/enum/0"),
        ("/components/parameters/Trace/name", "Authorization", "parameter/ignored", "/components/parameters/Trace"),
        ("/components/parameters/Trace/example", "x", "example/invalid", ""),
        ("/paths/~1books~1{other}", {"get": {}}, "path/twice", ""),
        ("/paths/~1books~1{bookId", {}, "path/form", ""),
        ("/paths/~1books/get/parameters/1/schema/default", 200, "schema/default", ""),
        ("/components/responses/Problem/content", {"json": {}}, "media-type/form", "/json"),
        ("/paths/~1books/get/responses/200/content/application~1json/example", [], "example/both", ""),
        ("/webhooks", {"gone": {"post": {"responses": {"2x": {"description": ""}}}}}, "operation/status", "2x"),
        ("/openapi", "2.0", "document/version", "/openapi"),
        ("/paths/~1books/get/externalDocs", {"$ref": "#/info"}, "structure/unknown-member", "/$ref"),
        ("/components/schemas/Book/allOf/0", {"$ref": "#/components/responses/Problem"}, "reference/kind", ""),
        ("/components/schemas/Lost", {"$ref": "no-such-file.yaml#/x"}, "reference/nowhere", ""),
    ],
)
def test_what_a_rule_is_for_is_found(pointer: str, value: Any, rule: str, at: str) -> None:
    data = sound()
    _edit(pointer, value)(data)
    found = [each for each in lint(document(data)) if each.rule == rule]
    assert found
    assert any(at in each.pointer for each in found)


@pytest.mark.parametrize(
    ("edits", "rule"),
    [
        ([put("/x-rate-limits/0/limit", 90)], "text/limit"),
        ([drop("/info/contact/x-source")], "source/missing"),
        ([put("/x-ids/prefixes/event", "event_")], "handler/id-form"),
        ([put("/paths/~1api~1v1~1events/get/x-color", "red")], "extension/foreign"),
        ([put("/paths/~1api~1v1~1events/get/x-ordr", ["id"])], "load/refused"),
        ([replace("booking_already_cancelled", "already_cancelled")], "handler/unfit"),
    ],
)
def test_what_only_serving_knows_is_found_in_our_contract(tmp_path: Path, edits: list[Any], rule: str) -> None:
    found = lint(Document.read(write(tmp_path / "edited.yaml", *edits)))
    assert rule in {each.rule for each in found}, found


def test_the_owasp_set_is_asked_for() -> None:
    data = sound()
    data["servers"].append({"url": "http://example.com"})
    data["components"]["securitySchemes"]["key"]["in"] = "query"
    data["components"]["schemas"]["NewBook"]["properties"]["title"].pop("maxLength")
    data["components"]["schemas"]["NewBook"]["properties"]["keywords"].pop("maxItems")
    assert not [each for each in lint(document(data)) if each.rule.startswith("owasp/")]
    found = {each.rule for each in lint(document(data), ["owasp"])}
    wanted = ("unbounded-string", "unbounded-array", "missing-429", "missing-403", "secret-in-url", "plain-http")
    assert {f"owasp/{each}" for each in wanted} <= found


def test_what_moved_is_not_new_and_what_came_is() -> None:
    data = sound()
    data["components"]["schemas"]["Idle"] = {"type": "string"}
    before = lint(document(data))
    data["paths"]["/books"]["get"]["parameters"].insert(0, {"name": "x", "in": "query", "schema": {"type": "strng"}})
    assert [each.rule for each in brought(lint(document(data)), before)] == ["structure/type"]


def test_every_rule_says_what_it_finds_and_every_object_can_be_read() -> None:
    assert all(rule.says and rule.why.endswith((".", "]")) for rule in RULES.values())
    kinds = {kind for kind, _ in Index(document(copy.deepcopy(sound()))).nodes.values()}
    assert {"document", "link", "callback", "flow", "encoding", "discriminator", "server variable"} <= kinds
