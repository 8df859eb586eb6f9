"""Edit the contract, touch no code: the edit takes effect (law SRC 2)."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.edits import ACCOUNT, BOOKINGS, EVENTS, SCHEMAS, WEBHOOKS, drop, edited, put, rename
from tests.wire import NOW, World, open_world

PAGE_SIZE = f"{SCHEMAS}/PageSize"
HOOK = {"url": "https://hooks.example.com/", "events": ["event.created"]}
# Above all ids and numbers that a test needs, so that one page is the whole list.
ALL = {"per_page": 100}


def world_of(*edits: Any, **options: Any) -> World:
    return open_world(edited(*edits), **options)


def everything(world: World, path: str, key: str) -> list[dict[str, Any]]:
    first = world.get(path, query=ALL, key=key).json
    pages = range(2, first["pagination"]["total_pages"] + 1)
    rest = [world.get(path, query=ALL | {"page": page}, key=key).json["data"] for page in pages]
    return first["data"] + [item for page in rest for item in page]


@settings(max_examples=6)
@given(least=st.integers(1, 30), more=st.integers(0, 250), default=st.data())
def test_src_2_another_least_most_and_default_of_per_page(least: int, more: int, default: st.DataObject) -> None:
    most = least + more
    usual = default.draw(st.integers(least, most))
    bounds = {"minimum": least, "maximum": most, "default": usual}
    world = world_of(*(put(f"{PAGE_SIZE}/{name}", value) for name, value in bounds.items()))
    key = world.key("read")
    assert len(world.get("/api/v1/events", key=key).json["data"]) == min(usual, 200)
    for asked, status in ((least, 200), (most, 200), (least - 1, 400), (most + 1, 400)):
        reply = world.get(f"/api/v1/events?per_page={asked}", key=key)
        assert reply.status == status, asked
        if status == 200:
            assert len(reply.json["data"]) == min(asked, 200)


def test_src_2_another_last_page() -> None:
    world = world_of(put(f"{SCHEMAS}/PageNumber/maximum", 7))
    key = world.key("read")
    assert [world.get(f"/api/v1/events?page={page}", key=key).status for page in (7, 8)] == [200, 400]


@settings(max_examples=6)
@given(st.lists(st.tuples(st.integers(1, 12), st.integers(1, 7200)), min_size=1, max_size=4))
def test_src_2_any_windows_of_the_rate_limit(windows: list[tuple[int, int]]) -> None:
    stated = [{"name": str(i), "limit": limit, "window_seconds": s} for i, (limit, s) in enumerate(windows)]
    world = world_of(put("/x-rate-limits", stated), rate_limits=True)
    key = world.key("read")
    fewest = min(limit for limit, _ in windows)
    for number in range(fewest):
        reply = world.get("/api/v1/me", key=key)
        assert reply.status == 200
        assert int(reply.headers["x-ratelimit-remaining"]) == fewest - number - 1
    refused = world.get("/api/v1/me", key=key)
    assert refused.status == 429
    # At a standstill, every window that is full has to let its oldest request go.
    assert int(refused.headers["retry-after"]) == max(seconds for limit, seconds in windows if limit == fewest)


def test_src_2_another_scope_on_an_operation() -> None:
    security = [{"bearerKey": ["webhooks"]}, {"headerKey": ["write"]}]
    world = world_of(put(f"{ACCOUNT}/security", security))
    key = {scope: world.key(scope) for scope in ("read", "write", "webhooks", "admin")}
    bearer = {scope: world.get("/api/v1/me", key=value).status for scope, value in key.items()}
    header = {scope: world.get("/api/v1/me", headers={"x-api-key": value}).status for scope, value in key.items()}
    assert bearer == {"read": 403, "write": 403, "webhooks": 200, "admin": 200}
    assert header == {"read": 403, "write": 200, "webhooks": 403, "admin": 200}
    assert "webhooks" in world.get("/api/v1/me", key=key["read"]).headers["www-authenticate"]


def test_src_2_an_operation_that_anybody_may_call() -> None:
    assert world_of(put(f"{EVENTS}/security", [])).get("/api/v1/events").status == 200


def test_src_2_what_a_scope_stands_for() -> None:
    implied = {"write": ["read"], "admin": ["write"]}
    world = world_of(put("/x-scope-implies", implied))
    assert world.get("/api/v1/me", key=world.key("write")).status == 200
    assert world.get("/api/v1/me", key=world.key("admin")).status == 200
    refused = world.get("/api/v1/webhooks", key=world.key("admin"))
    assert refused.status == 403
    assert "admin" not in refused.json["detail"]


def test_src_2_another_scope_altogether() -> None:
    flows = "/components/securitySchemes/oauth2/flows/authorizationCode/scopes"
    accounts = [{"bearerKey": ["accounts"]}, {"headerKey": ["accounts"]}, {"oauth2": ["accounts"]}]
    world = world_of(
        put(f"{flows}/accounts", "See accounts."),
        put(f"{SCHEMAS}/Scope/enum/-", "accounts"),
        put("/x-scope-implies/admin/-", "accounts"),
        put(f"{ACCOUNT}/security", accounts),
    )
    statuses = {scope: world.get("/api/v1/me", key=world.key(scope)).status for scope in ("read", "accounts", "admin")}
    assert statuses == {"read": 403, "accounts": 200, "admin": 200}
    assert "accounts" in world.contract.scopes


def test_src_2_another_value_of_an_enum() -> None:
    world = world_of(put(f"{SCHEMAS}/EventStatus/enum/-", "postponed"))
    key = world.key("read")
    assert world.get("/api/v1/events?status=postponed", key=key).json["pagination"]["total"] == 0
    assert open_world().get("/api/v1/events?status=postponed", key=key).status in (400, 401)
    assert world.get("/api/v1/events?status=moved", key=key).status == 400


def test_src_2_a_required_header() -> None:
    trace = {"name": "X-Trace", "in": "header", "required": True, "schema": {"type": "integer", "maximum": 9}}
    world = world_of(put(f"{EVENTS}/parameters/-", trace))
    key = world.key("read")
    missing = world.get("/api/v1/events", key=key)
    assert (missing.status, missing.json["errors"][0]["parameter"]) == (400, "X-Trace")
    assert world.get("/api/v1/events", key=key, headers={"X-Trace": "10"}).status == 400
    assert world.get("/api/v1/events", key=key, headers={"X-Trace": "9"}).status == 200
    assert world.get("/api/v1/bookings", key=key).status == 200


def test_src_2_a_required_query_parameter_and_its_default() -> None:
    more = {"name": "calendar", "in": "query", "required": True, "schema": {"type": "string", "pattern": "^cal_"}}
    world = world_of(put(f"{EVENTS}/parameters/-", more))
    key = world.key("read")
    calls = {"": 400, "?calendar=x": 400, "?calendar=cal_1": 200}
    assert {query: world.get(f"/api/v1/events{query}", key=key).status for query in calls} == calls


def test_src_2_another_event_type() -> None:
    payload = {"type": "object", "required": ["type"], "properties": {"type": {"type": "string", "const": "page.made"}}}
    world = world_of(
        lambda data: data["webhooks"].update({"page.made": _webhook(data)}),
        put(f"{SCHEMAS}/PagePayload", payload),
        put(f"{SCHEMAS}/EventType/enum/-", "page.made"),
        put(f"{SCHEMAS}/WebhookCreate/properties/events/maxItems", 8),
    )
    key = world.key("webhooks")
    made = world.post("/api/v1/webhooks", HOOK | {"events": [*world.contract.data["webhooks"]]}, key=key)
    assert made.status == 201
    assert "page.made" in made.json["events"]
    assert len(made.json["events"]) == 8


def _webhook(data: Any) -> dict[str, Any]:
    like: dict[str, Any] = data["webhooks"]["event.created"]["post"]
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/PagePayload"}}}
    return {"post": like | {"operationId": "pageMade", "requestBody": {"required": True, "content": content}}}


def _filter(name: str, comparison: str, schema: Any, field: str = "") -> dict[str, Any]:
    stated = {"field": field or name, "comparison": comparison}
    return {"name": name, "in": "query", "description": "x", "x-filter": stated, "schema": schema}


@pytest.mark.parametrize("visibility", ["public", "private"])
def test_src_2_another_filter_of_events(visibility: str) -> None:
    schema = {"type": "string", "enum": ["public", "private"]}
    world = world_of(put(f"{EVENTS}/parameters/-", _filter("visibility", "equals", schema)))
    key = world.key("read")
    whole = everything(world, "/api/v1/events", key)
    expected = [each for each in whole if each["visibility"] == visibility]
    reply = world.get("/api/v1/events", query=ALL | {"visibility": visibility}, key=key)
    assert reply.json["pagination"]["total"] == len(expected) not in (0, len(whole))
    assert reply.json["data"] == expected[:100]
    both = world.get("/api/v1/events", query=ALL | {"visibility": visibility, "status": "confirmed"}, key=key)
    assert both.json["data"] == [each for each in expected if each["status"] == "confirmed"][:100]


@pytest.mark.parametrize("comparison", ["after", "at_or_after", "before", "at_or_before"])
def test_src_2_another_filter_by_a_number(comparison: str) -> None:
    schema = {"type": "integer", "minimum": 1, "maximum": 1440}
    pages = "/paths/~1api~1v1~1booking-pages/get/parameters/-"
    world = world_of(put(pages, _filter("minutes", comparison, schema, "duration_minutes")))
    key = world.key("read")
    whole = everything(world, "/api/v1/booking-pages", key)
    holds = {
        "after": int.__gt__, "at_or_after": int.__ge__, "before": int.__lt__, "at_or_before": int.__le__
    }[comparison]  # fmt: skip
    for bound in {each["duration_minutes"] for each in whole} | {1, 1440}:
        found = world.get(f"/api/v1/booking-pages?minutes={bound}", key=key).json["data"]
        assert found == [each for each in whole if holds(each["duration_minutes"], bound)]


def test_src_2_bookings_of_one_page_and_up_to_an_instant() -> None:
    page = {"$ref": "#/components/schemas/BookingPageId"}
    instant = {"$ref": "#/components/schemas/Instant"}
    world = world_of(
        put(f"{BOOKINGS}/parameters/-", _filter("booking_page_id", "equals", page)),
        put(f"{BOOKINGS}/parameters/-", _filter("until", "at_or_before", instant, "end_time")),
    )
    key = world.key("read")
    whole = everything(world, "/api/v1/bookings", key)
    for identifier in {each["booking_page_id"] for each in whole}:
        found = world.get("/api/v1/bookings", query=ALL | {"booking_page_id": identifier, "until": NOW}, key=key).json
        assert found["data"] == [b for b in whole if b["booking_page_id"] == identifier and b["end_time"] <= NOW]


def test_src_2_a_filter_that_is_gone_is_an_unknown_parameter() -> None:
    world = world_of(drop(f"{EVENTS}/parameters/0"))
    assert world.get("/api/v1/events?status=confirmed", key=world.key("read")).status == 400


@pytest.mark.parametrize(
    "order",
    [
        *(["title", "id"], ["created_at", "id"], ["status", "start_time", "id"], ["id"], ["status"]),
        *(["-start_time", "id"], ["-status", "start_time"], ["status", "-start_time", "-id"], ["-title"]),
    ],
)
@pytest.mark.parametrize("size", ["small", "large"])
def test_src_2_another_order(order: list[str], size: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Total, whether or not it says so: what is equal otherwise is ordered by id."""
    if size == "large":  # has indexes and tallies of its own
        monkeypatch.setattr("smartcal_api.store.store.Store.__init__.__kwdefaults__", {"small": 10})
    world = world_of(put(f"{EVENTS}/x-order", order))
    found = everything(world, "/api/v1/events", world.key("read"))
    expected = sorted(found, key=lambda event: event["id"])
    for key in reversed(order):
        expected.sort(key=lambda event, key=key: event[key.lstrip("-")].encode(), reverse=key[0] == "-")
    assert found == expected
    assert len(found) == 200
    for status in ("confirmed", "cancelled"):
        query = ALL | {"status": status, "start_after": NOW}
        page = world.get("/api/v1/events", query=query, key=world.key("read")).json
        selected = [each for each in expected if each["status"] == status and each["start_time"] >= NOW]
        assert page["data"] == selected[:100]
        assert page["pagination"]["total"] == len(selected)


def test_src_2_another_most_of_subscriptions() -> None:
    world = world_of(put("/x-resource-limits/webhooks", 2))
    key = world.key("webhooks")
    assert [world.post("/api/v1/webhooks", HOOK, key=key).status for _ in range(3)] == [201, 201, 409]


def test_src_2_an_operation_on_another_path_answers_there_and_links_to_there() -> None:
    world = world_of(
        rename("/paths/~1api~1v1~1events", "/v2/calendar"),
        rename("/paths/~1api~1v1~1events~1{event_id}", "/v2/calendar/{event_id}"),
        rename(WEBHOOKS, "/v2/hooks"),
    )
    key = world.key("admin")
    listed = world.get("/v2/calendar", key=key)
    assert "/v2/calendar?page=2" in listed.headers["link"]
    assert world.get(f"/v2/calendar/{listed.json['data'][0]['id']}", key=key).json == listed.json["data"][0]
    assert "GET /v2/calendar lists" in world.get("/v2/calendar/x", key=key).json["detail"]
    assert "/v2/hooks/whk_" in world.post("/v2/hooks", HOOK, key=key).headers["location"]
    assert world.get("/api/v1/events", key=key).status == 404
