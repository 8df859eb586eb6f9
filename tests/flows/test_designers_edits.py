"""What designers do to a contract, and what must be true then: on the wire, or in what is told (laws SRC 2, SRC 4)."""

from collections.abc import Callable
from typing import Any

import orjson
import pytest

from smartcal_api.contract.check import check
from smartcal_api.errors import ContractError
from smartcal_api.sandbox.adaptation import adapt
from smartcal_api.sandbox.staging import Staging
from tests.contract.check_cases import edited as document
from tests.edits import ACCOUNT, EVENTS, SCHEMAS, WEBHOOKS, Edit, drop, edited, put, rename, replace
from tests.flows.contract_edits import no_examples, word
from tests.webhooks.post import due, hook
from tests.wire import Reply, World, open_world

Seen = Callable[["Edited"], object]
TEXT = {"type": "string"}
HOOK = {"url": "https://hooks.example.com/", "events": ["event.created"]}
EVENT, CREATED = f"{SCHEMAS}/Event", "/webhooks/booking.created/post"
PAYLOAD = f"{SCHEMAS}/BookingCreatedPayload"
ONE = "/paths/~1api~1v1~1events~1{event_id}/get"
CANCEL = "/paths/~1api~1v1~1bookings~1{booking_id}~1cancel/post"
FLOW = "/components/securitySchemes/oauth2/flows/authorizationCode/scopes"


class Edited:
    """A world of an edited contract, asked with a key of every scope."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.key = world.key(*world.contract.scopes)

    def get(self, path: str = "events", **headers: str) -> Reply:
        return self.world.get(f"/api/v1/{path}", key=self.key, headers=headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Reply:
        return self.world.post(f"/api/v1/{path}", body, key=self.key, headers=headers)

    def first(self, path: str = "events") -> dict[str, Any]:
        found: dict[str, Any] = self.get(path).json["data"][0]
        return found

    def delivered(self) -> Any:
        """The body of a booking's delivery, and its headers."""
        hook(self.world, "booking.created")
        Staging(self.world.contract).trigger(self.world.sandbox, "booking.created")
        (lease,) = due(self.world)
        headers = {name.lower(): value for name, value in self.world.sandbox.outbox.terms.headers(lease)}
        return {
            **headers,
            "body": orjson.loads(lease.body),
            "objection": self.world.sandbox.outbox.terms.objection(lease),
        }

    def cancelled_twice(self) -> list[Reply]:
        booking = self.first("bookings?status=confirmed&upcoming=true")["id"]
        return [self.post(f"bookings/{booking}/cancel") for _ in range(2)]


def query(name: str, schema: Any = TEXT, **more: Any) -> Edit:
    return put(f"{EVENTS}/parameters/-", {"name": name, "in": "query", "description": "x", "schema": schema, **more})


def by(name: str, comparison: str, schema: Any = TEXT, field: str = "") -> Edit:
    return query(name, schema, **{"x-filter": {"field": field or name, "comparison": comparison}})


def header(at: str, name: str, **stated: Any) -> Edit:
    return put(f"{at}/responses/200/headers/{name}", {"schema": TEXT, **stated})


def delivery_header(**stated: Any) -> Edit:
    return put(f"{CREATED}/parameters/-", {"name": "X-Attempt", "in": "header", "schema": TEXT, **stated})


def member(name: str, schema: Any, *, required: bool = False, at: str = EVENT) -> list[Edit]:
    made = [put(f"{at}/properties/{name}", schema)]
    return [*made, put(f"{at}/required/-", name), no_examples] if required else made


def every(world: Edited, holds: Callable[[dict[str, Any]], bool], path: str = "events?per_page=100") -> bool:
    items = world.get(path).json["data"]
    return items != [] and all(map(holds, items))


def scheme(name: str, stated: Any) -> list[Edit]:
    return [put(f"/components/securitySchemes/{name}", stated), put(f"{ACCOUNT}/security/-", {name: ["read"]})]


