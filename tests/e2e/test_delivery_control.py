"""The control plane of deliveries, over a running server: seen, repeated, waited for, spoilt (laws DELV, SBX)."""

import http.client
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from smartcal_api.contract import Contract
from smartcal_api.webhooks import verify
from smartcal_api.webhooks.receiver import Received, Receiver, Reply
from tests.e2e.server import Answered, Running, serving

SIGNATURE = "x-smartcalpro-signature"
SECRET = "of the tests"
DEFAULT = "/_sandbox/sandboxes/default"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("deliveries")
    with serving(folder, "--freeze", "--now", "2026-03-04T12:00:00Z", "--rate-limits", "off") as running:
        yield running


class Bench:
    """A sandbox of its own with a receiver that is subscribed to its cancelled bookings, or to more."""

    def __init__(self, server: Running, receiver: Receiver) -> None:
        self.server, self.receiver = server, receiver
        created = self.control("POST", "/_sandbox/sandboxes", {"now": "2026-03-04T12:00:00Z", "frozen": True})
        assert created.status == 201, created
        self.name, self.key = created.json["name"], created.json["keys"]["admin"]
        self.root = f"/_sandbox/sandboxes/{self.name}"

    def control(self, method: str, path: str, body: Any = None, **query: Any) -> Answered:
        target = path if path.startswith("/_sandbox") else self.root + path
        payload = json.dumps(body if body is not None else {}).encode() if method != "GET" else None
        return self.server.request(method, target, body=payload, headers={"Content-Type": "application/json"})

    def subscribe(self, *events: str, secret: str = SECRET) -> Any:
        body = {"url": self.receiver.url, "secret": secret, "events": list(events or ["booking.cancelled"])}
        made = self.control("POST", "/subscriptions", body)
        assert made.status == 201, made
        return made.json

    def cancel(self) -> str:
        base = f"/~{self.name}/api/v1/bookings"
        listed = self.server.request("GET", f"{base}?upcoming=true&per_page=1", key=self.key)
        (booking,) = listed.json["data"]
        assert self.server.request("POST", f"{base}/{booking['id']}/cancel", key=self.key).status == 200
        return booking["id"]

    def wait(self, **wanted: Any) -> Any:
        done = self.control("POST", "/deliveries/wait", wanted)
        assert done.status == 200, done
        return done.json

    def delivery(self, identifier: str) -> Any:
        return self.control("GET", f"/deliveries/{identifier}").json

    def misbehave(self, kind: str, **more: Any) -> None:
        assert self.control("POST", "/misbehaviours", {"kind": kind, **more}).status == 201


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as listening:
        yield listening


@pytest.fixture
def bench(server: Running, receiver: Receiver) -> Bench:
    return Bench(server, receiver)


def signed(received: Received, secret: str = SECRET) -> bool:
    return verify(received.body, received.headers.get(SIGNATURE), secret)


def test_delv_7_a_delivery_is_listed_with_its_body_and_every_attempt(bench: Bench, receiver: Receiver) -> None:
    receiver.answer = Reply(500, b"no \xff", {"Retry-After": "60"})
    made = bench.subscribe()
    booking = bench.cancel()
    found = bench.wait()
    assert found["counts"] == {"pending": 1}
    (listed,) = found["data"]
    assert (listed["event_type"], listed["webhook"], listed["state"]) == ("booking.cancelled", made["id"], "pending")
    whole = bench.delivery(listed["id"])
    assert whole["body"] == receiver.received[0].json
    assert whole["body"]["data"]["id"] == booking
    (attempt,) = whole["attempt_log"]
    assert (attempt["number"], attempt["cause"], attempt["status"], attempt["error"]) == (1, "event", 500, None)
    assert (attempt["at"], attempt["next_at"]) == ("2026-03-04T12:00:00Z", "2026-03-04T12:01:00Z")
    assert attempt["answer"] == "no �"
    assert attempt["duration_ms"] > 0
    assert signed(receiver.received[0])


def test_sbx_4_advancing_the_clock_retries_and_answers_when_all_is_done(bench: Bench, receiver: Receiver) -> None:
    answers = iter([500, 503, 200])
    receiver.answer = lambda _: Reply(next(answers))
    bench.subscribe()
    bench.cancel()
    bench.wait()
    moved = bench.control("POST", "/clock/advance", {"by": "1h"})
    assert moved.json["now"] == "2026-03-04T13:00:00Z"
    assert bench.control("GET", "/deliveries").json["counts"] == {"delivered": 1}
    assert len({each.body for each in receiver.received}) == 1
    assert len(receiver.received) == 3


