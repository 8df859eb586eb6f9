"""Headers that a contract comes to state are sent, and what they are for is done (law SRC 2)."""

from typing import Any

import pytest

from tests.edits import ACCOUNT, EVENTS, SCHEMAS, WEBHOOKS, Edit, edited, put
from tests.wire import Reply, World, open_world

OK = f"{ACCOUNT}/responses/200"
NAMES = {"Limit": "X-RateLimit-Limit", "Remaining": "X-RateLimit-Remaining"}
COMMON = {
    "X-Request-Id": {"$ref": "#/components/headers/RequestId"},
    **{name: {"$ref": f"#/components/headers/RateLimit{each}"} for each, name in NAMES.items()},
}
NOT_MODIFIED = put(f"{ACCOUNT}/responses/304", {"description": "As you have it.", "headers": COMMON})
HOOK = {"url": "https://hooks.example.com/", "events": ["event.created"]}
TEXT = {"type": "string"}


def me(*edits: Edit, **headers: str) -> Reply:
    world = open_world(edited(*edits))
    return world.get("/api/v1/me", key=world.key("read"), headers=headers)


@pytest.mark.parametrize(
    ("header", "sent"),
    [
        ({"schema": {"type": "string", "const": "max-age=60"}}, "max-age=60"),
        ({"schema": {"type": "integer", "const": 60}}, "60"),
        ({"required": True, "schema": TEXT, "example": "eu-west"}, "eu-west"),
        ({"schema": TEXT, "example": "eu-west"}, "eu-west"),
        ({"schema": TEXT, "examples": {"first": {"value": "eu-1"}, "second": {"value": "eu-2"}}}, "eu-1"),
        ({"schema": {"type": "string", "examples": ["eu-3"]}}, "eu-3"),
        ({"schema": {"type": "string", "default": "eu-4"}}, "eu-4"),
        ({"schema": TEXT}, None),
    ],
)
@pytest.mark.parametrize("served", ["by a handler", "mocked"])
def test_src_2_a_header_has_the_value_that_the_contract_has(header: Any, sent: str | None, served: str) -> None:
    rename = [put(f"{ACCOUNT}/operationId", "getMyself")] if served == "mocked" else []
    assert me(put(f"{OK}/headers/Cache-Region", header), *rename).headers.get("cache-region") == sent


@pytest.mark.parametrize("stated", [None, '"abc"', 'W/"abc"'])
def test_src_2_an_entity_tag_tells_what_has_not_changed(stated: str | None) -> None:
    """RFC 9110 sections 8.8.3 and 13.1.2."""
    form = {"type": "string", "pattern": '^W/"'} if stated and stated[0] == "W" else TEXT
    header = {"required": True, "schema": form, **({"example": stated} if stated else {})}
    world = open_world(edited(put(f"{OK}/headers/ETag", header), NOT_MODIFIED))
    key = world.key("read")
    whole = world.get("/api/v1/me", key=key)
    tag = whole.headers["etag"]
    assert (whole.status, tag.removeprefix("W/")[0], tag[-1]) == (200, '"', '"')
    strong = tag.removeprefix("W/")
    for condition in (tag, strong, f"W/{strong}", f'"x", {tag}', "*"):
        again = world.get("/api/v1/me", key=key, headers={"If-None-Match": condition})
        assert (again.status, again.headers["etag"], again.body) == (304, tag, b"")
        assert not {"content-length", "content-type"} & again.headers.keys()
    for condition in ('"x"', 'W/"x", "y"', "", strong.strip('"')):
        assert world.get("/api/v1/me", key=key, headers={"If-None-Match": condition}).status == 200
    other = world.get("/api/v1/me", key=world.key("admin"), headers={"If-None-Match": tag})
    assert (other.status, other.headers["etag"] != tag) == (200, True), "it tells of other scopes"


