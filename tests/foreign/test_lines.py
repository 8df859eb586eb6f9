"""Both deployments keep every line of the product document, and what the RFCs that it brings in ask of a server: RFC
9110 of all, 6749 and 7636 of the OAuth endpoints (`test_oauth_lines.py`)."""

import hashlib
import hmac
from datetime import datetime

import pytest

from smartcal_api.conformance.receiver import Mailbox, Receiver, answers
from smartcal_api.conformance.target import Target
from tests.foreign.client import ask, walk
from tests.foreign.deployment import KINDS, PUBLIC, Deployment, deployed

SCOPES = {"events": "read", "booking-pages": "read", "bookings": "read", "webhooks": "webhooks", "me": "read"}
ALL_TYPES = [
    *("booking.created", "booking.cancelled", "booking.rescheduled"),
    *("event.created", "event.updated", "event.deleted", "calendar.synced"),
]
TEXTS = ["Schedule conflict", "Grüße, 東京", "👩‍🚀 e\u0301", '<b>&"\\ \n\t', "x" * 500, "\u0000\ud800"]


def test_each_operation_asks_for_its_scope_by_get_and_by_head(deployment: Deployment) -> None:
    """Authentication, Scopes; RFC 9110 section 9.3.2."""
    for path, scope in SCOPES.items():
        for held in ("read", "write", "webhooks", "admin"):
            expected = 200 if held in (scope, "admin") else 403
            got = ask(deployment, "GET", f"/api/v1/{path}", deployment.key(held))
            head = ask(deployment, "HEAD", f"/api/v1/{path}", deployment.key(held))
            by_header = ask(deployment, "GET", f"/api/v1/{path}", headers={"X-API-Key": deployment.key(held)})
            assert (got.status, head.status, by_header.status, head.body) == (expected, expected, expected, b""), path


def test_a_missing_or_wrong_credential_is_401_with_a_challenge(deployment: Deployment) -> None:
    """RFC 9110 section 15.5.2; the scheme is in any case, section 11.1."""
    key = deployment.key("admin")
    for wrong in ({}, {"Authorization": f"Bearer {key}x"}, {"Authorization": "Basic eDp5"}, {"X-API-Key": key[:-1]}):
        answer = ask(deployment, "GET", "/api/v1/me", headers=wrong)
        assert (answer.status, "www-authenticate" in answer.headers) == (401, True)
    assert ask(deployment, "GET", "/api/v1/me", headers={"Authorization": f"bEARER {key}"}).status == 200


def test_every_answer_has_the_limits_and_a_date(deployment: Deployment) -> None:
    """Rate Limits; RFC 9110 section 6.6.1."""
    key = deployment.key("admin")
    asked = [("GET", "/api/v1/me"), ("GET", "/nowhere"), ("PUT", "/api/v1/me"), ("GET", "/api/v1/events/none")]
    asked += [("GET", "/oauth/authorize"), ("POST", "/oauth/token"), ("GET", "/api/v1"), ("HEAD", "/api/v1/bookings")]
    for method, target in asked:
        for credential in (key, None):
            headers = ask(deployment, method, target, credential).headers
            assert {"x-ratelimit-limit", "x-ratelimit-remaining", "date"} <= headers.keys(), target


def test_a_method_that_a_path_lacks_is_405_with_those_that_it_has(deployment: Deployment) -> None:
    """RFC 9110 section 15.5.6."""
    asked = [("POST", "/api/v1/events"), ("GET", "/api/v1/bookings/x/cancel"), ("PUT", "/api/v1/webhooks/x")]
    for method, target in [*asked, ("DELETE", "/oauth/token")]:
        answer = ask(deployment, method, target, deployment.key("admin"))
        assert (answer.status, bool(answer.headers.get("allow"))) == (405, True), target