def test_sbx_4_past_its_time_limit_the_answer_is_409_and_the_delivery_goes_on(bench: Bench, receiver: Receiver) -> None:
    receiver.answer = Reply(after=60)
    bench.subscribe()
    bench.cancel()
    receiver.wait_for()
    moved = bench.control("POST", "/clock/advance", {"by": "1h", "timeout_seconds": 0.2})
    assert (moved.status, moved.json["code"]) == (409, "timed_out")


def test_delv_7_a_redelivery_sends_the_same_bytes_again(bench: Bench, receiver: Receiver) -> None:
    bench.subscribe()
    bench.cancel()
    (first,) = bench.wait()["data"]
    again = bench.control("POST", f"/deliveries/{first['id']}/redeliver")
    assert [each["id"] for each in again.json["data"]] == [first["id"]]
    bench.wait()
    one, two = receiver.wait_for(count=2)
    assert one == two
    assert [each["cause"] for each in bench.delivery(first["id"])["attempt_log"]] == ["event", "redelivery"]


def test_delv_7_an_event_is_sent_to_a_subscription_that_was_made_later(bench: Bench, receiver: Receiver) -> None:
    bench.subscribe("booking.cancelled")
    bench.cancel()
    (first,) = bench.wait()["data"]
    later = bench.subscribe("booking.cancelled", secret="another")
    assert len(bench.control("POST", f"/deliveries/{first['event']}/redeliver").json["data"]) == 3
    bench.wait()
    assert [signed(each, "another") for each in receiver.wait_for(count=3)].count(True) == 1
    states = {each["webhook"]: each["state"] for each in bench.control("GET", "/deliveries").json["data"]}
    assert states[later["id"]] == "delivered"


def test_what_can_not_be_delivered_again_says_why(bench: Bench) -> None:
    assert bench.control("POST", "/deliveries/dlv_x/redeliver").json["code"] == "not_found"
    assert bench.control("GET", "/deliveries/dlv_x").json["code"] == "not_found"
    made = bench.subscribe()
    bench.cancel()
    (delivery,) = bench.wait()["data"]
    path = f"/~{bench.name}/api/v1/webhooks/{made['id']}"
    assert bench.server.request("DELETE", path, key=bench.key).status == 204
    for identifier in (delivery["id"], delivery["event"]):
        refused = bench.control("POST", f"/deliveries/{identifier}/redeliver")
        assert (refused.status, refused.json["code"]) == (409, "not_deliverable")


def test_deliveries_are_found_by_what_they_are(bench: Bench) -> None:
    bench.subscribe("booking.cancelled", "event.updated")
    bench.cancel()
    assert bench.wait(count=2)["counts"] == {"delivered": 2}
    (updated,) = bench.control("GET", "/deliveries?event_type=event.updated").json["data"]
    assert bench.control("GET", f"/deliveries?event={updated['event']}").json["data"] == [updated]
    assert len(bench.control("GET", "/deliveries?state=delivered&limit=1").json["data"]) == 1
    assert bench.control("GET", "/deliveries?state=failed").json["data"] == []
    assert bench.control("GET", "/deliveries?state=lost").status == 400
    assert bench.control("GET", f"{DEFAULT}/deliveries").json == {"data": [], "counts": {}}


def test_waiting_has_a_time_limit_and_says_how_things_stand(bench: Bench) -> None:
    waited = bench.control(
        "POST", "/deliveries/wait", {"event_type": "booking.created", "count": 1, "timeout_seconds": 0}
    )
    assert (waited.status, waited.json["code"]) == (409, "timed_out")
    assert bench.wait() == {"data": [], "counts": {}}


def test_delv_4_the_health_of_a_subscription_says_how_it_fares(bench: Bench, receiver: Receiver) -> None:
    receiver.answer = 500
    bench.subscribe()
    bench.cancel()
    bench.control("POST", "/clock/advance", {"by": "2d"})
    receiver.answer = 410
    bench.cancel()
    bench.wait()
    (found,) = bench.control("GET", "/subscriptions").json["data"]
    assert found["health"] == {"exhausted_in_a_row": 0, "deliveries": {"failed": 2}}
    assert (found["active"], "410" in found["disabled_reason"]) == (False, True)
    assert "secret" not in found


