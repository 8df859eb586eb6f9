"""Law SBX 6: the journal holds every request and answer, and can be read, waited for, counted and exported."""

import asyncio
import json
from typing import Any
from urllib.parse import urlsplit

import pytest

from smartcal_api.contract import Contract
from smartcal_api.http.exchange import KEY
from smartcal_api.journal import Journal
from tests.control.plane import Plane, open_plane
from tests.wire import request_scope

JOURNAL = "/sandboxes/default/journal"


def entries(plane: Plane, query: str = "", sandbox: str = "default") -> list[dict[str, Any]]:
    reply = plane.get(f"/sandboxes/{sandbox}/journal?{query}" if query else f"/sandboxes/{sandbox}/journal")
    assert reply.status == 200, reply.body
    return reply.json["data"]


@pytest.fixture
def busy(plane: Plane) -> Plane:
    """Five requests: 200, 400 and 403 by one key, 401 by nobody, 404 at no path."""
    key = plane.world.key("read")
    plane.get("/api/v1/events?per_page=2", key=key)
    plane.get("/api/v1/events?per_page=0", key=key)
    plane.post("/api/v1/bookings/bkg_x/cancel", {"reason": "ill"}, key=key)
    plane.get("/api/v1/me")
    plane.get("/api/v1/nothing")
    return plane


def test_sbx_6_an_entry_has_what_was_asked_and_what_was_answered(plane: Plane) -> None:
    key = plane.world.key("webhooks")
    body = {"url": "https://a.example", "events": ["booking.created"]}
    reply = plane.post("/api/v1/webhooks", body, key=key, headers={"x-note": "one"})
    (entry,) = entries(plane)
    assert entry["serial"] == 1
    assert entry["time"] == plane.get("/sandboxes/default/clock").json["now"]
    assert 0 < entry["duration_ms"] < 60_000
    assert (entry["sandbox"], entry["operation"]) == ("default", "createWebhook")
    assert (entry["method"], entry["path"], entry["status"]) == ("POST", "/api/v1/webhooks", 201)
    assert entry["request_id"] == reply.headers["x-request-id"]
    assert entry["principal"].pop("fingerprint") not in key
    assert entry["principal"] == {"account": 1, "scopes": ["webhooks"], "method": "api_key"}
    assert json.loads(entry["request"]["body"]) == body
    assert entry["request"]["headers"]["x-note"] == "one"
    assert entry["response"]["headers"]["location"] == reply.headers["location"]
    assert json.loads(entry["response"]["body"]) == reply.json | {"secret": "***"}
    assert (entry["clause"], entry["faults"]) == (None, [])
    assert plane.get(f"{JOURNAL}/1").json["curl"] == entry["curl"]
    assert plane.get(f"{JOURNAL}/2").code == "not_found"


def test_sbx_6_requests_of_the_control_plane_are_not_in_it(plane: Plane) -> None:
    plane.get("/sandboxes")
    assert entries(plane) == entries(plane) == []


def test_sbx_1_each_sandbox_has_its_own(plane: Plane) -> None:
    created = plane.create(name="other")
    plane.get("/api/v1/me", key=created["keys"]["read"])
    plane.get("/~other/api/v1/events?page=1", key=created["keys"]["read"])
    plane.get("/~nobody/api/v1/me")
    assert [entry["path"] for entry in entries(plane, sandbox="other")] == ["/api/v1/me", "/api/v1/events?page=1"]
    assert entries(plane, sandbox="other")[1]["curl"].endswith("'http://127.0.0.1:8080/~other/api/v1/events?page=1'")
    (lost,) = entries(plane)
    assert (lost["status"], lost["clause"]["sandbox"]) == (404, "nobody")


@pytest.mark.parametrize(
    ("query", "serials"),
    [
        ("operation=listEvents", [1, 2]),
        ("operation=listEvents&status=400", [2]),
        ("status=4xx", [2, 3, 4, 5]),
        ("status=2XX", [1]),
        ("status=none", []),
        ("method=post", [3]),
        ("path=/api/v1/me", [4]),
        ("since=4", [4, 5]),
        ("limit=2", [4, 5]),
        ("since=2&limit=2", [2, 3]),
        ("operation=LISTEVENTS", [1, 2]),
        ("operation=listEvents&method=HEAD", []),
    ],
)
def test_sbx_6_filters_narrow_it(busy: Plane, query: str, serials: list[int]) -> None:
    assert [entry["serial"] for entry in entries(busy, query)] == serials


def test_sbx_6_a_credential_and_a_request_id_find_theirs(busy: Plane) -> None:
    first = entries(busy)[0]
    assert len(entries(busy, f"principal={first['principal']['fingerprint'][:6]}")) == 3
    assert [entry["serial"] for entry in entries(busy, f"request_id={first['request_id']}")] == [1]


