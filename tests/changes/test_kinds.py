"""Every kind of change has the weight that its direction gives it (the truth is written beside each)."""

from typing import Any

import pytest

from smartcal_api.changes.delta import Level, Proof
from tests.changes.small import Edit, difference

BREAKING, RISKY, SAFE, NOTHING = "breaking", "risky", "safe", "nothing"


def at(*steps: Any) -> Any:
    """A function from the document to what the steps lead to."""

    def found(data: Any) -> Any:
        for step in steps:
            data = data[step]
        return data

    return found


LIST, ADD, GET = at("paths", "/things", "get"), at("paths", "/things", "post"), at("paths", "/things/{thing_id}", "get")
NEW, THING, NOTICE = (at("components", "schemas", name) for name in ("NewThing", "Thing", "Notice"))
SCHEMES = at("components", "securitySchemes")


def parameter(index: int, **members: Any) -> Edit:
    return lambda d: LIST(d)["parameters"][index].update(members)


def schema(index: int, **members: Any) -> Edit:
    return lambda d: LIST(d)["parameters"][index]["schema"].update(members)


def added(**members: Any) -> Edit:
    return lambda d: LIST(d)["parameters"].append(members)


def member(holder: Any, name: str, value: Any) -> Edit:
    return lambda d: holder(d)["properties"].__setitem__(name, value)


def gone(holder: Any, name: str) -> Edit:
    return lambda d: holder(d)["properties"].pop(name)


def all_of(*edits: Edit) -> Edit:
    def edit(data: dict[str, Any]) -> None:
        for each in edits:
            each(data)

    return edit


def answer(data: Any) -> Any:
    return LIST(data)["responses"]["200"]


def shape(name: str, *, maximum: int, both: bool = False) -> Edit:
    """The size that one of two shapes may have, told apart by a member, or that both may have."""
    return lambda d: [
        each["properties"]["size"].update(maximum=maximum)
        for each in THING(d)["properties"]["shape"]["oneOf"]
        if both or each["properties"]["kind"]["const"] == name
    ]


def told_apart(**members: Any) -> Edit:
    return lambda d: THING(d)["properties"]["shape"].update(discriminator=members)


def variable(**members: Any) -> Edit:
    host = {"default": "api", **members}
    return lambda d: d.update(servers=[{"url": "https://{host}.example.com", "variables": {"host": host}}])