@pytest.mark.parametrize(
    "wanted", [{"url": "http://10.0.0.1/"}, {"url": "http://127.0.0.1/", "events": ["booking.made"]}, {"url": "x"}, {}]
)
def test_a_subscription_that_can_not_be_is_refused(bench: Bench, wanted: Any) -> None:
    refused = bench.control("POST", "/subscriptions", wanted)
    assert (refused.status, refused.json["code"]) == (400, "invalid_body")


# -- on demand


@pytest.mark.parametrize("kind", ["wrong_signature", "old_secret"])
def test_a_wrong_signature_on_demand_is_followed_by_a_right_one(bench: Bench, receiver: Receiver, kind: str) -> None:
    receiver.answer = lambda received: Reply(200 if signed(received) else 401)
    bench.subscribe()
    bench.misbehave(kind)
    bench.cancel()
    bench.wait()
    bench.control("POST", "/clock/advance", {"by": 5})
    wrong, right = receiver.received
    assert wrong.headers[SIGNATURE] != right.headers[SIGNATURE]
    assert (wrong.body, signed(wrong), signed(right)) == (right.body, False, True)
    (delivery,) = bench.control("GET", "/deliveries").json["data"]
    assert [each["misbehaviour"] for each in bench.delivery(delivery["id"])["attempt_log"]] == [kind, None]


def test_wrong_content_on_demand_is_signed_and_no_delivery_of_the_contract(bench: Bench, receiver: Receiver) -> None:
    bench.subscribe()
    bench.misbehave("wrong_content")
    bench.cancel()
    (received,) = receiver.wait_for()
    assert signed(received)
    assert received.json["data"] is None


def test_a_duplicate_on_demand_comes_twice_with_one_id(bench: Bench, receiver: Receiver) -> None:
    bench.subscribe()
    bench.misbehave("duplicate")
    bench.cancel()
    one, two = receiver.wait_for(count=2)
    assert one == two
    assert bench.wait()["counts"] == {"delivered": 1}


def test_out_of_order_on_demand_comes_after_the_next(bench: Bench, receiver: Receiver) -> None:
    bench.subscribe("booking.cancelled", "event.updated")
    bench.misbehave("out_of_order", event_type="booking.cancelled")
    bench.cancel()
    assert [each.type for each in receiver.wait_for(count=2)] == ["event.updated", "booking.cancelled"]


def test_late_on_demand_comes_with_the_clock(bench: Bench, receiver: Receiver) -> None:
    bench.subscribe()
    bench.misbehave("late", by="10m")
    bench.cancel()
    assert bench.wait()["counts"] == {"pending": 1}
    bench.control("POST", "/clock/advance", {"by": "9m"})
    assert receiver.received == []
    bench.control("POST", "/clock/advance", {"by": "1m"})
    assert len(receiver.received) == 1


def test_dropped_on_demand_never_comes(bench: Bench, receiver: Receiver) -> None:
    bench.subscribe()
    bench.misbehave("dropped")
    bench.cancel()
    bench.control("POST", "/clock/advance", {"by": "2d"})
    assert bench.wait()["counts"] == {"failed": 1}
    assert receiver.received == []


def test_what_was_asked_for_is_for_so_many_and_can_be_taken_back(bench: Bench, receiver: Receiver) -> None:
    bench.subscribe()
    bench.misbehave("dropped", count=2)
    bench.cancel()
    bench.wait()
    (left,) = bench.control("GET", "/misbehaviours").json["data"]
    assert (left["kind"], left["count"]) == ("dropped", 1)
    assert bench.control("DELETE", "/misbehaviours").status == 204
    bench.cancel()
    receiver.wait_for()
    assert bench.control("GET", "/misbehaviours").json["data"] == []


# -- restored and forked


def test_sbx_3_pending_deliveries_that_were_restored_are_due_again(bench: Bench, receiver: Receiver) -> None:
    receiver.answer = 503
    bench.subscribe()
    bench.cancel()
    bench.wait()
    bench.misbehave("duplicate")
    assert bench.control("POST", "/snapshots", {"name": "pending"}).status == 201
    receiver.answer = 200
    bench.control("POST", "/clock/advance", {"by": "1d"})
    assert bench.wait()["counts"] == {"delivered": 1}
    bench.control("DELETE", "/misbehaviours")
    assert bench.control("POST", "/snapshots/pending/restore").status == 200
    assert bench.control("GET", "/deliveries").json["counts"] == {"pending": 1}
    assert [each["kind"] for each in bench.control("GET", "/misbehaviours").json["data"]] == ["duplicate"]
    bench.control("POST", "/clock/advance", {"by": "1d"})
    assert bench.wait()["counts"] == {"delivered": 1}
    assert len({each.body for each in receiver.received}) == 1
    assert len(receiver.received) == 3


