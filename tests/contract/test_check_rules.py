"""What the check says of operations, lists, policy and examples that can't be served (laws SRC 1, 2, 4, 6)."""

import pytest

from smartcal_api.contract.check import check
from tests.contract.check_cases import (
    AFTER,
    BOOKINGS,
    CANCEL,
    CREATE,
    DELIVERY,
    EQUALS,
    EVENT,
    EVENTS,
    JSON,
    REMOVE,
    SCHEMAS,
    STATUS,
    UPCOMING,
    Case,
    assert_found,
    edited,
    parameter,
    table,
)
from tests.edits import Edit, drop, put, rename

OPERATIONS: list[Case] = [
    ("a name that is not text", [put(f"{EVENT}/operationId", [])], f"{EVENT}/operationId", "is a list"),
    ("a name twice", [put(f"{EVENT}/operationId", "listEvents")], f"{EVENT}/operationId", "already"),
    ("the name of a webhook", [put(f"{DELIVERY}/operationId", "getEvent")], f"{DELIVERY}/operationId", "already"),
    ("a path parameter that isn't declared", [drop("/paths/~1api~1v1~1events~1{event_id}/parameters")],
     EVENT, "event_id"),
    ("a path parameter that isn't in the path", [put("/components/parameters/EventId/name", "id")],
     "/paths/~1api~1v1~1events~1{event_id}/parameters/0", "not in the path"),
    ("an optional path parameter", [drop("/components/parameters/EventId/required")],
     "/components/parameters/EventId", "required: true"),
    ("a parameter twice", [put(f"{EVENTS}/parameters/1", {"$ref": "#/components/parameters/Page"})],
     f"{EVENTS}/parameters/4", "a second time"),
    ("two paths for one", [put("/paths/~1api~1v1~1events~1{id}", {"summary": "again"})],
     "/paths/~1api~1v1~1events~1{id}", "matches the same"),
    ("no success", [drop(f"{EVENT}/responses/200")], f"{EVENT}/responses", "no success"),
    ("a body with 204", [put(f"{REMOVE}/responses/204/content", {"text/plain": {}})],
     f"{REMOVE}/responses/204/content", "no body"),
    ("an unknown scheme", [rename(f"{EVENT}/security/0/bearerKey", "bearerKy")],
     f"{EVENT}/security/0/bearerKy", "did you mean bearerKey"),
    ("an unknown scope", [put(f"{EVENT}/security/0/bearerKey/0", "reed")], f"{EVENT}/security/0/bearerKey/0", "read"),
    ("a webhook that asks for a credential", [drop(f"{DELIVERY}/security")], DELIVERY, "security: []"),
    ("a webhook without a signature", [put(f"{DELIVERY}/parameters", [])], DELIVERY, "X-SmartCalPro-Signature"),
    ("a webhook with a query", [put(f"{DELIVERY}/parameters/-", parameter())],
     f"{DELIVERY}/parameters/1", "leave it out"),
]  # fmt: skip


@table(OPERATIONS)
def test_src_4_an_operation_that_can_not_be_served_is_found(edits: list[Edit], pointer: str, words: str) -> None:
    assert_found(edits, pointer, words)


