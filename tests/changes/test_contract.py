"""The edits of our own contract that other tools miss, or take for others: 28 that were tried with each of them."""

import copy
from functools import cache
from typing import Any

import pytest

from smartcal_api.changes.comparison import Comparison, compare
from smartcal_api.changes.delta import Level, Proof
from smartcal_api.changes.side import Side
from tests.changes.small import TODAY, side
from tests.edits import BOOKINGS, EVENTS, SCHEMAS, Edit, document, drop, put

BREAKING, RISKY, SAFE, NOTHING = "breaking", "risky", "compatible", "nothing"
FLOW = "/components/securitySchemes/oauth2/flows/authorizationCode"


def changed(*edits: Edit) -> Comparison:
    return compare(shipped(), side(document(*edits), "new"), today=TODAY)


@cache
def shipped() -> Side:
    """The contract as it is: comparing it changes nothing of it."""
    return side(document(), "old")


def _allof(data: Any) -> None:
    schemas = data["components"]["schemas"]
    schemas["Person"] = schemas.pop("Attendee")
    schemas["Attendee"] = {"allOf": [{"$ref": "#/components/schemas/Person"}]}


def _renamed(data: Any) -> None:
    """Another header for the signature, in the policy and in each delivery."""
    data["x-webhook-signature"]["header"] = "X-Signature"
    data["components"]["parameters"]["WebhookSignature"]["name"] = "X-Signature"


def _not_sent(schema: str, name: str) -> Edit:
    """A required property that is gone, from the properties and from what is required."""

    def edit(data: Any) -> None:
        found = data["components"]["schemas"][schema]
        del found["properties"][name]
        found["required"].remove(name)

    return edit


ENUM_OF_ONE = {"type": "string", "enum": ["Bearer"]}
FILTER = f"{EVENTS}/parameters/3/x-filter/comparison"
ROWS: list[tuple[str, Edit, str, str]] = [
    ("scope webhooks deleted", drop(f"{FLOW}/scopes/webhooks"), BREAKING, "scope-removed"),
    ("page maximum 100 to 50", put(f"{SCHEMAS}/PageSize/maximum", 50), BREAKING, "values-narrowed"),
    ("limit 100 to 60", put("/x-rate-limits/0/limit", 60), BREAKING, "limit-lowered"),
    ("limit 100 to 200", put("/x-rate-limits/0/limit", 200), SAFE, "limit-raised"),
    ("same rate in a longer window", put("/x-rate-limits/0/window_seconds", 120), BREAKING, "limit-lowered"),
    (
        "header of deliveries optional",
        put("/components/parameters/WebhookSignature/required", False),
        BREAKING,
        "header-optional",
    ),
    ("enum value added", put(f"{SCHEMAS}/EventStatus/enum/-", "unsure"), RISKY, "enum-grown"),
    ("webhook property removed", _not_sent("BookingCreatedPayload", "created_at"), BREAKING, "property-not-sent"),
    ("tokenUrl changed", put(f"{FLOW}/tokenUrl", "/oauth/v2/token"), BREAKING, "oauth-url-changed"),
    ("pattern narrowed, shared schema", put(f"{SCHEMAS}/ClientId/pattern", "^[a-z]+$"), BREAKING, "values-narrowed"),
    ("pattern widened, shared schema", put(f"{SCHEMAS}/ClientId/pattern", "^[ -~]+$"), SAFE, "accepts-more"),
    ("pattern in other words", put(f"{SCHEMAS}/ClientId/pattern", "^[!-~][!-~]*$"), NOTHING, ""),
    ("request closed", put(f"{SCHEMAS}/TokenRequest/additionalProperties", False), BREAKING, "object-closed"),
    ("allOf refactoring", _allof, NOTHING, ""),
    ("const to enum of one", put(f"{SCHEMAS}/TokenResponse/properties/token_type", ENUM_OF_ONE), NOTHING, ""),
    ("default 20 to 50", put(f"{SCHEMAS}/PageSize/default", 50), RISKY, "default-changed"),
    ("response header optional", put("/components/headers/RequestId/required", False), BREAKING, "header-optional"),
    ("content type removed", drop(f"{EVENTS}/responses/200/content"), BREAKING, "media-type-removed"),
    ("filter before to at_or_before", put(FILTER, "at_or_before"), BREAKING, "filter-changed"),
    ("x-order changed", put(f"{EVENTS}/x-order", ["title", "id"]), BREAKING, "order-changed"),
    ("x-order refined", put(f"{EVENTS}/x-order", ["start_time", "id", "title"]), SAFE, "order-refined"),
    ("event type removed", drop("/webhooks/booking.created"), BREAKING, "delivery-removed"),
    ("signature header renamed", _renamed, BREAKING, "signature-changed"),
    ("retries cut", put("/x-retry-schedule/delays_seconds", [0, 5]), BREAKING, "retries-fewer"),
    ("scope read to admin", put(f"{EVENTS}/security", [{"bearerKey": ["admin"]}]), BREAKING, "credential-not-enough"),
    (
        "scope admin is implied no longer",
        put("/x-scope-implies/admin", ["read", "write"]),
        BREAKING,
        "implied-scope-removed",
    ),
    ("description only", put("/info/description", "Other words."), NOTHING, ""),
    ("response property removed", _not_sent("Event", "title"), BREAKING, "property-not-sent"),
    ("Link header dropped", drop(f"{EVENTS}/responses/200/headers/Link"), BREAKING, "header-removed"),
    ("401 removed", drop(f"{BOOKINGS}/responses/401"), RISKY, "error-status-removed"),
    ("lifetime of a token shorter", put("/x-lifetimes/access_token", 60), BREAKING, "lifetime-shorter"),
    ("a problem's status", put("/x-problems/booking_in_the_past/status", 422), BREAKING, "problem-status"),
    ("request limit lowered", put("/x-request-limits/body_bytes", 1000), BREAKING, "limit-lowered"),
    ("request limit lifted", drop("/x-request-limits/body_seconds"), SAFE, "limit-raised"),
    ("resource limit lowered", put("/x-resource-limits/webhooks", 5), BREAKING, "limit-lowered"),
    ("a header hidden from browsers", put("/x-cors/expose", ["Link"]), BREAKING, "cors-narrowed"),
    ("ids of another form", put("/x-ids/prefixes/event", "event_"), BREAKING, "policy-name-changed"),
    ("names of paging", put("/x-pagination/parameters/per_page", "limit"), BREAKING, "policy-name-changed"),
    ("rate limit header renamed", put("/x-rate-limit-headers/limit", "X-Limit"), BREAKING, "policy-name-changed"),
    (
        "a reply that ends a subscription",
        put("/x-retry-schedule/disable_on_status", [404, 410]),
        BREAKING,
        "retries-fewer",
    ),
    ("unrouted answer gone", drop("/x-unrouted-responses/414"), RISKY, "error-status-removed"),
]