def test_sbx_6_pages_by_serial_miss_none_and_repeat_none(busy: Plane) -> None:
    seen, since = [], 1
    while page := busy.get(f"{JOURNAL}?since={since}&limit=2").json:
        if not page["data"]:
            break
        seen += [entry["serial"] for entry in page["data"]]
        since = page["next"]
    assert seen == [1, 2, 3, 4, 5]
    busy.get("/api/v1/me")
    assert [entry["serial"] for entry in entries(busy, f"since={since}")] == [6]


def test_sbx_6_it_says_how_many_it_has_dropped(plane: Plane) -> None:
    plane.sandbox("default").journal = Journal("default", entries=3)
    for _ in range(5):
        plane.get("/api/v1/me")
    page = plane.get(JOURNAL).json
    assert ([entry["serial"] for entry in page["data"]], page["dropped"]) == ([3, 4, 5], 2)
    refused = plane.post(f"{JOURNAL}/assert", {"count": 3})
    assert (refused.status, refused.code) == (409, "assertion_failed")
    assert "dropped 2" in refused.json["detail"]
    assert plane.post(f"{JOURNAL}/assert", {"at_least": 3}).json == {"ok": True, "count": 3}
    assert plane.post(f"{JOURNAL}/assert", {"count": 3, "since": 3}).json["ok"]


def test_sbx_6_a_claim_that_holds_is_ok(busy: Plane) -> None:
    for claim in ({"count": 4}, {"at_least": 4}, {"at_most": 4}, {"at_least": 1, "at_most": 9}, {}):
        assert busy.post(f"{JOURNAL}/assert", {"status": "4xx", **claim}).json == {"ok": True, "count": 4}
    assert busy.post(f"{JOURNAL}/assert", {"operation": "deleteWebhook", "count": 0}).json == {"ok": True, "count": 0}


@pytest.mark.parametrize("claim", [{"count": 3}, {"at_least": 5}, {"at_most": 3}])
def test_sbx_6_a_claim_that_is_false_is_told_what_was_seen_instead(busy: Plane, claim: dict[str, int]) -> None:
    refused = busy.post(f"{JOURNAL}/assert", {"status": "4xx", **claim})
    assert (refused.status, refused.code) == (409, "assertion_failed")
    seen = [error["detail"] for error in refused.json["errors"]]
    assert seen[0] == "#1 GET /api/v1/events?per_page=2 was answered 200"
    assert seen[2] == "#3 POST /api/v1/bookings/bkg_x/cancel was answered 403 insufficient_scope"
    assert len(seen) == 5
    assert {error["pointer"] for error in refused.json["errors"]} == {f"/{next(iter(claim))}"}


def test_sbx_6_a_wait_answers_with_the_first_match_or_says_what_there_was(busy: Plane) -> None:
    assert busy.post(f"{JOURNAL}/wait", {"status": "4xx"}).json["serial"] == 2
    assert busy.post(f"{JOURNAL}/wait", {"status": "4xx", "since": 3}).json["serial"] == 3
    late = busy.post(f"{JOURNAL}/wait", {"status": "5xx", "timeout_seconds": 0})
    assert (late.status, late.code) == (409, "timed_out")
    assert "status=5xx" in late.json["detail"]


def test_sbx_6_a_wait_wakes_when_the_request_comes(plane: Plane) -> None:
    async def scenario() -> dict[str, Any]:
        wanted = json.dumps({"operation": "getAccount", "status": 200, "timeout_seconds": 60}).encode()
        waiting = asyncio.create_task(ask(plane, "POST", f"/_sandbox{JOURNAL}/wait", wanted))
        while not plane.sandbox("default").journal._waiting:
            await asyncio.sleep(0)
        await ask(plane, "GET", "/api/v1/me")
        await ask(plane, "GET", "/api/v1/me", key=plane.world.key("read"))
        status, body = await asyncio.wait_for(waiting, 30)
        assert status == 200
        return json.loads(body)

    assert asyncio.run(scenario())["serial"] == 2


def test_sbx_6_of_many_at_once_each_is_in_it_once(plane: Plane) -> None:
    async def scenario() -> None:
        await asyncio.gather(*(ask(plane, "GET", f"/api/v1/nothing/{number}") for number in range(200)))

    asyncio.run(scenario())
    assert sorted(entry["path"] for entry in entries(plane, "limit=1000")) == sorted(
        f"/api/v1/nothing/{number}" for number in range(200)
    )


def test_sbx_6_it_is_cleared_and_counts_on(busy: Plane) -> None:
    assert busy.request("DELETE", JOURNAL).status == 204
    assert entries(busy) == []
    busy.get("/api/v1/me")
    assert [entry["serial"] for entry in entries(busy)] == [6]