@pytest.mark.parametrize("path", ["events", "bookings", "booking-pages"])
def test_pages_of_any_size_are_the_whole_list(deployment: Deployment, path: str) -> None:
    key = deployment.key("read")
    whole = [row["id"] for row in walk(deployment, path, key, 100)]
    assert len(whole) == len(set(whole)) > 3
    assert [row["id"] for row in walk(deployment, path, key, 7)] == whole
    for row in whole[:2]:
        assert ask(deployment, "GET", f"/api/v1/{path}/{row}", key).json["id"] == row
        assert ask(deployment, "GET", f"/api/v1/{path}/{row}", deployment.other_key).status in (403, 404)


def test_filters_select_what_they_say_together_too(deployment: Deployment) -> None:
    """API Endpoints, Events and Bookings."""
    key = deployment.key("read")
    events = walk(deployment, "events", key, 100)
    middle = sorted(_start(row) for row in events)[len(events) // 2]
    bound = middle.isoformat().replace("+00:00", "Z").replace("+", "%2B")
    for status in ("confirmed", "cancelled"):
        for source in ("google", "smartcal"):
            found = walk(deployment, "events", key, 9, f"&status={status}&source={source}&start_after={bound}")
            fits = [e for e in events if (e["status"], e["source"]) == (status, source) and _start(e) > middle]
            assert {row["id"] for row in found} == {row["id"] for row in fits}
    before = walk(deployment, "events", key, 100, f"&start_before={bound}")
    both = walk(deployment, "events", key, 100, f"&start_before={bound}&start_after={bound}")
    assert {row["id"] for row in before} >= {row["id"] for row in events if _start(row) < middle}
    assert all(_start(row) == middle for row in both)
    upcoming = walk(deployment, "bookings", key, 100, "&upcoming=true")
    now = datetime.now().astimezone()
    assert upcoming
    assert all(datetime.fromisoformat(row["end_time"]) > now for row in upcoming)


def test_a_booking_is_cancelled_once_and_its_reason_kept(deployment: Deployment) -> None:
    """API Endpoints, Bookings."""
    key = deployment.key("admin")
    pending = walk(deployment, "bookings", key, 100, "&status=confirmed&upcoming=true")
    for row, reason in zip(pending, [*TEXTS, None], strict=False):
        path = f"/api/v1/bookings/{row['id']}"
        body = None if reason is None else {"reason": reason}
        if reason is not None and "\ud800" in reason:
            body = b'{"reason": "\\u0000\\ud800"}'
        assert ask(deployment, "POST", f"{path}/cancel", deployment.other_key, body).status in (403, 404)
        assert ask(deployment, "POST", f"{path}/cancel", deployment.key("read"), body).status == 403
        assert ask(deployment, "GET", path, key).json["status"] == "confirmed"
        done = ask(deployment, "POST", f"{path}/cancel", key, body)
        assert (done.status, done.json["status"]) == (200, "cancelled")
        kept = ask(deployment, "GET", path, key).json
        assert reason in (kept.get("cancellation_reason"), (kept.get("cancellation") or {}).get("reason"))
        assert ask(deployment, "POST", f"{path}/cancel", key, body).status in (409, 422)
    for wrong in (b"{", b"[]", b'"x"', b'{"reason": 1}', b"\xff", b"[" * 50_000):
        path = f"/api/v1/bookings/{pending[-1]['id']}"
        assert ask(deployment, "POST", f"{path}/cancel", key, wrong).status in (400, 422)
        assert ask(deployment, "GET", path, key).json["status"] == "confirmed"


def test_subscribers_are_told_with_a_signature_again_until_they_take_it_and_no_more_when_deleted(
    deployment: Deployment,
) -> None:
    """Webhook Events, Verifying Webhook Signatures."""
    receiver = Receiver(Target(root=deployment.root, receiver_url=PUBLIC, receiver_port=deployment.receiver_port))
    key = deployment.key("admin")
    try:
        told, other = receiver.mailbox(), receiver.mailbox()
        failing = receiver.mailbox(answers(500))
        made = {box.url: _subscribe(deployment, box.url, ["booking.cancelled"]) for box in (told, failing)}
        _subscribe(deployment, other.url, ["booking.created", "calendar.synced"])
        open_ones = walk(deployment, "bookings", key, 100, "&status=pending&upcoming=true")
        body = {"reason": "Grüße, 東京"}
        assert ask(deployment, "POST", f"/api/v1/bookings/{open_ones[0]['id']}/cancel", key, body).status == 200
        arrival = told.wait(1)[0]
        assert arrival.method == "POST"
        assert "東京" in arrival.body.decode()
        _signed(arrival.body, arrival.every("X-SmartCalPro-Signature"), made[told.url]["secret"])
        for again in failing.wait(2):
            _signed(again.body, again.every("X-SmartCalPro-Signature"), made[failing.url]["secret"])
        for box in (told, failing):
            assert ask(deployment, "DELETE", f"/api/v1/webhooks/{made[box.url]['id']}", key).status in (200, 204)
        sentinel = receiver.mailbox()
        _subscribe(deployment, sentinel.url, ALL_TYPES)
        assert ask(deployment, "POST", f"/api/v1/bookings/{open_ones[1]['id']}/cancel", key).status == 200
        assert sentinel.wait(1)
        assert [len(_bodies(box)) for box in (told, other)] == [1, 0]
    finally:
        receiver.close()


def test_webhooks_are_https_of_known_types_and_their_owners(deployment: Deployment) -> None:
    key = deployment.key("webhooks")
    for url, events in [
        ("http://x.example/", ALL_TYPES),
        ("https://x.example/", []),
        ("https://x.example/", ["nothing"]),
    ]:
        refused = ask(deployment, "POST", "/api/v1/webhooks", key, {"url": url, "events": events})
        assert refused.status in (400, 422)
    made = _subscribe(deployment, "https://x.example/", ["booking.created"])
    listed = ask(deployment, "GET", "/api/v1/webhooks", key)
    assert made["id"] in {row["id"] for row in listed.json["data"]}
    assert made["secret"].encode() not in listed.body
    path = f"/api/v1/webhooks/{made['id']}"
    assert ask(deployment, "DELETE", path, deployment.other_key).status in (403, 404)
    assert [ask(deployment, "DELETE", path, key).status in expected for expected in ((200, 204), (404,))] == [
        True,
        True,
    ]


@pytest.mark.parametrize("limiter", ["bucket", "window", "log"])
@pytest.mark.parametrize("kind", KINDS)
def test_beyond_the_limit_a_key_and_no_other_is_429(kind: str, limiter: str) -> None:
    """Rate Limits; twice the limit is more than any of the three ways admits at once."""
    with deployed(kind, "--minute", "6", "--limiter", limiter) as deployment:
        key = deployment.key("admin")
        headers = [{"Authorization": f"Bearer {key}"}, {"X-API-Key": key}]
        statuses = [ask(deployment, "GET", "/api/v1/me", headers=headers[i % 2]).status for i in range(14)]
        assert statuses[:6] == [200] * 6
        assert statuses[-1] == 429
        refused = ask(deployment, "HEAD", "/api/v1/events", key)
        assert (refused.status, refused.headers["x-ratelimit-remaining"]) == (429, "0")
        assert ask(deployment, "GET", "/api/v1/me", deployment.key("read")).status == 200


def _start(row: dict[str, str]) -> datetime:
    return datetime.fromisoformat(row["start_time"])


def _subscribe(deployment: Deployment, url: str, events: list[str]) -> dict[str, str]:
    answer = ask(deployment, "POST", "/api/v1/webhooks", deployment.key("admin"), {"url": url, "events": events})
    assert answer.status in (200, 201)
    made: dict[str, str] = answer.json
    return made


def _signed(body: bytes, signatures: list[str], secret: str) -> None:
    assert signatures == ["sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()]


def _bodies(box: Mailbox) -> list[bytes]:
    return [each.body for each in box.those()]