def test_src_2_an_entity_tag_that_the_contract_states_is_sent_where_nothing_is_told_by_it() -> None:
    assert me(put(f"{OK}/headers/ETag", {"schema": TEXT, "example": '"abc"'})).headers["etag"] == '"abc"'
    assert me(put(f"{OK}/headers/ETag", {"schema": TEXT})).headers["etag"][0] == '"'


DEPRECATED = put(f"{ACCOUNT}/deprecated", True)


@pytest.mark.parametrize(
    ("edits", "deprecation", "sunset"),
    [
        ([DEPRECATED], "@1772582400", None),
        ([DEPRECATED, put(f"{ACCOUNT}/x-sunset", "2027-01-31")], "@1772582400", "Sun, 31 Jan 2027 00:00:00 GMT"),
        ([DEPRECATED, put(f"{ACCOUNT}/x-deprecated-since", "2026-01-01T01:00:00+01:00")], "@1767225600", None),
        ([put(f"{ACCOUNT}/x-sunset", "2027-01-31T12:00:00Z")], None, "Sun, 31 Jan 2027 12:00:00 GMT"),
        ([DEPRECATED, put(f"{OK}/headers/Deprecation", {"schema": {"const": "@1", "type": "string"}})], "@1", None),
    ],
)
def test_src_2_what_will_go_says_so_in_every_answer(edits: list[Edit], deprecation: Any, sunset: Any) -> None:
    """RFC 9745 and RFC 8594."""
    world = open_world(edited(*edits))
    fine = world.get("/api/v1/me", key=world.key("read"))
    assert (fine.headers.get("deprecation"), fine.headers.get("sunset")) == (deprecation, sunset)
    refused = world.get("/api/v1/me?x=1", key=world.key("read"))
    assert refused.headers.get("sunset") == sunset
    assert not {"deprecation", "sunset"} & world.get("/api/v1/events", key=world.key("read")).headers.keys()


CREATE = f"{WEBHOOKS}/post"
KEYED = put(f"{CREATE}/parameters", [{"name": "Idempotency-Key", "in": "header", "schema": TEXT}])
CODE = [
    put("/x-problems/idempotency_key_reused", {"status": 422, "title": "Unprocessable Content"}),
    put(f"{SCHEMAS}/Problem/properties/code/enum/-", "idempotency_key_reused"),
]


def subscribe(world: World, body: Any, key: str, *, owner: int = 1) -> Reply:
    headers = {"Idempotency-Key": key} if key else {}
    return world.post("/api/v1/webhooks", body, key=world.key("webhooks", owner=owner), headers=headers)


@pytest.mark.parametrize(("edits", "code"), [([], "invalid_request"), (CODE, "idempotency_key_reused")])
def test_src_2_a_request_of_one_key_is_done_once(edits: list[Edit], code: str) -> None:
    """draft-ietf-httpapi-idempotency-key-header: the same answer again, and 422 for another request."""
    world = open_world(edited(KEYED, *edits))
    first = subscribe(world, HOOK, "one")
    again = subscribe(world, dict(reversed(HOOK.items())), "one")
    assert (first.status, first.body, first.headers["location"]) == (201, again.body, again.headers["location"])
    assert first.headers["x-request-id"] != again.headers["x-request-id"]
    other = subscribe(world, HOOK | {"description": "x"}, "one")
    assert (other.status, other.code, other.json["status"]) == (422, code, 422)
    assert other.json["errors"][0]["parameter"] == "Idempotency-Key"
    assert len({subscribe(world, HOOK, key).json["id"] for key in ("two", "", "")} | {first.json["id"]}) == 4
    assert subscribe(world, HOOK, "one", owner=2).json["id"] != first.json["id"], "keys are an account's own"
    assert world.get("/api/v1/webhooks", key=world.key("webhooks")).json["pagination"]["total"] == 4
    refused = subscribe(world, {**HOOK, "url": "http://a.example/"}, "three")
    assert (refused.status, subscribe(world, HOOK, "three").status) == (422, 201), "what was refused did nothing"