LIVE: dict[str, tuple[list[Edit], Seen]] = {
    "a filter by equality": (
        [by("visibility", "equals")],
        lambda w: every(w, lambda e: e["visibility"] == "public", "events?visibility=public&per_page=100"),
    ),
    "a filter by an instant": (
        [by("until", "before", {"$ref": f"#{SCHEMAS}/Instant"}, "end_time")],
        lambda w: every(
            w, lambda e: e["end_time"] < "2026-03-04T12:00:00Z", "events?until=2026-03-04T12:00:00Z&per_page=100"
        ),
    ),
    "a filter by a flag": (
        [by("all_day", "equals", {"type": "boolean"})],
        lambda w: every(w, lambda e: e["all_day"], "events?all_day=true&per_page=100"),
    ),
    "an enum value more": (
        [put(f"{SCHEMAS}/EventStatus/enum/-", "held")],
        lambda w: w.get("events?status=held").status == 200,
    ),
    "an enum value less": (
        [lambda d: d["components"]["schemas"]["EventSource"]["enum"].remove("icloud"), no_examples],
        lambda w: every(w, lambda e: e["source"] != "icloud"),
    ),
    "a property by another name": (
        [
            rename(f"{EVENT}/properties/title", "name"),
            put(f"{EVENT}/properties/name/x-was", "title"),
            lambda d: d["components"]["schemas"]["Event"]["required"].remove("title"),
            no_examples,
        ],
        lambda w: w.first()["name"] == Edited(open_world()).first()["title"],
    ),
    "another type": (
        [put(f"{EVENT}/properties/all_day", {"enum": ["yes", "no"]}), no_examples],
        lambda w: every(w, lambda e: e["all_day"] in ("yes", "no")),
    ),
    "another page size": ([put(f"{SCHEMAS}/PageSize/default", 7)], lambda w: len(w.get().json["data"]) == 7),
    "a required property": (
        member("colour", {"enum": ["red"]}, required=True),
        lambda w: every(w, lambda e: e["colour"] == "red"),
    ),
    "a property that may be null": (
        member("mood", {"type": ["string", "null"]}, required=True),
        lambda w: every(w, lambda e: "mood" in e),
    ),
    "a property that may no longer be null": (
        [put(f"{EVENT}/properties/booking_id", {"type": "string"}), no_examples],
        lambda w: every(w, lambda e: isinstance(e["booking_id"], str)),
    ),
    "a property less": (
        [
            drop(f"{EVENT}/properties/visibility"),
            no_examples,
            lambda d: d["components"]["schemas"]["Event"]["required"].remove("visibility"),
        ],
        lambda w: every(w, lambda e: "visibility" not in e),
    ),
    "a payload's constant": (
        member("api_version", {"const": "2026-11"}, required=True, at=PAYLOAD),
        lambda w: w.delivered()["body"]["api_version"] == "2026-11",
    ),
    "a delivery's header": ([delivery_header(**{"x-value": "attempt"})], lambda w: w.delivered()["x-attempt"] == "1"),
    "the signature's header": (
        [replace("X-SmartCalPro-Signature", "X-Signature")],
        lambda w: w.delivered()["x-signature"].startswith("sha256="),
    ),
    "an event type more": (
        [
            lambda d: d["webhooks"].update(
                {"booking.no_show": {"post": {**d["webhooks"]["booking.created"]["post"], "operationId": "noShow"}}}
            ),
            put(f"{SCHEMAS}/EventType/enum/-", "booking.no_show"),
            put(f"{PAYLOAD}/properties/type", TEXT),
        ],
        lambda w: w.post("webhooks", {**HOOK, "events": ["booking.no_show"]}).status == 201,
    ),
    "an entity-tag": ([header(ACCOUNT, "ETag", required=True)], lambda w: w.get("me").headers["etag"][0] == '"'),
    "a cache rule": (
        [header(ACCOUNT, "Cache-Control", schema={"const": "no-cache", "type": "string"})],
        lambda w: w.get("me").headers["cache-control"] == "no-cache",
    ),
    "a header's example": (
        [header(ACCOUNT, "X-Region", example="eu")],
        lambda w: w.get("me").headers["x-region"] == "eu",
    ),
    "a required request header": (
        [put(f"{EVENTS}/parameters/-", {"name": "X-T", "in": "header", "required": True, "schema": TEXT})],
        lambda w: (w.get().status, w.get(**{"X-T": "1"}).status) == (400, 200),
    ),
    "a second header for keys": (
        scheme("other", {"type": "apiKey", "in": "header", "name": "X-Other"}),
        lambda w: w.world.get("/api/v1/me", headers={"X-Other": w.key}).status == 200,
    ),
    "a scope more": (
        [
            put(f"{FLOW}/audit", "x"),
            put(f"{SCHEMAS}/Scope/enum/-", "audit"),
            put("/x-scope-implies/admin/-", "audit"),
            put(f"{ACCOUNT}/security", [{"bearerKey": ["audit"]}]),
        ],
        lambda w: (w.get("me").status, w.world.get("/api/v1/me", key=w.world.key("read")).status) == (200, 403),
    ),
    "anybody may call": ([put(f"{EVENTS}/security", [])], lambda w: w.world.get("/api/v1/events").status == 200),
    "another window's header": (
        [replace("X-RateLimit-Limit", "X-Quota")],
        lambda w: w.get().headers["x-quota"] == "100",
    ),
    "RateLimit": (
        [put("/x-rate-limit-headers/state", "RateLimit")],
        lambda w: w.get().headers["ratelimit"].startswith('"minute";r='),
    ),
    "a limit of one operation": (
        [put(f"{ACCOUNT}/x-rate-limits", [{"name": "a", "limit": 9, "window_seconds": 60}])],
        lambda w: w.get("me").headers["x-ratelimit-limit"] == "9",
    ),
    "per_page by another name": (
        [put(f"/components/parameters/{each}/name", "limit") for each in ("PerPage", "ListPerPage")]
        + [put("/x-pagination/parameters/per_page", "limit")],
        lambda w: len(w.get("events?limit=3").json["data"]) == 3,
    ),
    "items by another name": (
        [
            put("/x-pagination/fields/items", "items"),
            no_examples,
            lambda d: [
                (s["properties"].update(items=s["properties"].pop("data")), s["required"].remove("data"))
                for s in d["components"]["schemas"].values()
                if "pagination" in s.get("properties", ())
            ],
            lambda d: [
                r.pop("links", None)
                for p in d["paths"].values()
                for o in p.values()
                if isinstance(o, dict)
                for r in o["responses"].values()
            ],
        ],
        lambda w: len(w.get().json["items"]) == 20,
    ),
    "the greatest first": (
        [put(f"{EVENTS}/x-order", ["-start_time"])],
        lambda w: (d := [e["start_time"] for e in w.get().json["data"]]) == sorted(d, reverse=True),
    ),
    "an order without an id": (
        [put(f"{EVENTS}/x-order", ["status"])],
        lambda w: (d := [(e["status"], e["id"]) for e in w.get().json["data"]]) == sorted(d),
    ),
    "the request's id by another name": (
        [replace("X-Request-Id", "X-Trace-Id")],
        lambda w: w.get().headers["x-trace-id"],
    ),
    "another prefix of ids": ([replace("evt_", "event_")], lambda w: w.first()["id"].startswith("event_")),
    "deprecated": (
        [put(f"{ACCOUNT}/deprecated", True), put(f"{ACCOUNT}/x-sunset", "2027-01-01")],
        lambda w: w.get("me").headers["deprecation"][0] == "@" and "2027" in w.get("me").headers["sunset"],
    ),
    "fewer webhooks": (
        [put("/x-resource-limits/webhooks", 1)],
        lambda w: [w.post("webhooks", HOOK).status for _ in "ab"] == [201, 409],
    ),
    "shorter addresses": ([put("/x-request-limits/url_bytes", 99)], lambda w: w.get(f"me?x={'x' * 99}").status == 414),
    "another status of a problem": (
        [
            put("/x-problems/booking_in_the_past/status", 410),
            no_examples,
            put("/x-unrouted-responses/410", {"$ref": "#/components/responses/NotFound"}),
        ],
        lambda w: w.post(f"bookings/{w.first('bookings?status=completed')['id']}/cancel").status == 410,
    ),
    "another success": ([rename(f"{CANCEL}/responses/200", "202")], lambda w: w.cancelled_twice()[0].status == 202),
    "another media type": (
        [rename(f"{ONE}/responses/200/content/application~1json", "application/vnd.v2+json")],
        lambda w: w.get(f"events/{w.first()['id']}").headers["content-type"] == "application/vnd.v2+json",
    ),
    "a schema by another name": (
        [rename(f"{SCHEMAS}/Event", "CalendarEvent"), word(f"#{SCHEMAS}/Event", f"#{SCHEMAS}/CalendarEvent")],
        lambda w: w.get().json["pagination"]["total"] == 200,
    ),
    "an operation less": ([drop("/paths/~1api~1v1~1me")], lambda w: w.get("me").status == 404),
    "a path by another name": (
        [rename("/paths/~1api~1v1~1me", "/api/v1/myself")],
        lambda w: (w.get("me").status, w.get("myself").status) == (404, 200),
    ),
    "a shorter page than is asked for": (
        [put(f"{SCHEMAS}/EventList/properties/data/maxItems", 2)],
        lambda w: len(w.get().json["data"]) == 2,
    ),
    "a key for what is done once": (
        [put(f"{WEBHOOKS}/post/parameters", [{"name": "Idempotency-Key", "in": "header", "schema": TEXT}])],
        lambda w: len({w.post("webhooks", HOOK, **{"Idempotency-Key": "a"}).body for _ in "ab"}) == 1,
    ),
}
TOLD: dict[str, tuple[list[Edit], str]] = {
    "a parameter without x-filter": ([query("q")], "q of listEvents has no x-filter"),
    "a parameter of a handler": (
        [put(f"{ONE}/parameters", [{"name": "expand", "in": "query", "schema": TEXT}])],
        "expand of getEvent is judged, and nothing else is done with it",
    ),
    "a member of a body": (
        [put(f"{SCHEMAS}/CancelBookingRequest/properties/notify", {"type": "boolean"})],
        "the handler of cancelBooking does nothing with notify",
    ),
    "a prefix of ids in one place": ([put("/x-ids/prefixes/event", "event_")], "ids would be such as event_"),
    "a code by another name": (
        [replace("booking_already_cancelled", "already_cancelled")],
        "did you mean already_cancelled?",
    ),
    "CSV beside JSON": (
        [put(f"{EVENTS}/responses/200/content/text~1csv", {"schema": TEXT, "example": "a,b"})],
        "listEvents can't write text/csv",
    ),
    "an operation by another name": ([replace("listEvents", "getEvents")], "did you mean listEvents?"),
    "an unknown tag": ([put(f"{EVENTS}/tags/0", "Evnets")], "did you mean Events?"),
    "an unused component": ([put(f"{SCHEMAS}/Unused", TEXT)], "nothing refers to Unused"),
    "an empty answer": ([put(f"{ONE}/responses/200/content/application~1pdf", {})], "neither a schema nor an example"),
    "no code for a key": (
        [put(f"{WEBHOOKS}/post/parameters", [{"name": "Idempotency-Key", "in": "header", "schema": TEXT}])],
        "add one, such as idempotency_key_reused",
    ),
}
REFUSED: dict[str, tuple[list[Edit], str]] = {
    "contains": ([by("title", "contains")], "'contains', but must be one of"),
    "a nested field": ([by("kind", "equals", TEXT, "location.type")], "location.type is not a property of Event"),
    "a bound that examples break": ([put(f"{EVENT}/properties/title/maxLength", 3)], "Correct one of the two"),
    "half an event type": ([put(f"{SCHEMAS}/EventType/enum/-", "booking.no_show")], "booking.no_show"),
    "the signature's header in one place": ([put("/x-webhook-signature/header", "X-Sig")], "no delivery has X-Sig"),
    "an algorithm": ([put("/x-webhook-signature/algorithm", "hmac-sha512")], "hmac-sha256"),
    "a limit of nothing": ([put("/x-rate-limits/0/limit", 0)], "a whole number from 1"),
    "a misspelt policy": ([rename("/x-rate-limits", "x-rate-limit")], "x-rate-limit looks like x-rate-limits"),
    "a misspelt filter": ([rename(f"{EVENTS}/parameters/0/x-filter", "x-filtr")], "x-filtr looks like x-filter"),
    "a misspelt keyword": ([rename(f"{EVENT}/required", "requried")], "did you mean required?"),
    "a misspelt length": ([put(f"{EVENT}/properties/title/minLenght", 1)], "did you mean minLength?"),
    "a misspelt scope": ([put(f"{EVENTS}/security", [{"bearerKey": ["raed"]}])], "did you mean read?"),
    "shorter ids": ([put("/x-ids/length", 10)], "request ids would be such as"),
    "a format": (
        [put(f"{EVENT}/properties/start_time", {"type": "string", "format": "date-tiem"})],
        "did you mean date-time?",
    ),
    "a pattern": ([put(f"{EVENT}/properties/title/pattern", "(")], "regular expression"),
    "a dangling reference": (
        [put(f"{EVENT}/properties/status/$ref", f"#{SCHEMAS}/EventStats")],
        "did you mean EventStatus?",
    ),
    "a link's operation": (
        [put(f"{EVENTS}/responses/200/links/firstEvent/operationId", "getEvnt")],
        "did you mean getEvent?",
    ),
    "a link's expression": (
        [put(f"{EVENTS}/responses/200/links/firstEvent/parameters/event_id", "$response.body#/dta/0/id")],
        "did you mean data?",
    ),
    "a path's parameter": (
        [rename("/paths/~1api~1v1~1events~1{event_id}", "/api/v1/events/{id}")],
        "is not in the path",
    ),
    "two of one name": ([put(f"{ONE}/operationId", "listEvents")], "is the operationId of"),
    "crossed bounds": ([put(f"{EVENT}/properties/title/minLength", 600)], "so that nothing fits"),
    "a required name": ([rename(f"{SCHEMAS}/Attendee/properties/organizer", "organiser")], "did you mean organiser?"),
    "a discriminator": ([put(f"{SCHEMAS}/Location/discriminator/propertyName", "kind")], "kind is not a property of"),
    "a member too much": ([put(f"{EVENT}/nulable", True)], "nulable"),
}


