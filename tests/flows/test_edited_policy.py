"""The policy of the contract, edited, with no code touched: names, limits, prefixes, words (law SRC 2)."""

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartcal_api.server.world import key_ring
from smartcal_api.settings import Settings
from tests.edits import ACCOUNT, SCHEMAS, document, edited, put, rename, replace
from tests.wire import World, open_world

HOOK = {"url": "https://hooks.example.com/", "events": ["event.created"]}


def world_of(*edits: Any, **options: Any) -> World:
    return open_world(edited(*edits), **options)


@pytest.mark.parametrize("name", ["X-RateLimit-Limit", "X-RateLimit-Remaining", "Retry-After", "X-Request-Id", "Link"])
def test_src_2_another_name_of_a_header(name: str) -> None:
    world = world_of(replace(name, "X-Renamed"), put("/x-rate-limits/0/limit", 2), rate_limits=True)
    key = world.key("read")
    replies = [world.get("/api/v1/events", key=key) for _ in range(3)]
    assert [reply.status for reply in replies] == [200, 200, 429]
    found = {header for reply in replies for header in reply.headers}
    assert "x-renamed" in found
    assert name.lower() not in found


@settings(max_examples=5)
@given(st.lists(st.from_regex(r"[a-z]{3,9}_[a-z]{3,9}", fullmatch=True), min_size=8, max_size=8, unique=True))
def test_src_2_any_names_of_the_paging(names: list[str]) -> None:
    """Of both parameters and all members of a list."""
    page, size, *members = names
    fields = dict(zip(("items", "pagination", "page", "per_page", "total", "total_pages"), members, strict=True))
    lists = [name for name in document()["components"]["schemas"] if name.endswith("List") and name != "ScopeList"]
    inner = f"{SCHEMAS}/Pagination/properties"
    edits = [put("/x-pagination/fields", fields), put("/x-pagination/parameters", {"page": page, "per_page": size})]
    for one in lists:
        edits += [rename(f"{SCHEMAS}/{one}/properties/{old}", fields[role]) for old, role in _OUTER]
        edits.append(put(f"{SCHEMAS}/{one}/required", [fields["items"], fields["pagination"]]))
    edits += [rename(f"{inner}/{old}", fields[old]) for old in ("page", "per_page", "total", "total_pages")]
    edits.append(put(f"{SCHEMAS}/Pagination/required", members[2:]))
    edits += [put(f"/components/parameters/{one}Page/name", page) for one in ("", "List")]
    edits += [put(f"/components/parameters/{one}PerPage/name", size) for one in ("", "List")]
    edits += [_without_list_examples]
    world = world_of(*edits)
    key = world.key("read")
    reply = world.get(f"/api/v1/events?{page}=2&{size}=7&status=confirmed", key=key)
    assert set(reply.json) == {fields["items"], fields["pagination"]}
    total = reply.json[fields["pagination"]][fields["total"]]
    assert list(reply.json[fields["pagination"]].values()) == [2, 7, total, -(-total // 7)]
    assert [*reply.json[fields["pagination"]]] == [fields[n] for n in ("page", "per_page", "total", "total_pages")]
    assert len(reply.json[fields["items"]]) == 7
    assert f"{page}=3>" in reply.headers["link"]
    assert f"{size}=7&status=confirmed" in reply.headers["link"]


_OUTER = (("data", "items"), ("pagination", "pagination"))


def _without_list_examples(data: Any) -> None:
    """They have the old names, and links that lead into them do so too."""
    for item in data["paths"].values():
        for response in item.get("get", {}).get("responses", {}).values():
            response.pop("links", None)
            for content in response.get("content", {}).values():
                if content["schema"].get("$ref", "").endswith("List"):
                    content.pop("examples", None)


def test_src_2_another_title_and_type_of_a_problem() -> None:
    world = world_of(put("/x-problems/not_found/title", "Nowhere"))
    assert world.get("/nothing").json["title"] == "Nowhere"


def test_src_2_another_status_of_a_problem() -> None:
    gone = "/paths/~1api~1v1~1bookings~1{booking_id}~1cancel/post/responses"
    response = {"$ref": "#/components/responses/BookingConflict"}
    world = world_of(put("/x-problems/booking_in_the_past/status", 410), put(f"{gone}/410", response), _no_examples)
    key = world.key("read", "write")
    past = world.get("/api/v1/bookings?status=completed", key=key).json["data"][0]
    reply = world.post(f"/api/v1/bookings/{past['id']}/cancel", key=key)
    assert (reply.status, reply.json["status"], reply.code) == (410, 410, "booking_in_the_past")


def _no_examples(data: Any) -> None:
    for response in data["components"]["responses"].values():
        for content in response.get("content", {}).values():
            content.pop("examples", None)


@pytest.mark.parametrize(
    ("limit", "value", "request_of", "status"),
    [
        ("body_bytes", 200, lambda size: {"body": b'{"reason":"%s"}' % (b"x" * (size - 13))}, 413),
        ("url_bytes", 120, lambda size: {"query": "x" * (size - len("/api/v1/bookings/x/cancel") - 1)}, 414),
        ("header_count", 7, lambda size: {"headers": [(f"x-{n}", "y") for n in range(size - 4)]}, 431),
        ("json_depth", 3, lambda size: {"body": b"[" * size + b"]" * size}, 400),
    ],
)
def test_src_2_another_limit_of_requests(limit: str, value: int, request_of: Any, status: int) -> None:
    """At the limit it is let through to the next question, one beyond it is refused by it."""
    world = world_of(put(f"/x-request-limits/{limit}", value))
    key = world.key("write")
    replies = [
        world.post("/api/v1/bookings/x/cancel", key=key, **({"body": b"{}", "media_type": "application/json"} | more))
        for more in (request_of(value), request_of(value + 1))
    ]
    said = [str(value) in reply.json["detail"] for reply in replies]
    assert [reply.status == status and told for reply, told in zip(replies, said, strict=True)] == [False, True]


def test_src_2_other_prefixes_of_secrets() -> None:
    pattern = f"{SCHEMAS}/WebhookCreated/properties/secret/pattern"
    world = world_of(
        put("/x-secrets/webhook_secret", "hook_"),
        put("/x-secrets/api_key", "kal_"),
        put(pattern, "^hook_[0-9A-Za-z_-]{32,128}$"),
        replace("whsec_", "hook_"),
    )
    made = world.post("/api/v1/webhooks", HOOK, key=world.key("webhooks"))
    assert made.json["secret"].startswith("hook_")
    keys = key_ring(world.sandbox, world.contract, Settings())
    assert keys.main["read"] == "kal_demo_read"
    assert world.get("/api/v1/me", key=keys.main["read"]).status == 200
    assert "kal_" in world.get("/api/v1/me").json["detail"]
    assert world.sandbox.keys.mint(["read"], owner=1).startswith("kal_")


@settings(max_examples=5)
@given(
    letters=st.sets(st.sampled_from("abcdefghijklmnopqrstuvwxyz0123456789"), min_size=16, max_size=36),
    length=st.integers(12, 40),
)
def test_src_2_any_alphabet_and_length_of_ids(letters: set[str], length: int) -> None:
    alphabet = "".join(sorted(letters))
    pattern = f"[{alphabet}]{{{length}}}"
    world = world_of(
        put("/x-ids/alphabet", alphabet), put("/x-ids/length", length), _no_values, replace("[0-9a-z]{20}", pattern)
    )
    made = world.post("/api/v1/webhooks", HOOK, key=world.key("webhooks"))
    assert made.status == 201
    assert re.fullmatch(f"whk_{pattern}", made.json["id"])
    assert re.fullmatch(f"req_{pattern}", made.headers["x-request-id"])


def _no_values(data: Any) -> None:
    """Without its examples, which have the old ids."""
    if isinstance(data, dict):
        for name in ("example", "examples"):
            if name in data and "properties" not in data:
                data.pop(name)
        data.pop("links", None)
    for inner in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        _no_values(inner)


def test_src_2_another_prefix_of_ids() -> None:
    world = world_of(put("/x-ids/prefixes/webhook", "sub_"), replace("whk_", "sub_"), replace("req_", "rid_"))
    made = world.post("/api/v1/webhooks", HOOK, key=world.key("webhooks"))
    assert made.json["id"].startswith("sub_")
    assert made.headers["x-request-id"].startswith("rid_")


def test_src_2_another_title_is_another_realm() -> None:
    challenge = world_of(put("/info/title", "Calendar")).get("/api/v1/me").headers["www-authenticate"]
    assert challenge == 'Bearer realm="Calendar"'


def test_src_2_another_header_for_the_key() -> None:
    world = world_of(put("/components/securitySchemes/headerKey/name", "X-Token"))
    key = world.key("read")
    assert world.get("/api/v1/me", headers={"x-token": key}).status == 200
    assert world.get("/api/v1/me", headers={"x-api-key": key}).status == 401


def test_src_2_what_a_browser_may_read_and_for_how_long_it_may_ask_nothing() -> None:
    world = world_of(put("/x-cors", {"expose": ["X-Only"], "max_age_seconds": 7}))
    origin = {"origin": "http://localhost:3000"}
    assert world.get("/api/v1/me", headers=origin).headers["access-control-expose-headers"] == "X-Only"
    preflight = world.request("OPTIONS", "/api/v1/me", headers=origin | {"access-control-request-method": "GET"})
    assert preflight.headers["access-control-max-age"] == "7"


def test_src_2_another_media_type_of_a_body_is_refused_and_the_stated_one_taken() -> None:
    cancel = "/paths/~1api~1v1~1bookings~1{booking_id}~1cancel/post/requestBody"
    form = "application/x-www-form-urlencoded"
    world = world_of(rename(f"{cancel}/content/application~1json", form), put(f"{cancel}/required", True))
    key = world.key("read", "write")
    (one,) = world.get("/api/v1/bookings?upcoming=true&per_page=1", key=key).json["data"]
    path = f"/api/v1/bookings/{one['id']}/cancel"
    assert world.post(path, key=key).status == 400
    assert world.post(path, {"reason": "x"}, key=key).status == 415
    sent = world.post(path, body=b"reason=a+b%26c", media_type=form, key=key)
    assert sent.json["cancellation"]["reason"] == "a b&c"


def test_src_2_a_bound_of_a_request() -> None:
    world = world_of(put(f"{SCHEMAS}/CancellationReason/maxLength", 3), replace("Schedule conflict", "no"))
    reply = world.post("/api/v1/bookings/x/cancel", {"reason": "long"}, key=world.key("write"))
    assert (reply.status, reply.json["errors"][0]["pointer"]) == (400, "/reason")


def test_src_2_what_is_a_default_in_the_contract_only() -> None:
    """Another description changes no answer."""
    key, other = open_world(), world_of(put(f"{ACCOUNT}/summary", "Other"), put("/info/version", "9.9"))
    replies = [world.get("/api/v1/events", key=world.key("read")) for world in (key, other)]
    assert replies[0].body == replies[1].body


@pytest.mark.parametrize("prefix", ["/paths/~1api~1v1~1me", "/paths/~1api~1v1~1booking"])
def test_src_2_an_operation_that_is_gone_is_nothing_and_needs_no_data(prefix: str) -> None:
    """The data set has more than the operations that are left."""
    gone = prefix.removeprefix("/paths/").replace("~1", "/")

    def leave_out(data: Any) -> None:
        ids = {v["operationId"] for p, item in data["paths"].items() if p.startswith(gone) for v in _verbs(item)}
        data["paths"] = {path: item for path, item in data["paths"].items() if not path.startswith(gone)}
        for verb in [verb for item in data["paths"].values() for verb in _verbs(item)]:
            for response in [each for status, each in verb["responses"].items() if not status.startswith("x-")]:
                response.get("links", {}).clear()
        data["components"]["links"] = {
            name: link for name, link in data["components"]["links"].items() if link["operationId"] not in ids
        }

    world = world_of(leave_out)
    key = world.key("admin")
    for path in ("/api/v1/me", "/api/v1/bookings", "/api/v1/booking-pages"):
        assert (world.get(path, key=key).status == 404) == path.startswith(gone), path
    assert world.get("/api/v1/events", key=key).json["pagination"]["total"] == 200


def _verbs(item: Any) -> list[Any]:
    return [item[verb] for verb in ("get", "post", "delete") if verb in item]