TEXT = {"type": "string"}
KINDS: list[tuple[str, Edit, str]] = [
    # The document
    ("noop", lambda _: None, NOTHING),
    ("path-removed", lambda d: d["paths"].pop("/things"), BREAKING),
    ("op-removed", lambda d: d["paths"]["/things"].pop("get"), BREAKING),
    ("op-added", lambda d: d["paths"]["/things"].update(put={"responses": {"200": {"description": "x"}}}), SAFE),
    ("op-query-added", lambda d: d["paths"]["/things"].update(query={"responses": {}}), SAFE),
    (
        "path-param-renamed",
        lambda d: (
            d["paths"].update({"/things/{id}": d["paths"].pop("/things/{thing_id}")}),
            d["paths"]["/things/{id}"]["get"]["parameters"][0].update(name="id"),
        ),
        NOTHING,
    ),
    ("opid-changed", lambda d: LIST(d).update(operationId="things"), RISKY),
    ("server-url-changed", lambda d: d.update(servers=[{"url": "https://other.example.com"}]), BREAKING),
    ("server-added", lambda d: d["servers"].append({"url": "https://b.example.com"}), SAFE),
    (
        "server-variable-equal",
        lambda d: d.update(
            servers=[{"url": "https://{h}.example.com/", "variables": {"h": {"default": "api", "enum": ["api"]}}}]
        ),
        NOTHING,
    ),
    ("desc-only", lambda d: LIST(d).update(description="other", summary="words"), NOTHING),
    ("op-deprecated", lambda d: LIST(d).update(deprecated=True), RISKY),
    ("x-ext-changed", lambda d: LIST(d).update({"x-colour": "blue"}), RISKY),
    # Parameters
    ("q-param-removed", lambda d: LIST(d)["parameters"].pop(2), RISKY),
    ("q-param-optional-added", added(name="new", **{"in": "query"}, schema=TEXT), SAFE),
    ("q-param-required-added", added(name="new", **{"in": "query"}, required=True, schema=TEXT), BREAKING),
    ("param-became-required", parameter(2, required=True), BREAKING),
    ("header-param-required-added", added(name="X-New", **{"in": "header"}, required=True, schema=TEXT), BREAKING),
    ("param-enum-removed", schema(0, enum=["a"]), BREAKING),
    ("param-enum-added", schema(0, enum=["a", "b", "c"]), SAFE),
    ("param-enum-reordered", schema(0, enum=["b", "a"]), NOTHING),
    ("param-max-lowered", schema(1, maximum=50), BREAKING),
    (
        "param-max-to-exclusive",
        lambda d: LIST(d)["parameters"][1].update(schema={"type": "integer", "exclusiveMaximum": 101, "default": 20}),
        NOTHING,
    ),
    ("param-maxLength-raised", schema(2, maxLength=20), SAFE),
    ("param-default-changed", schema(1, default=50), RISKY),
    ("param-explode-changed", parameter(3, explode=False), BREAKING),
    ("param-style-changed", parameter(3, style="pipeDelimited"), BREAKING),
    ("param-style-said", parameter(3, style="form", explode=True), NOTHING),
    ("param-type-str-to-int", lambda d: LIST(d)["parameters"][2].update(schema={"type": "integer"}), BREAKING),
    ("param-int-to-number", schema(1, type="number"), SAFE),
    ("param-pattern-added", schema(2, pattern="^[a-z]*$"), BREAKING),
    ("path-pattern-equivalent", lambda d: GET(d)["parameters"][0]["schema"].update(pattern="^[a-z][a-z]*$"), NOTHING),
    ("path-pattern-widened", lambda d: GET(d)["parameters"][0]["schema"].update(pattern="^[a-z0-9]+$"), SAFE),
    ("path-pattern-narrowed", lambda d: GET(d)["parameters"][0]["schema"].update(pattern="^[a-f]+$"), BREAKING),
    # Request bodies
    ("req-prop-required-added", all_of(member(NEW, "n", TEXT), lambda d: NEW(d)["required"].append("n")), BREAKING),
    (
        "req-prop-required-default-added",
        all_of(member(NEW, "n", {"type": "string", "default": "x"}), lambda d: NEW(d)["required"].append("n")),
        RISKY,
    ),
    ("req-prop-optional-added", member(NEW, "n", TEXT), SAFE),
    ("req-prop-removed-open", gone(NEW, "mode"), RISKY),
    ("req-prop-removed-closed", lambda d: NEW(d)["properties"]["closed"]["properties"].pop("b"), BREAKING),
    ("req-prop-added-closed", lambda d: NEW(d)["properties"]["closed"]["properties"].update(c=TEXT), SAFE),
    ("req-prop-became-required", lambda d: NEW(d)["required"].append("mode"), BREAKING),
    ("req-prop-became-optional", lambda d: NEW(d)["required"].remove("title"), SAFE),
    ("req-additional-opened", lambda d: NEW(d)["properties"]["closed"].pop("additionalProperties"), SAFE),
    ("req-additional-closed", lambda d: NEW(d).update(additionalProperties=False), BREAKING),
    ("req-maxItems-lowered", lambda d: NEW(d)["properties"]["tags"].update(maxItems=5), BREAKING),
    ("req-maxItems-raised", lambda d: NEW(d)["properties"]["tags"].update(maxItems=50), SAFE),
    (
        "req-items-narrowed",
        lambda d: NEW(d)["properties"]["tags"].update(items={"type": "string", "maxLength": 9}),
        BREAKING,
    ),
    ("req-uniqueItems-set", lambda d: NEW(d)["properties"]["tags"].update(uniqueItems=True), BREAKING),
    ("req-multipleOf-set", lambda d: NEW(d)["properties"]["count"].update(multipleOf=5), BREAKING),
    ("req-minProperties-set", lambda d: NEW(d).update(minProperties=2), BREAKING),
    ("req-minProperties-implied", lambda d: NEW(d).update(minProperties=1), NOTHING),
    ("req-not-added", lambda d: NEW(d).update({"not": {"required": ["mode", "count"]}}), BREAKING),
    (
        "req-if-then-added",
        lambda d: NEW(d).update(
            {"if": {"properties": {"mode": {"const": "x"}}, "required": ["mode"]}, "then": {"required": ["count"]}}
        ),
        BREAKING,
    ),
    ("req-nullable-lost", member(NEW, "note", TEXT), BREAKING),
    ("req-nullable-gained", member(NEW, "title", {"type": ["string", "null"]}), SAFE),
    ("req-nullable-oneOf-wrap", member(NEW, "title", {"oneOf": [TEXT, {"type": "null"}]}), SAFE),
    (
        "req-ref-nullable-oneOf-wrap",
        member(NEW, "owner", {"oneOf": [{"$ref": "#/components/schemas/Person"}, {"type": "null"}]}),
        SAFE,
    ),
    (
        "req-ref-nullable-anyOf-wrap",
        member(NEW, "owner", {"anyOf": [{"type": "null"}, {"$ref": "#/components/schemas/Person"}]}),
        SAFE,
    ),
    (
        "req-oneOf-overlapping",
        member(NEW, "owner", {"oneOf": [{"$ref": "#/components/schemas/Person"}, {"type": "object"}]}),
        BREAKING,
    ),
    ("req-format-added", member(NEW, "title", {"type": "string", "format": "uuid"}), RISKY),
    ("req-media-removed", lambda d: ADD(d)["requestBody"]["content"].pop("application/xml"), BREAKING),
    ("req-media-added", lambda d: ADD(d)["requestBody"]["content"].update({"text/plain": {"schema": TEXT}}), SAFE),
    (
        "req-media-spelled",
        lambda d: ADD(d)["requestBody"]["content"].update(
            {"Application/XML; charset=utf-8": ADD(d)["requestBody"]["content"].pop("application/xml")}
        ),
        NOTHING,
    ),
    ("req-body-became-optional", lambda d: ADD(d)["requestBody"].update(required=False), SAFE),
    ("req-body-added-required", lambda d: LIST(d).update(requestBody=ADD(d)["requestBody"]), BREAKING),
    ("req-body-removed", lambda d: ADD(d).pop("requestBody"), BREAKING),
    ("req-dependentRequired-added", lambda d: NEW(d).update(dependentRequired={"mode": ["count"]}), BREAKING),
    ("req-const-narrow", member(NEW, "mode", {"type": "string", "const": "x"}), BREAKING),
    (
        "req-allOf-refactor-equal",
        lambda d: d["components"]["schemas"].update(
            Base=d["components"]["schemas"].pop("NewThing"), NewThing={"allOf": [{"$ref": "#/components/schemas/Base"}]}
        ),
        NOTHING,
    ),
    (
        "req-allOf-split-equal",
        lambda d: NEW(d).update(
            allOf=[
                {
                    "type": "object",
                    "required": NEW(d).pop("required"),
                    "properties": {"title": NEW(d)["properties"].pop("title")},
                }
            ]
        ),
        NOTHING,
    ),
    ("req-enum-to-anyOf-const-equal", member(NEW, "mode", {"anyOf": [{"const": "x"}, {"const": "y"}]}), NOTHING),
    ("const-enum-equal", member(NEW, "mode", {"enum": ["y", "x"]}), NOTHING),
    (
        "req-inline-ref-equal",
        member(NEW, "owner", {"type": "object", "required": ["name"], "properties": {"name": TEXT}}),
        NOTHING,
    ),
    (
        "req-schema-renamed",
        lambda d: (
            d["components"]["schemas"].update(Human=d["components"]["schemas"].pop("Person")),
            NEW(d)["properties"].update(owner={"$ref": "#/components/schemas/Human"}),
            THING(d)["properties"].update(owner={"oneOf": [{"type": "null"}, {"$ref": "#/components/schemas/Human"}]}),
        ),
        NOTHING,
    ),
    # Answers
    ("resp-status-removed", lambda d: LIST(d)["responses"].pop("204"), BREAKING),
    ("resp-error-status-removed", lambda d: LIST(d)["responses"].pop("404"), RISKY),
    ("resp-status-added-409", lambda d: LIST(d)["responses"].update({"409": {"description": "x"}}), RISKY),
    ("resp-error-as-range", lambda d: LIST(d)["responses"].update({"4XX": LIST(d)["responses"].pop("404")}), RISKY),
    ("resp-media-removed", lambda d: answer(d)["content"].pop("text/csv"), BREAKING),
    ("resp-media-added", lambda d: answer(d)["content"].update({"text/plain": {"schema": TEXT}}), SAFE),
    (
        "resp-prop-removed-required",
        all_of(gone(THING, "title"), lambda d: THING(d)["required"].remove("title")),
        BREAKING,
    ),
    ("resp-prop-became-optional", lambda d: THING(d)["required"].remove("title"), BREAKING),
    ("resp-prop-became-required", lambda d: THING(d)["required"].append("count"), SAFE),
    ("resp-prop-optional-removed", gone(THING, "count"), RISKY),
    ("resp-prop-added", member(THING, "new", TEXT), SAFE),
    ("resp-enum-added", lambda d: THING(d)["properties"]["state"].update(enum=["new", "old", "odd"]), RISKY),
    ("resp-enum-removed", lambda d: THING(d)["properties"]["state"].update(enum=["new"]), SAFE),
    (
        "resp-nullable-gained",
        member(THING, "title", {"type": ["string", "null"], "minLength": 1, "maxLength": 20}),
        BREAKING,
    ),
    ("resp-nullable-lost", member(THING, "note", TEXT), SAFE),
    ("resp-int-to-number", lambda d: THING(d)["properties"]["count"].update(type="number"), BREAKING),
    ("resp-number-type-list", lambda d: THING(d)["properties"]["count"].update(type=["integer", "string"]), BREAKING),
    ("resp-maxLength-raised", lambda d: THING(d)["properties"]["title"].update(maxLength=50), BREAKING),
    ("resp-maxLength-lowered", lambda d: THING(d)["properties"]["title"].update(maxLength=10), SAFE),
    ("resp-min-removed", lambda d: THING(d)["properties"]["count"].pop("minimum"), BREAKING),
    ("resp-format-removed", lambda d: THING(d)["properties"]["id"].pop("format"), BREAKING),
    ("resp-format-changed", lambda d: THING(d)["properties"]["id"].update(format="date-time"), BREAKING),
    (
        "resp-oneOf-branch-added",
        lambda d: THING(d)["properties"]["owner"]["oneOf"].append({"type": "integer"}),
        BREAKING,
    ),
    ("resp-oneOf-branch-removed", lambda d: THING(d)["properties"]["owner"]["oneOf"].pop(), SAFE),
    ("resp-in-a-branch", lambda d: d["components"]["schemas"]["Person"].pop("required"), BREAKING),
    ("resp-header-req-removed", lambda d: answer(d)["headers"].pop("X-Total"), BREAKING),
    ("resp-header-became-optional", lambda d: answer(d)["headers"]["X-Total"].pop("required"), BREAKING),
    ("resp-header-opt-removed", lambda d: answer(d)["headers"].pop("X-Note"), RISKY),
    (
        "resp-header-spelled",
        lambda d: answer(d)["headers"].update({"x-note": answer(d)["headers"].pop("X-Note")}),
        NOTHING,
    ),
    ("resp-header-type-changed", lambda d: answer(d)["headers"]["X-Total"].update(schema=TEXT), BREAKING),
    ("resp-header-min-removed", lambda d: answer(d)["headers"]["X-Total"]["schema"].pop("minimum"), BREAKING),
    ("resp-discriminated-branches-narrowed", shape("circle", maximum=5, both=True), SAFE),
    ("resp-discriminated-branches-widened", shape("circle", maximum=15, both=True), BREAKING),
    ("resp-discriminated-branch-narrowed", shape("circle", maximum=5), SAFE),
    # Security
    ("sec-scope-added", lambda d: ADD(d)["security"][1].update(oauth=["write", "read"]), BREAKING),
    ("sec-scope-replaced", lambda d: ADD(d)["security"][1].update(oauth=["admin"]), BREAKING),
    ("sec-scope-removed", lambda d: ADD(d)["security"][1].update(oauth=[]), SAFE),
    ("sec-alternative-removed", lambda d: ADD(d)["security"].pop(), BREAKING),
    ("sec-alternative-added", lambda d: ADD(d)["security"].append({"oauth": ["admin"]}), SAFE),
    ("sec-alternatives-reordered", lambda d: ADD(d)["security"].reverse(), NOTHING),
    ("sec-both-wanted", lambda d: ADD(d).update(security=[{"key": [], "oauth": ["write"]}]), BREAKING),
    ("sec-optional", lambda d: ADD(d)["security"].append({}), SAFE),
    ("sec-public-to-auth", lambda d: GET(d).update(security=[{"key": []}]), BREAKING),
    ("sec-apikey-name-changed", lambda d: SCHEMES(d)["key"].update(name="X-Other"), BREAKING),
    ("sec-apikey-name-spelled", lambda d: SCHEMES(d)["key"].update(name="x-key"), NOTHING),
    ("sec-apikey-in-changed", lambda d: SCHEMES(d)["key"].update({"in": "query"}), BREAKING),
    ("sec-global-changed", lambda d: d.update(security=[{"oauth": ["read"]}]), BREAKING),
    (
        "sec-tokenUrl-changed",
        lambda d: SCHEMES(d)["oauth"]["flows"]["authorizationCode"].update(tokenUrl="/t"),
        BREAKING,
    ),
    ("sec-scope-deleted", lambda d: SCHEMES(d)["oauth"]["flows"]["authorizationCode"]["scopes"].pop("read"), BREAKING),
    (
        "sec-scheme-renamed",
        lambda d: (
            SCHEMES(d).update(api=SCHEMES(d).pop("key")),
            d.update(security=[{"api": []}]),
            ADD(d).update(security=[{"api": []}, {"oauth": ["write"]}]),
        ),
        NOTHING,
    ),
    # Deliveries
    ("hook-removed", lambda d: d["webhooks"].pop("thing.made"), BREAKING),
    ("hook-added", lambda d: d["webhooks"].update({"thing.lost": d["webhooks"]["thing.made"]}), SAFE),
    ("hook-prop-removed", all_of(gone(NOTICE, "thing"), lambda d: NOTICE(d)["required"].remove("thing")), BREAKING),
    ("hook-prop-became-optional", lambda d: NOTICE(d)["required"].remove("thing"), BREAKING),
    ("hook-enum-added", lambda d: NOTICE(d)["properties"]["type"].update(enum=["made", "unmade", "lost"]), RISKY),
    ("hook-enum-removed", lambda d: NOTICE(d)["properties"]["type"].update(enum=["made"]), SAFE),
    ("hook-required-prop-added", all_of(member(NOTICE, "n", TEXT), lambda d: NOTICE(d)["required"].append("n")), SAFE),
    ("hook-header-optional", lambda d: d["webhooks"]["thing.made"]["post"]["parameters"][0].pop("required"), BREAKING),
    ("hook-header-removed", lambda d: d["webhooks"]["thing.made"]["post"]["parameters"].pop(), BREAKING),
    (
        "hook-reply-narrowed",
        lambda d: d["webhooks"]["thing.made"]["post"].update(responses={"200": {"description": "x"}}),
        BREAKING,
    ),
    # What is said of a value that is valid all the same
    ("req-read-only", lambda d: NEW(d)["properties"]["title"].update(readOnly=True), RISKY),
    ("req-read-only-beside-a-reference", lambda d: NEW(d)["properties"]["owner"].update(readOnly=True), RISKY),
    ("req-write-only", lambda d: NEW(d)["properties"]["title"].update(writeOnly=True), NOTHING),
    ("req-deprecated", lambda d: NEW(d)["properties"]["title"].update(deprecated=True), RISKY),
    ("resp-write-only", lambda d: THING(d)["properties"]["title"].update(writeOnly=True), RISKY),
    ("resp-read-only", lambda d: THING(d)["properties"]["title"].update(readOnly=True), NOTHING),
    ("resp-discriminator", told_apart(propertyName="kind"), RISKY),
    ("param-deprecated", parameter(0, deprecated=True), RISKY),
    ("link-added", lambda d: answer(d).update(links={"one": {"operationId": "getThing"}}), SAFE),
    ("server-variable", variable(enum=["api", "eu"]), SAFE),
    ("server-variable-default", variable(enum=["api", "eu"], default="eu"), SAFE),
    ("server-variable-free", variable(), SAFE),
]