def test_sbx_3_what_was_on_its_way_when_it_was_restored_counts_for_nothing(bench: Bench, receiver: Receiver) -> None:
    bench.subscribe()
    assert bench.control("POST", "/snapshots", {"name": "before"}).status == 201
    receiver.answer = Reply(after=0.3)
    bench.cancel()
    receiver.wait_for()
    assert bench.control("POST", "/snapshots/before/restore").status == 200
    receiver.answer = 200
    bench.cancel()
    assert bench.wait(count=1)["counts"] == {"delivered": 1}
    (delivery,) = bench.control("GET", "/deliveries").json["data"]
    assert delivery["attempts"] == 1


def test_sbx_3_the_deliveries_of_a_fork_are_held_until_somebody_wants_them(bench: Bench, receiver: Receiver) -> None:
    receiver.answer = 503
    bench.subscribe()
    bench.cancel()
    bench.wait()
    forked = bench.control("POST", "/fork", {}).json["name"]
    bench.root = f"/_sandbox/sandboxes/{forked}"
    receiver.answer = 200
    bench.control("POST", "/clock/advance", {"by": "2d"})
    assert bench.control("GET", "/deliveries").json["counts"] == {"held": 1}
    assert len(receiver.received) == 1
    (held,) = bench.control("GET", "/deliveries").json["data"]
    assert bench.control("POST", f"/deliveries/{held['id']}/redeliver").status == 200
    assert bench.wait()["counts"] == {"delivered": 1}


# -- of everything that can happen


@pytest.mark.parametrize("event_type", sorted(Contract.read().data["webhooks"]))
def test_hook_2_each_event_type_is_delivered_when_it_is_made_to_happen(
    bench: Bench, receiver: Receiver, event_type: str
) -> None:
    """What comes is judged by openapi-core, as every delivery of these tests (see conftest)."""
    bench.subscribe(*Contract.read().data["webhooks"])
    triggered = bench.control("POST", f"/triggers/{event_type}")
    assert triggered.status < 300, triggered
    expected = [event["type"] for event in triggered.json["events"]]
    assert event_type in expected
    assert bench.wait(count=len(expected))["counts"] == {"delivered": len(expected)}
    assert sorted(str(each.type) for each in receiver.received) == sorted(expected)
    assert all(signed(each) for each in receiver.received)


def test_sbx_5_a_change_whose_answer_was_lost_is_delivered_all_the_same(bench: Bench, receiver: Receiver) -> None:
    bench.subscribe()
    armed = bench.control("POST", "/faults", {"kind": "drop", "after_work": True, "operations": ["cancelBooking"]})
    assert armed.status == 201, armed
    with pytest.raises((OSError, http.client.HTTPException)):
        bench.cancel()
    (received,) = receiver.wait_for("booking.cancelled")
    assert received.json["data"]["status"] == "cancelled"


def test_sbx_1_the_deliveries_of_one_sandbox_are_not_those_of_another(server: Running, bench: Bench) -> None:
    with Receiver() as elsewhere:
        other = Bench(server, elsewhere)
        bench.subscribe()
        other.subscribe()
        bench.cancel()
        assert bench.wait(count=1)["counts"] == {"delivered": 1}
        assert other.control("GET", "/deliveries").json == {"data": [], "counts": {}}
        assert elsewhere.received == []
        assert other.control("DELETE", other.root).status == 204
        bench.cancel()
        assert bench.wait(count=2)["counts"] == {"delivered": 2}


def test_whoever_waits_hears_of_what_was_cancelled(bench: Bench, receiver: Receiver) -> None:
    receiver.answer = Reply(after=60)
    made = bench.subscribe()
    for _ in range(9):  # more than are on their way to one subscription at once
        bench.cancel()
    receiver.wait_for(count=8)
    with ThreadPoolExecutor(1) as waiting:
        waited = waiting.submit(bench.wait, timeout_seconds=30)
        assert bench.control("DELETE", f"/subscriptions/{made['id']}").status == 204
        receiver.close()
        assert waited.result(30)["counts"] == {"cancelled": 9}