LISTS: list[Case] = [
    ("a list without an order", [drop(f"{EVENTS}/x-order"), drop(f"{EVENTS}/x-sources")], EVENTS, "add x-order"),
    ("an order of one that is no list", [put(f"{EVENT}/x-order", ["id"])], f"{EVENT}/x-order", "page and per_page"),
    ("a list without its size", [drop(f"{EVENTS}/parameters/5")], f"{EVENTS}/x-order", "page and per_page"),
    ("an unknown field of order", [put(f"{EVENTS}/x-order/0", "start_tme")],
     f"{EVENTS}/x-order/0", "did you mean start_time"),
    ("an order by attendees", [put(f"{EVENTS}/x-order/0", "attendees")], f"{EVENTS}/x-order/0", "can't be ordered"),
    ("an order that repeats", [put(f"{EVENTS}/x-order", ["id", "id"])], f"{EVENTS}/x-order/1", "repeats"),
    ("a list without a total", [drop(f"{SCHEMAS}/Pagination/properties/total")], EVENTS, "pagination.total"),
    ("a list without its items", [rename(f"{SCHEMAS}/EventList/properties/data", "items")], EVENTS, "no property data"),
    ("items that have no name", [put(f"{SCHEMAS}/EventList/properties/data/items", {"type": "object"})],
     EVENTS, "$ref"),
    ("a size without a maximum", [drop(f"{SCHEMAS}/PageSize/maximum")],
     "/components/parameters/PerPage/schema", "maximum"),
    ("an unknown field of a filter", [put(f"{STATUS}/x-filter/field", "state")],
     f"{STATUS}/x-filter/field", "not a property of Event"),
    ("an unknown comparison", [put(f"{STATUS}/x-filter/comparison", "equal")],
     f"{STATUS}/x-filter/comparison", "did you mean equals"),
    ("one_of in a plain filter", [put(f"{STATUS}/x-filter/comparison", "one_of")],
     f"{STATUS}/x-filter/comparison", "equals, at_or_after"),
    ("before of a status", [put(f"{STATUS}/x-filter/comparison", "before")],
     f"{STATUS}/x-filter/comparison", "neither"),
    ("a time compared with plain text", [put(f"{AFTER}/schema", {"type": "string"}), drop(f"{AFTER}/example")],
     f"{AFTER}/x-filter", "can't compare start_after with start_time"),
    ("a number that equals text", [put(f"{STATUS}/schema", {"type": "integer"})],
     f"{STATUS}/x-filter", "different types"),
    ("a when that is no boolean", [put(f"{UPCOMING}/x-filter/when", "true")], f"{UPCOMING}/x-filter/when", "boolean"),
    ("a when without its clauses", [drop(f"{UPCOMING}/x-filter/all")], f"{UPCOMING}/x-filter", "is missing all"),
    ("now of a status", [put(f"{UPCOMING}/x-filter/all/1/comparison", "equals"),
                         put(f"{UPCOMING}/x-filter/all/1/value", "now")],
     f"{UPCOMING}/x-filter/all/1/value", "not a date-time"),
    ("one of a single value", [put(f"{UPCOMING}/x-filter/all/1/value", "pending")],
     f"{UPCOMING}/x-filter/all/1/value", "a list of values"),
    ("a value that the field never has", [put(f"{UPCOMING}/x-filter/all/1/value", ["pendign"])],
     f"{UPCOMING}/x-filter/all/1/value", "pendign"),
    ("a filter of one that is no list", [put(f"{EVENT}/parameters", [parameter(**{"x-filter": EQUALS})])],
     f"{EVENT}/parameters/0/x-filter", "getEvent"),
    ("a filter with a member too many", [put(f"{STATUS}/x-filter/value", "now")],
     f"{STATUS}/x-filter/value", "not a member"),
]  # fmt: skip


@table(LISTS)
def test_src_4_a_list_that_can_not_be_served_is_found(edits: list[Edit], pointer: str, words: str) -> None:
    assert_found(edits, pointer, words)


TOP_MEMBERS = [
    *("x-rate-limits", "x-rate-limit-headers", "x-request-id", "x-scope-implies", "x-webhook-signature"),
    *("x-pagination", "x-lifetimes", "x-retry-schedule", "x-request-limits", "x-resource-limits"),
    *("x-cors", "x-ids", "x-secrets", "x-problems", "x-unrouted-responses"),
]
MEMBERS: list[Case] = [
    *[(f"text for {name}", [put(f"/{name}", "x")], f"/{name}", "is 'x', but must be") for name in TOP_MEMBERS],
    ("a limit of nothing", [put("/x-rate-limits/0/limit", 0)], "/x-rate-limits/0/limit", "from 1"),
    ("a limit in text", [put("/x-rate-limits/0/limit", "100")], "/x-rate-limits/0/limit", "whole number"),
    ("no limit at all", [put("/x-rate-limits", [])], "/x-rate-limits", "is empty"),
    ("a limit with a member too many", [put("/x-rate-limits/0/burst", 5)], "/x-rate-limits/0/burst", "not a member"),
    ("a limit with a foreign member", [put("/x-rate-limits/0/x-foo", 5)], "/x-rate-limits/0/x-foo", "not a member"),
    ("two limits of one name", [put("/x-rate-limits/1/name", "minute")], "/x-rate-limits/1/name", "minute"),
    ("an unknown lifetime", [put("/x-lifetimes/id_token", 60)], "/x-lifetimes/id_token", "not a member"),
    ("no lifetime of a code", [drop("/x-lifetimes/authorization_code")], "/x-lifetimes", "authorization_code"),
    ("another algorithm", [put("/x-webhook-signature/algorithm", "hmac-sha1")],
     "/x-webhook-signature/algorithm", "sha256"),
    ("a header with a blank", [put("/x-request-id/header", "Request Id")], "/x-request-id/header", "name of a header"),
    ("a delay before now", [put("/x-retry-schedule/delays_seconds/0", -1)],
     "/x-retry-schedule/delays_seconds/0", "from 0"),
    ("a jitter of more than the delay", [put("/x-retry-schedule/jitter_percent", 101)],
     "/x-retry-schedule/jitter_percent", "up to 100"),
    ("an alphabet that repeats", [put("/x-ids/alphabet", "aba")], "/x-ids/alphabet", "none twice"),
    ("an id beyond its digest", [put("/x-ids/length", 65)], "/x-ids/length", "up to 64"),
    ("a prefix of two", [put("/x-ids/prefixes/event", "bkg_")], "/x-ids/prefixes/booking", "event"),
    ("an exposed header twice", [put("/x-cors/expose/0", "Link")], "/x-cors/expose/3", "repeats"),
    ("a problem that is a success", [put("/x-problems/not_found/status", 200)],
     "/x-problems/not_found/status", "from 400"),
    ("a source of what isn't there", [put("/x-sources/x-rate-limit", "Rate Limits")], "/x-sources/x-rate-limit",
     "no member x-rate-limit beside x-sources"),
    ("a basis of its own", [put("/x-ids/x-basis", "guess")], "/x-ids/x-basis", "decision, documented"),
    ("x-filter on an operation", [put(f"{EVENT}/x-filter", {})], f"{EVENT}/x-filter", "belongs in a parameter"),
    ("x-order on a schema", [put(f"{SCHEMAS}/Event/x-order", [])],
     f"{SCHEMAS}/Event/x-order", "belongs in an operation"),
    ("x-cors on an operation", [put(f"{EVENT}/x-cors", {})], f"{EVENT}/x-cors", "at the top level"),
    *[
        (f"{near} for {right}", [put(f"{EVENT}/{near}", 1)], f"{EVENT}/{near}", right)
        for near, right in {
            "x-ratelimits": "x-rate-limits", "x-filters": "x-filter", "x-pagnation": "x-pagination",
            "X-Filter": "x-filter", "x-orders": "x-order", "x-bases": "x-basis", "x-problem": "x-problems",
        }.items()
    ],
    ("an X- that is none of ours", [put("/X-Whatever", 1)], "/X-Whatever", "begin with x-"),
]  # fmt: skip