@pytest.mark.parametrize(("edit", "truth"), [pytest.param(*each[1:], id=each[0]) for each in KINDS])
def test_a_kind_of_change_weighs_what_its_direction_says(edit: Edit, truth: str) -> None:
    found = difference(edit)
    told = [(change.level.value, change.rule, change.subject, change.text) for change in found.changes]
    levels = {change.level for change in found.changes}
    assert (Level.BREAKING in levels) is (truth == BREAKING), told
    assert truth == BREAKING or (Level.RISKY in levels) is (truth == RISKY), told
    assert bool(levels) is (truth != NOTHING), told
    assert all(change.proof is not Proof.NONE for change in found.changes), told


def test_who_fills_in_nothing_calls_another_address_where_the_default_of_a_variable_changes() -> None:
    (change,) = difference(variable(enum=["api", "eu"], default="eu"), first=variable(enum=["api", "eu"])).changes
    assert (change.rule, change.level) == ("server-default-changed", Level.RISKY)
    (change,) = difference(variable(enum=["api"]), first=variable()).changes
    assert (change.rule, change.level) == ("server-removed", Level.BREAKING)


def test_what_a_branch_may_be_now_breaks_though_another_branch_takes_some_of_it() -> None:
    """Null was allowed before, by the other branch; true wasn't."""
    branches = [{"type": "string", "pattern": "a"}, {"const": None}]
    wider = [{"pattern": "a"}, {"const": None}]
    for kind in ("oneOf", "anyOf"):
        found = difference(member(THING, "owner", {kind: wider}), first=member(THING, "owner", {kind: branches}))
        (change,) = found.changes
        assert change.level is Level.BREAKING
        assert change.witness is not None
        assert change.witness.part is not None


def test_a_member_that_comes_in_an_object_that_was_closed_breaks_and_that_it_was_opened_too() -> None:
    def closed(data: Any) -> None:
        THING(data)["additionalProperties"] = False

    (added,) = difference(member(THING, "new", TEXT), first=closed).changes
    (opened,) = difference(lambda d: THING(d).pop("additionalProperties"), first=closed).changes
    assert [(each.rule, each.level, len(each.verified_by)) for each in (added, opened)] == [
        ("property-unforeseen", Level.BREAKING, 2),
        ("object-opened", Level.BREAKING, 2),
    ]