def test_src_2_what_a_key_has_led_to_is_part_of_the_data() -> None:
    world = open_world(edited(KEYED))
    first = subscribe(world, HOOK, "one")
    world.sandbox.store.load_image(world.sandbox.store.image())
    assert subscribe(world, HOOK, "one").body == first.body


LIMITED = put(f"{ACCOUNT}/x-rate-limits", [{"name": "profile", "limit": 2, "window_seconds": 30}])
FIELDS = [put("/x-rate-limit-headers/state", "RateLimit"), put("/x-rate-limit-headers/policy", "RateLimit-Policy")]


def test_src_2_an_operation_may_have_limits_of_its_own() -> None:
    world = open_world(edited(LIMITED, *FIELDS), rate_limits=True)
    key, other = world.key("read"), world.key("admin")
    replies = [world.get("/api/v1/me", key=key) for _ in range(3)]
    assert [(each.status, each.headers["x-ratelimit-remaining"]) for each in replies] == [
        (200, "1"),
        (200, "0"),
        (429, "0"),
    ]
    assert (replies[2].headers["x-ratelimit-limit"], replies[2].headers["retry-after"]) == ("2", "30")
    assert replies[2].headers["ratelimit"] == '"profile";r=0;t=30'
    assert "of this operation" in replies[2].json["detail"]
    assert world.get("/api/v1/events", key=key).headers["x-ratelimit-remaining"] == "97", (
        "what is refused isn't counted"
    )
    assert world.get("/api/v1/me", key=other).status == 200
    state = world.sandbox.limits.state()
    world.sandbox.clock.move_to(world.sandbox.clock.now() + 30 * 10**9)
    assert world.get("/api/v1/me", key=key).status == 200
    world.sandbox.limits.restore(state)
    world.sandbox.limits.rescale(2)
    assert world.get("/api/v1/me", key=other).headers["x-ratelimit-remaining"] == "3"
    world.sandbox.limits.enabled = False
    assert world.get("/api/v1/me", key=key).status == 200


def test_src_2_ratelimit_and_its_policy_where_they_are_named() -> None:
    world = open_world(edited(*FIELDS), rate_limits=True)
    reply = world.get("/api/v1/events", key=world.key("read"))
    assert reply.headers["ratelimit"] == '"minute";r=99'
    assert reply.headers["ratelimit-policy"] == '"minute";q=100;w=60, "hour";q=1000;w=3600'
    assert reply.headers["x-ratelimit-remaining"] == "99"


CSV = {"text/csv": {"schema": TEXT, "example": "id,title"}}
REFUSAL = {"description": "Not so.", "headers": COMMON, "content": {"text/plain": {"schema": TEXT, "example": "no"}}}


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("refusing", [True, False])
def test_accept_chooses_among_what_a_handler_and_the_contract_have(*, first: bool, refusing: bool) -> None:
    """RFC 9110 section 12.5.1, whichever comes first."""

    def also_csv(data: Any) -> None:
        responses = data["paths"]["/api/v1/events"]["get"]["responses"]
        content = responses["200"]["content"]
        also = {"application/vnd.events+json": content["application/json"]}
        responses["200"]["content"] = {**CSV, **content, **also} if first else {**content, **also, **CSV}

    world = open_world(edited(also_csv, *([put(f"{EVENTS}/responses/406", REFUSAL)] if refusing else [])))
    key = world.key("read")
    json = world.get("/api/v1/events", key=key)
    assert (json.status, json.headers["content-type"]) == (200, "application/json")
    csv = world.get("/api/v1/events", key=key, headers={"accept": "text/csv"})
    assert (csv.status, csv.headers["content-type"], csv.body) == (200, "text/csv", b"id,title")
    assert csv.headers["link"] == json.headers["link"]
    other = world.get("/api/v1/events", key=key, headers={"accept": "application/vnd.events+json"})
    assert (other.headers["content-type"], other.body) == ("application/vnd.events+json", json.body)
    neither = world.get("/api/v1/events", key=key, headers={"accept": "image/png"})
    assert (neither.status, neither.body) == ((406, b"no") if refusing else (200, json.body))