@table(MEMBERS)
def test_src_4_a_fault_in_our_own_members_is_found(edits: list[Edit], pointer: str, words: str) -> None:
    assert_found(edits, pointer, words)


BOTH_WAYS: list[Case] = [
    ("an event type without a webhook", [drop("/webhooks/calendar.synced")], "/webhooks", "is missing calendar.synced"),
    ("a webhook without an event type", [drop(f"{SCHEMAS}/EventType/enum/6")],
     "/webhooks", "calendar.synced is not in"),
    ("no enum of event types", [drop(f"{SCHEMAS}/EventType/enum")], "/webhooks", "which has none"),
    ("a code without a problem", [drop("/x-problems/unavailable")], "/x-problems", "is missing unavailable"),
    ("a problem without a code", [put("/x-problems/teapot", {"status": 404, "title": "Tea"})], "/x-problems", "teapot"),
    ("a problem with a status of nobody", [put("/x-problems/not_found/status", 418)],
     "/x-problems/not_found/status", "418"),
    ("admin of an unknown scope", [put("/x-scope-implies/admin/0", "raed")], "/x-scope-implies/admin/0", "read"),
    ("an unknown scope that implies", [rename("/x-scope-implies/admin", "root")], "/x-scope-implies/root", "a scope"),
    ("an unrouted response of nowhere", [put("/x-unrouted-responses/404/$ref", "#/components/responses/Gone")],
     "/x-unrouted-responses/404/$ref", "leads nowhere"),
]  # fmt: skip


@table(BOTH_WAYS)
def test_src_1_what_is_stated_twice_must_agree(edits: list[Edit], pointer: str, words: str) -> None:
    assert_found(edits, pointer, words)


