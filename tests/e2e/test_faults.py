"""Law SBX 5 over a real connection: what a client sees of each fault, and that the server goes on."""

import json
import threading
import time
from collections.abc import Iterator
from http.client import IncompleteRead, RemoteDisconnected
from typing import Any

import pytest

from smartcal_api.webhooks.receiver import Receiver
from tests.e2e.raw import Reader, dial, request
from tests.e2e.server import Answered, Running, run, serving

EVENTS = "/api/v1/events"
FAULTS = "/_sandbox/sandboxes/default/faults"


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    with Receiver() as listening:
        yield listening


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, receiver: Receiver) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("faults")
    with serving(folder, "--rate-limits", "off", "--webhook", receiver.url) as running:
        yield running
        assert "Traceback" not in running.said()
        assert "ASGI" not in running.said(), "nothing that uvicorn has to say about an answer that lacks"


@pytest.fixture(autouse=True)
def _none_armed(server: Running) -> Iterator[None]:
    yield
    assert server.request("DELETE", FAULTS, headers={"Content-Type": "application/json"}).status == 204
    assert get(server).status == 200


def arm(server: Running, kind: str, **wanted: Any) -> None:
    reply = server.request("POST", FAULTS, body=json.dumps({"kind": kind, **wanted}).encode())
    assert reply.status == 201, reply.body


def get(server: Running, path: str = EVENTS, method: str = "GET") -> Answered:
    return server.request(method, path, key="scp_demo_read")


def test_sbx_5_a_dropped_connection_ends_without_a_byte(server: Running) -> None:
    arm(server, "drop", next=1)
    with pytest.raises(RemoteDisconnected):
        get(server)
    assert get(server).status == 200


def test_sbx_5_commit_then_drop_leaves_the_change_and_its_webhook_is_delivered(
    server: Running, receiver: Receiver
) -> None:
    (booking,) = get(server, "/api/v1/bookings?upcoming=true&per_page=1").json["data"]
    path = f"/api/v1/bookings/{booking['id']}"
    arm(server, "drop", after_work=True, operations=["cancelBooking"], next=1)
    with pytest.raises(RemoteDisconnected):
        server.request("POST", f"{path}/cancel", key="scp_demo_write")
    assert get(server, path).json["status"] == "cancelled"
    told = {json.loads(each.body)["type"] for each in receiver.wait_for(count=2)}
    assert told == {"booking.cancelled", "event.updated"}


@pytest.mark.parametrize("length", [0, 100])
def test_sbx_5_a_truncated_body_breaks_off_within_what_the_head_says(server: Running, length: int) -> None:
    whole = get(server).body
    arm(server, "truncate", bytes=length, next=1)
    with pytest.raises(IncompleteRead) as broken:
        get(server)
    assert broken.value.partial == whole[:length]
    assert broken.value.expected == len(whole) - length


@pytest.mark.parametrize("wanted", [{"kind": "drop"}, {"kind": "drop", "after_work": True}, {"kind": "truncate"}])
def test_sbx_5_what_was_pipelined_behind_a_dropped_request_is_gone_with_it(
    server: Running, wanted: dict[str, Any]
) -> None:
    arm(server, **wanted, operations=["getAccount"])
    with dial(server.port) as connected:
        connected.sendall(request("GET", EVENTS) + request("GET", "/api/v1/me") + request("GET", EVENTS))
        assert [each.status for each in Reader(connected).rest()] == [200]


@pytest.mark.parametrize("status", [204, 304, 404, 418, 503, 599])
def test_sbx_5_a_status_is_answered_on_a_connection_that_stays(server: Running, status: int) -> None:
    arm(server, "status", status=status, next=1)
    with dial(server.port) as connected:
        reader = Reader(connected)
        for expected in (status, 200):
            connected.sendall(request("GET", EVENTS))
            reply = reader.reply()
            assert reply is not None
            assert reply.status == expected


