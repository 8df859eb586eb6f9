"""An operation whose handler doesn't fit an edited contract is served without, and told of with its place (SRC 2)."""

import pytest

from smartcal_api.errors import ContractError
from tests.edits import SCHEMAS, WEBHOOKS, Edit, drop, edited, put, rename, replace
from tests.wire import World, open_world

CANCEL = "/paths/~1api~1v1~1bookings~1{booking_id}~1cancel/post"
EVENT = "/paths/~1api~1v1~1events~1{event_id}/get"
TOLD: dict[str, tuple[tuple[Edit, ...], str, str]] = {
    "a code": (
        (replace("webhook_limit_reached", "too_many_webhooks"), put("/x-resource-limits/webhooks", 1)),
        "createWebhook",
        "/x-problems: createWebhook is mocked, for its handler answers webhook_limit_reached, which x-problems has not",
    ),
    "a status": (
        (put("/x-problems/booking_in_the_past/status", 422),),
        "cancelBooking",
        "/x-problems/booking_in_the_past/status: cancelBooking is mocked, for its handler answers booking_in_the_past, "
        "so 422, which it does not declare",
    ),
    "a member of a body": (
        (rename(f"{SCHEMAS}/WebhookCreate/properties/url", "urls"),
         put(f"{SCHEMAS}/WebhookCreate/required", ["events"]),
         drop(f"{WEBHOOKS}/post/requestBody/content/application~1json/examples")),
        "createWebhook",
        f"{SCHEMAS}/WebhookCreate: createWebhook is mocked, for its handler reads url of the body, which has no such "
        "member; did you mean urls?",
    ),
    "no body": (
        (drop(f"{EVENT}/responses/200/content"),),
        "getEvent",
        f"{EVENT}/responses/200/content: getEvent is mocked, for its handler answers 200 in JSON, and the contract has "
        "no body",
    ),
    "a name": (
        (replace("listEvents", "listAllEvents"),),
        "listAllEvents",
        "/paths/~1api~1v1~1events/get: listAllEvents is served by its shape, for no handler is called so; did you "
        "mean listEvents?",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TOLD)
def test_src_2_what_a_handler_lacks_is_told_with_its_place_and_the_operation_is_served_without(name: str) -> None:
    edits, operation, message = TOLD[name]
    world = open_world(edited(*edits))
    (told,) = world.application.unfit.values()
    assert str(told).startswith(message)
    assert told.line is not None
    assert told.line > 1
    assert [name for name, each in world.application.assigned.items() if each.kind != "handler"] == [operation]


def test_src_5_a_resource_whose_handler_does_not_fit_is_served_with_the_data_that_is_there() -> None:
    usual, renamed = open_world(), open_world(edited(replace("listEvents", "listAllEvents")))
    path = "/api/v1/events?status=cancelled&per_page=3"
    lists = [world.get(path, key=world.key("read")) for world in (usual, renamed)]
    assert lists[0].json == lists[1].json
    assert lists[0].json["data"]


def test_src_2_a_status_and_a_media_type_of_json_are_the_contracts() -> None:
    world = open_world(
        edited(
            rename(f"{CANCEL}/responses/200", "202"),
            rename(f"{EVENT}/responses/200/content/application~1json", "application/vnd.smartcal.v2+json"),
        )
    )
    key = world.key("read", "write")
    (booking,) = world.get("/api/v1/bookings?upcoming=true&per_page=1", key=key).json["data"]
    cancelled = world.post(f"/api/v1/bookings/{booking['id']}/cancel", key=key)
    assert (cancelled.status, cancelled.json["status"]) == (202, "cancelled")
    event = world.get(f"/api/v1/events/{booking['event_id']}", key=key)
    assert (event.status, event.headers["content-type"]) == (200, "application/vnd.smartcal.v2+json")
    assert world.application.mocked == []


def test_src_2_another_name_of_a_schema_changes_nothing() -> None:
    usual, renamed = open_world(), open_world(edited(_call_events_calendar_events))
    assert _answers(usual) == _answers(renamed)


def test_src_2_what_the_contract_wants_besides_is_filled_in() -> None:
    """In what a handler makes, and in what is kept of it."""
    member = {"type": "string", "const": "2026-11"}
    wanting = [f"{SCHEMAS}/{schema}" for schema in ("Webhook", "WebhookCreated", "Cancellation", "Pagination")]
    edits = [put(f"{each}/properties/version", member) for each in wanting]
    edits += [put(f"{each}/required/-", "version") for each in wanting]
    world = open_world(edited(*edits, _without_examples))
    key = world.key("read", "write", "webhooks")
    made = world.post("/api/v1/webhooks", {"url": "https://a.example.com/", "events": ["event.created"]}, key=key)
    (kept,) = world.get("/api/v1/webhooks", key=key).json["data"]
    assert (made.status, made.json["version"], kept["version"]) == (201, "2026-11", "2026-11")
    bookings = world.get("/api/v1/bookings?upcoming=true&per_page=1", key=key).json
    assert bookings["pagination"]["version"] == "2026-11"
    cancelled = world.post(f"/api/v1/bookings/{bookings['data'][0]['id']}/cancel", key=key)
    assert cancelled.json["cancellation"]["version"] == "2026-11"


@pytest.mark.parametrize("member", ["detail", "request_id"])
def test_src_2_a_problem_is_rendered_whatever_its_schema_says(member: str) -> None:
    def edit(data: dict[str, dict[str, dict[str, dict[str, list[str]]]]]) -> None:
        rename(f"{SCHEMAS}/Problem/properties/{member}", "other")(data)
        required = data["components"]["schemas"]["Problem"]["required"]
        required[required.index(member)] = "other"

    world = open_world(edited(edit, _without_examples))
    assert [world.get(path).status for path in ("/nothing", "/api/v1/me")] == [404, 401]
    assert "other" in world.get("/nothing").json
    assert any(f"lacks {member}" in str(each) for each in world.application.remarks)


def test_src_2_ids_that_their_header_does_not_take_are_refused_with_their_place() -> None:
    with pytest.raises(ContractError, match="/x-ids: request ids would be such as req_0000000000, which"):
        edited(put("/x-ids/length", 10))
    world = open_world(edited(put("/x-ids/prefixes/event", "event_")))
    assert [each.pointer for each in world.application.remarks] == ["/x-ids/prefixes/event"]


def test_src_4_what_nothing_is_done_with_is_told_with_its_place() -> None:
    query = {"name": "q", "in": "query", "schema": {"type": "string"}}
    world = open_world(
        edited(
            put("/paths/~1api~1v1~1events/get/parameters/-", query),
            put(f"{SCHEMAS}/CancelBookingRequest/properties/notify", {"type": "boolean"}),
        )
    )
    assert [str(each) for each in world.application.remarks] == [
        "/paths/~1api~1v1~1events/get: q of listEvents has no x-filter, so that it selects nothing",
        f"{SCHEMAS}/CancelBookingRequest/properties/notify: the handler of cancelBooking does nothing with notify",
    ]
    assert world.application.mocked == []


def _answers(world: World) -> list[bytes]:
    key = world.key("read")
    return [
        world.get(f"/api/v1/{path}", key=key).body for path in ("events", "events?per_page=3&source=google", "bookings")
    ]


def _call_events_calendar_events(data: object) -> None:
    rename(f"{SCHEMAS}/Event", "CalendarEvent")(data)
    _refer(data)


def _refer(data: object) -> None:
    if isinstance(data, dict):
        if data.get("$ref") == f"#{SCHEMAS}/Event":
            data["$ref"] = f"#{SCHEMAS}/CalendarEvent"
        for each in data.values():
            _refer(each)
    elif isinstance(data, list):
        for each in data:
            _refer(each)


def _without_examples(data: object) -> None:
    if isinstance(data, dict):
        for name in ("example", "examples"):
            if name in data and "properties" not in data:
                data.pop(name)
    for inner in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        _without_examples(inner)
