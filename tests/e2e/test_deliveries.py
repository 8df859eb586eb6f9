"""Deliveries from a running server: recorded, signed, sent, warned of, and not lost when it stops (laws HOOK, DELV)."""

from pathlib import Path

import pytest

from smartcal_api.webhooks import BookingCancelled, Event, EventUpdated, parse
from smartcal_api.webhooks.receiver import Receiver, Reply
from tests.cli.conftest import Command
from tests.e2e.server import Running, serving

SIGNATURE = "x-smartcalpro-signature"
SECRET = "whsec_of_the_tests_0123456789abcdefghij"


def cancel(server: Running) -> str:
    key = server.ready["keys"]["admin"]
    (booking,) = server.request("GET", "/api/v1/bookings?upcoming=true&per_page=1", key=key).json["data"]
    assert server.request("POST", f"/api/v1/bookings/{booking['id']}/cancel", key=key).status == 200
    return booking["id"]


def test_hook_2_a_cancelled_booking_reaches_a_subscriber_signed_and_typed(tmp_path: Path) -> None:
    with Receiver() as receiver, serving(tmp_path, "--webhook", receiver.url, "--webhook-secret", SECRET) as server:
        identifier = cancel(server)
        cancelled, updated = events(receiver)
        assert isinstance(cancelled, BookingCancelled)
        assert cancelled.data["id"] == identifier
        assert isinstance(updated, EventUpdated)
        assert updated.data["id"] == cancelled.data["event_id"]
        assert server.ready["webhooks"][0]["url"] == receiver.url
        assert server.ready["webhooks"][0]["secret"] == SECRET


def events(receiver: Receiver) -> list[Event]:
    found = receiver.wait_for(count=2)
    return sorted((parse(each.body, each.headers[SIGNATURE], SECRET) for each in found), key=lambda each: each.type)


def test_hook_1_a_subscriber_gets_what_it_subscribed_to_until_it_is_deleted(tmp_path: Path) -> None:
    with Receiver() as receiver, serving(tmp_path) as server:
        key = server.ready["keys"]["webhooks"]
        body = b'{"url": "%s", "events": ["booking.cancelled"]}' % receiver.url.encode()
        created = server.request("POST", "/api/v1/webhooks", key=key, body=body)
        assert (created.status, created.headers.get("warning")) == (201, None)
        cancel(server)
        (got,) = receiver.wait_for()
        assert parse(got.body, got.headers[SIGNATURE], created.json["secret"]).type == "booking.cancelled"
        assert server.request("DELETE", f"/api/v1/webhooks/{created.json['id']}", key=key).status == 204
        with Receiver() as other:
            server.request(
                "POST", "/api/v1/webhooks", key=key, body=body.replace(receiver.url.encode(), other.url.encode())
            )
            cancel(server)
            other.wait_for()
        assert len(receiver.received) == 1


def test_delv_6_the_answer_and_the_log_warn_of_a_receiver_that_can_not_be_reached(tmp_path: Path) -> None:
    with serving(tmp_path, "--allow-receiver", "hooks.internal") as server:
        key = server.ready["keys"]["webhooks"]
        for url, warned in (("https://hooks.example.com/", True), ("http://hooks.internal/", False)):
            created = server.request(
                "POST", "/api/v1/webhooks", key=key, body=b'{"url": "%s", "events": ["booking.created"]}' % url.encode()
            )
            assert created.status == 201
            assert ("--allow-receiver hooks.example.com" in created.headers.get("warning", "")) is warned
        assert "hooks.example.com gets deliveries only if" in server.said()


def test_delv_6_a_subscriber_can_not_reset_the_server_through_its_own_deliveries(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        key, sandbox = server.ready["keys"]["webhooks"], "/_sandbox/sandboxes/default"
        for host in ("127.0.0.1", "[::ffff:127.0.0.1]", "localhost"):
            url = f"http://{host}:{server.port}/%5fsandbox/sandboxes/default/reset"
            body = b'{"url": "%s", "events": ["booking.cancelled"]}' % url.encode()
            assert server.request("POST", "/api/v1/webhooks", key=key, body=body).status == 201
        cancel(server)
        assert server.request("POST", f"{sandbox}/deliveries/wait", body=b"{}").status == 200
        found = server.request("GET", f"{sandbox}/deliveries").json["data"]
        whole = [server.request("GET", f"{sandbox}/deliveries/{each['id']}").json for each in found]
        assert [each["attempt_log"][0]["error"] for each in whole] == ["address_refused"] * 3


def test_delv_3_what_a_stopped_server_could_not_deliver_is_delivered_by_the_next(tmp_path: Path) -> None:
    flags = ("--store", "store.db", "--webhook-secret", SECRET)
    with Receiver(Reply(after=60)) as receiver:
        with serving(tmp_path, *flags, "--webhook", f"{receiver.url}=booking.cancelled") as server:
            identifier = cancel(server)
            receiver.wait_for()
            server.process.terminate()
            assert server.process.wait(20) == 0
        receiver.answer = 200
        with serving(tmp_path, *flags):
            again = receiver.wait_for(count=2)
    assert again[0].body == again[1].body
    assert again[1].json["data"]["id"] == identifier


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--webhook", "ftp://x"], "--webhook"),
        (["--webhook", "x"], "not an http or https URL"),
        (["--webhook", "http://10.0.0.1/"], "--allow-receiver 10.0.0.1"),
        (["--webhook", "http://127.0.0.1/=booking.made"], "no event type booking.made; it has booking.created"),
        (["--webhook", "http://127.0.0.1/", "--webhook-secret", ""], "--webhook-secret"),
        (["--allow-receiver", "10.0.0.0/40"], "--allow-receiver"),
        (["--receiver-ca", "nothing.pem"], "--receiver-ca: nothing.pem: can't be read"),
    ],
)
def test_what_can_not_work_is_one_line_and_exit_2(flags: list[str], words: str, smartcal: Command) -> None:
    done = smartcal("serve", "--port", "0", *flags)
    assert done.code == 2
    assert words in done.err
    assert done.err.count("\n") == 1