@pytest.mark.parametrize(("edit", "truth", "rule"), [pytest.param(*row[1:], id=row[0]) for row in ROWS])
def test_an_edit_of_the_contract_weighs_what_it_does_to_those_who_rely_on_it(edit: Edit, truth: str, rule: str) -> None:
    found = changed(edit)
    told = [(change.level.value, change.rule, change.subject, change.part, change.text) for change in found.changes]
    worst = told[0][0] if told else NOTHING
    assert worst == truth, told
    assert not rule or rule in {change.rule for change in found.changes if change.level.value == truth}, told
    assert found.unproven == [], told
    for change in found.changes:
        if change.level is Level.BREAKING and change.proof is not Proof.RULE:
            assert change.proof is Proof.VALUE, told
            assert change.verified_by == ("jsonschema-rs", "jsonschema"), told


def test_the_contract_against_itself_and_against_a_copy_of_it_in_another_order_is_no_change() -> None:
    def turned(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: turned(each) for key, each in reversed(value.items())}
        return copy.deepcopy(value)

    assert changed().changes == ()
    assert compare(shipped(), side(turned(document()), "new"), today=TODAY).changes == ()


def test_a_clause_that_many_operations_share_is_told_once_with_its_line_on_both_sides() -> None:
    (change,) = changed(put(f"{SCHEMAS}/PageSize/maximum", 50)).changes
    assert len(change.also) == 3
    lines = shipped().document.text.splitlines()
    assert change.old_place is not None
    assert '"maximum": 100' in lines[change.old_place[1] - 1]
    assert change.witness is not None
    assert 50 < change.witness.part <= 100


def test_policy_in_a_form_that_is_not_ours_is_an_extension_whose_meaning_nobody_knows() -> None:
    """Any member of the policy of any other form, on either side: nothing trips over it."""
    for pointer, value in (
        ("/x-rate-limits", [{"per": "minute"}]),
        ("/x-rate-limits", {"minute": 100}),
        ("/x-request-limits", {"body_bytes": "1M"}),
        ("/x-scope-implies", {"admin": 5}),
        ("/x-retry-schedule", {"delays_seconds": 5}),
        ("/x-problems", {"not_found": 404}),
        ("/x-cors", {"expose": "Link"}),
    ):
        edited = side(document(put(pointer, value)), "new")
        assert "extension-changed" in {change.rule for change in compare(shipped(), edited, today=TODAY).changes}
        former = side(document(put(pointer, value)), "old")
        back = compare(former, side(document(), "new"), today=TODAY)
        assert "extension-changed" in {change.rule for change in back.changes}, pointer