def test_sbx_6_a_client_that_goes_away_and_a_connection_that_is_dropped_are_in_it(plane: Plane) -> None:
    async def gone() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def broken(_: Any) -> None:
        raise ConnectionResetError

    async def scenario() -> None:
        key = plane.world.key("webhooks")
        scope = request_scope("POST", "/api/v1/webhooks", key=key, media_type="application/json")
        await plane.front(scope, gone, nowhere)
        with pytest.raises(ConnectionResetError):
            await plane.front(request_scope("GET", "/api/v1/me"), gone, broken)

    asyncio.run(scenario())
    went, dropped = entries(plane)
    assert (went["operation"], went["clause"]["code"]) == ("createWebhook", "invalid_request")
    assert dropped["path"] == "/api/v1/me"


def test_sbx_6_a_preflight_and_a_head_are_in_it_as_they_went_over_the_wire(plane: Plane) -> None:
    asked = {"origin": "http://localhost:3000", "access-control-request-method": "GET"}
    plane.request("OPTIONS", "/api/v1/me", headers=asked, media_type=None)
    plane.request("HEAD", "/api/v1/events", key=plane.world.key("read"))
    preflight, head = entries(plane)
    assert preflight["status"] == 204
    assert preflight["response"]["headers"]["access-control-allow-origin"] == "http://localhost:3000"
    assert preflight["curl"].endswith(" http://127.0.0.1:8080/api/v1/me")
    assert (head["operation"], head["response"]["body_bytes"]) == ("listEvents", 0)
    assert " --head " in head["curl"]


def test_sbx_6_the_har_is_one_and_has_what_was_sent(busy: Plane) -> None:
    reply = busy.get(f"{JOURNAL}/har")
    log = reply.json["log"]
    assert log["version"] == "1.2"
    assert log["creator"].keys() == {"name", "version"}
    assert len(log["entries"]) == 5
    for entry, shown in zip(entries(busy), log["entries"], strict=True):
        # Each member that HAR 1.2 requires.
        assert {"startedDateTime", "time", "request", "response", "cache", "timings"} <= shown.keys()
        assert {"send", "wait", "receive"} <= shown["timings"].keys()
        request, response = shown["request"], shown["response"]
        required = {"httpVersion", "cookies", "headers", "headersSize", "bodySize"}
        assert required | {"method", "url", "queryString"} <= request.keys()
        assert required | {"status", "statusText", "content", "redirectURL"} <= response.keys()
        assert {"size", "mimeType"} <= response["content"].keys()
        assert shown["time"] == sum(shown["timings"].values())
        url = urlsplit(request["url"])
        assert (url.scheme, f"{url.path}?{url.query}".rstrip("?")) == ("http", entry["path"])
        assert (request["method"], response["status"]) == (entry["method"], entry["status"])
        assert response["content"]["text"] == entry["response"]["body"]
        assert {field["name"]: field["value"] for field in request["headers"]} == entry["request"]["headers"]
        assert shown["_clause"] == entry["clause"]
    assert log["entries"][0]["request"]["queryString"] == [{"name": "per_page", "value": "2"}]
    assert [entry["_serial"] for entry in busy.get(f"{JOURNAL}/har?status=403").json["log"]["entries"]] == [3]


def test_sbx_6_faults_and_dropped_connections_are_told(plane: Plane) -> None:
    """What a fault has done is in the entry; it isn't taken for a refusal by the contract."""

    async def scenario() -> None:
        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        scope = request_scope("GET", "/api/v1/me")

        async def drop(_: Any) -> None:
            scope[KEY].faults = ["flt_1 drop"]

        await plane.front(scope, receive, drop)

    asyncio.run(scenario())
    assert entries(plane)[0]["faults"] == ["flt_1 drop"]


def test_sbx_3_a_journal_is_not_taken_back_by_a_restored_snapshot(busy: Plane) -> None:
    snapshots = "/sandboxes/default/snapshots"
    assert busy.post(snapshots, {"name": "before"}).status == 201
    busy.get("/api/v1/me")
    assert busy.post(f"{snapshots}/before/restore").status == 200
    assert len(entries(busy)) == 6


def test_sbx_7_nothing_but_a_json_request_clears_it(contract: Contract) -> None:
    plane = open_plane(contract)
    plane.get("/api/v1/me")
    assert plane.request("DELETE", JOURNAL, media_type=None).status == 415
    assert len(entries(plane)) == 1


async def ask(plane: Plane, method: str, path: str, body: bytes = b"", **request: Any) -> tuple[int, bytes]:
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(0)
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        await asyncio.sleep(0)
        sent.append(message)

    await plane.front(request_scope(method, path, body=body, media_type="application/json", **request), receive, send)
    return sent[0]["status"], sent[1]["body"]


async def nowhere(_: Any) -> None:
    return None