EXAMPLES: list[Case] = [
    ("a link to no operation", [put("/components/links/EventOfBooking/operationId", "getEvnt")],
     "/components/links/EventOfBooking/operationId", "did you mean getEvent"),
    ("a link with an unknown parameter", [rename("/components/links/EventOfBooking/parameters/event_id", "id")],
     "/components/links/EventOfBooking/parameters/id", "not a parameter of getEvent"),
    ("a link that leaves out what is required", [put("/components/links/EventOfBooking/parameters", {})],
     "/components/links/EventOfBooking", "leaves out event_id"),
    ("a link with a bad expression", [put("/components/links/EventOfBooking/parameters/event_id", "$response.bdy#/id")],
     "/components/links/EventOfBooking/parameters/event_id", "runtime expression"),
    ("an invalid example of a parameter", [put(f"{AFTER}/example", "yesterday")], f"{AFTER}/example", "yesterday"),
    ("an invalid example of a header", [put("/components/headers/RetryAfter/example", 0)],
     "/components/headers/RetryAfter/example", "minimum"),
    ("an invalid example of a request", [put(f"{CREATE}/requestBody/{JSON}/examples/sync/value/events", [])],
     f"{CREATE}/requestBody/{JSON}/examples/sync/value/events", "less than 1 item"),
    ("an invalid example that is referred to", [put("/components/examples/EventMoved/value/status", "moved")],
     "/components/examples/EventMoved/value/status", "moved"),
    ("an invalid example of a webhook",
     [put("/components/examples/BookingCreatedDelivery/value/type", "event.created")],
     "/components/examples/BookingCreatedDelivery/value/type", "booking.created"),
    ("an invalid example of a schema", [put(f"{SCHEMAS}/Timestamp/examples/0", "noon")],
     f"{SCHEMAS}/Timestamp/examples/0", "noon"),
    ("an invalid default", [put(f"{SCHEMAS}/PageSize/default", 500)], f"{SCHEMAS}/PageSize/default", "100"),
    ("an example and examples", [put(f"{AFTER}/examples", {})], f"{AFTER}/example", "excludes"),
    ("an example without a value", [drop("/components/examples/EventMoved/value")],
     "/components/examples/EventMoved", "is missing value"),
]  # fmt: skip


@table(EXAMPLES)
def test_src_6_an_invalid_example_or_link_is_found(edits: list[Edit], pointer: str, words: str) -> None:
    assert_found(edits, pointer, words)


TEXT, TAKEN = {"type": "string"}, {"204": {"description": "Taken."}}
SOUND = [
    ("a smaller page", [put(f"{SCHEMAS}/PageSize/maximum", 50)]),
    ("another limit", [put("/x-rate-limits/0/limit", 5)]),
    ("another scope", [put(f"{EVENT}/security/0/bearerKey", ["webhooks"])]),
    ("a new status", [put(f"{SCHEMAS}/EventStatus/enum/-", "postponed")]),
    ("a required header", [put(f"{EVENT}/parameters", [parameter(**{"in": "header", "required": True})])]),
    ("a list in the query", [put(f"{EVENT}/parameters", [parameter(schema={"type": "array", "items": TEXT})])]),
    ("a new operation", [put("/paths/~1api~1v1~1ping", {"get": {"operationId": "ping", "responses": TAKEN}})]),
    ("a tree", [put(f"{SCHEMAS}/Tree", {"type": "object", "properties": {"child": {"$ref": f"#{SCHEMAS}/Tree"}}})]),
    ("true for a schema", [put(f"{SCHEMAS}/Event/properties/title", True)]),
    ("a property named as one of ours", [put(f"{SCHEMAS}/Event/properties/x-filter", {"type": "string"})]),
    ("a merge type", [rename(f"{CANCEL}/requestBody/{JSON}", "application/merge-patch+json")]),
    ("a field of allOf in the order", [put(f"{SCHEMAS}/Event/allOf", [{"properties": {"rank": {"type": "integer"}}}]),
                                       put(f"{EVENTS}/x-order/0", "rank")]),
    ("a new event type", [
        put(f"{SCHEMAS}/EventType/enum/-", "event.shared"),
        put("/webhooks/event.shared", {"post": {
            "operationId": "eventShared", "security": [], "responses": TAKEN,
            "parameters": [{"$ref": "#/components/parameters/WebhookSignature"}],
            "requestBody": {"content": {"application/json": {"schema": {"$ref": f"#{SCHEMAS}/EventUpdatedPayload"}}}},
        }}),
    ]),
]  # fmt: skip


@pytest.mark.parametrize("edits", [pytest.param(edits, id=name.replace(" ", "_")) for name, edits in SOUND])
def test_src_2_an_edit_that_the_toolkit_serves_is_no_finding(edits: list[Edit]) -> None:
    assert check(edited(*edits)) == []


def test_src_4_every_fault_is_found_at_once_and_none_hides_another() -> None:
    document = edited(
        rename(f"{EVENT}/tags", "tag"),
        put(f"{BOOKINGS}/x-order/0", "start"),
        put(f"{SCHEMAS}/WebhookId/pattern", "("),
        put("/components/examples/AccountByKey/value/plan", "gold"),
    )
    assert {finding.pointer for finding in check(document)} == {
        f"{EVENT}/tag",
        f"{BOOKINGS}/x-order/0",
        f"{SCHEMAS}/WebhookId/pattern",
        "/components/examples/AccountByKey/value/plan",
    }