@pytest.mark.parametrize(("edits", "seen"), LIVE.values(), ids=LIVE)
def test_src_2_an_edit_is_seen_on_the_wire(edits: list[Edit], seen: Seen) -> None:
    contract = edited(*edits)
    world = open_world(contract)
    adapt(world.sandbox, contract)
    assert seen(Edited(world))


@pytest.mark.parametrize(("edits", "words"), TOLD.values(), ids=TOLD)
def test_src_4_an_edit_that_nothing_comes_of_is_told_and_breaks_nothing(edits: list[Edit], words: str) -> None:
    world = open_world(edited(*edits))
    told = [*world.contract.idle, *world.application.remarks, *world.application.unfit.values()]
    assert any(words in str(each) for each in told), told
    seen = Edited(world)
    paths = ("events", "bookings", "webhooks", "me", f"events/{seen.first()['id']}")
    replies = [*(seen.get(path) for path in paths), *seen.cancelled_twice(), seen.post("webhooks", HOOK)]
    assert [each.status for each in replies if each.status >= 500] == []


@pytest.mark.parametrize(("edits", "words"), REFUSED.values(), ids=REFUSED)
def test_src_4_an_edit_that_cannot_be_served_is_refused_by_its_cause(edits: list[Edit], words: str) -> None:
    source = document(*edits)
    findings = check(source)
    assert any(words in str(each) for each in findings), [str(each) for each in findings]
    assert isinstance(source.error(findings), ContractError)