def test_sbx_5_malformed_json_and_wrong_headers_reach_the_client(server: Running) -> None:
    arm(server, "malformed_json")
    arm(server, "missing_header", header="X-RateLimit-Limit")
    arm(server, "wrong_header", header="Content-Type", value="text/html; charset=latin1")
    for reply, status in ((get(server), 200), (get(server, "/api/v1/events/none"), 404)):
        assert reply.status == status
        assert reply.headers["content-type"] == "text/html; charset=latin1"
        assert "x-ratelimit-limit" not in reply.headers
        with pytest.raises(json.JSONDecodeError):
            json.loads(reply.body)


def test_sbx_5_a_head_request_is_hit_like_its_get(server: Running) -> None:
    arm(server, "malformed_json")
    arm(server, "wrong_header", header="Content-Type", value="nonsense")
    reply = get(server, method="HEAD")
    assert (reply.status, reply.headers["content-type"], reply.body) == (200, "nonsense", b"")


def test_sbx_5_latency_and_wait_are_real_time_and_others_are_answered_meanwhile(server: Running) -> None:
    """What is measured is a lower bound, which a slow machine keeps as well."""
    arm(server, "latency", seconds=0.2, operations=["getAccount"], next=1)
    began = time.monotonic()
    slow = threading.Thread(target=get, args=(server, "/api/v1/me"))
    slow.start()
    assert get(server).status == 200
    slow.join()
    assert time.monotonic() - began >= 0.2
    began = time.monotonic()
    asked = server.request("GET", EVENTS, key="scp_demo_read", headers={"Prefer": "wait=0.2, code=404"})
    assert asked.status == 404
    assert time.monotonic() - began >= 0.2


def test_sbx_5_a_delayed_body_arrives_whole(server: Running) -> None:
    """Sent at once, and in pieces while the request is held back."""
    arm(server, "latency", seconds=0.05)
    body = json.dumps({"url": "https://hooks.example.com/" + "x" * 1000, "events": ["booking.created"]}).encode()
    sent = request("POST", "/api/v1/webhooks", "Content-Type: application/json", key="scp_demo_webhooks", body=body)
    for end in (len(sent), len(sent) - 1, len(sent) - len(body)):
        with dial(server.port) as connected:
            connected.sendall(sent[:end])
            connected.sendall(sent[end:])
            reply = Reader(connected).reply()
            assert reply is not None
            assert (reply.status, json.loads(reply.body)["url"]) == (201, json.loads(body)["url"])


def test_sbx_5_next_n_hits_exactly_n_of_many_connections_at_once(server: Running) -> None:
    arm(server, "status", status=503, next=20)
    statuses: list[int] = []
    many = [threading.Thread(target=lambda: statuses.extend(get(server).status for _ in range(10))) for _ in range(8)]
    for each in many:
        each.start()
    for each in many:
        each.join()
    assert (statuses.count(503), statuses.count(200)) == (20, 60)


def test_the_command_arms_lists_and_clears(server: Running) -> None:
    folder = server.log.parent
    target = ("--target", str(folder / "ready.json"))
    armed = run("fault", "add", "status", "status=503", "operations=listEvents", "next=1", *target, folder=folder)
    assert (armed.returncode, armed.stderr) == (0, "")
    assert (get(server).status, get(server).status) == (503, 200)
    assert "applied=1" in run("fault", "list", *target, folder=folder).stdout
    wrong = run("fault", "add", "status", "status=503", "operations=listEvent", *target, folder=folder)
    assert wrong.returncode == 2
    assert "Did you mean 'listEvents'?" in wrong.stderr
    run("fault", "clear", *target, folder=folder)
    assert server.request("GET", FAULTS).json["data"] == []


def test_sbx_5_a_server_stops_though_requests_are_held_back(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A client that went away is not waited for."""
    with serving(tmp_path_factory.mktemp("held")) as running:
        arm(running, "latency", seconds=600, next=1)
        with dial(running.port) as connected:
            connected.sendall(request("GET", EVENTS))
            while not running.request("GET", FAULTS).json["data"][0]["applied"]:
                pass
        running.process.terminate()
        assert running.process.wait(timeout=8) == 0
        assert "Traceback" not in running.said()
