"""SIGINT and SIGTERM: what is in flight is finished, what waits ends, what hangs is hung up on, exit 0."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from smartcal_api.server import run
from smartcal_api.webhooks.receiver import Receiver, Reply
from tests.e2e.raw import Reader, dial, request
from tests.e2e.server import command, environment, serving

HOOK = json.dumps({"url": "https://hooks.example.com/", "events": ["booking.created"]}).encode()
POST = request("POST", "/api/v1/webhooks", "Content-Type: application/json", key="scp_demo_webhooks", body=HOOK)
SIGNALS = pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])


@SIGNALS
def test_a_request_whose_body_is_still_being_sent_is_answered_before_it_exits_0(tmp_path: Path, number: int) -> None:
    store = ("--store", "calendar.db")
    with serving(tmp_path, *store) as server, dial(server.port) as busy, dial(server.port) as idle:
        idle.sendall(request("GET", "/api/v1/me"))
        assert Reader(idle).reply().status == 200
        busy.sendall(POST[:-5])
        # Answered after the head of the other was read: there is one loop, and it takes them as they came.
        assert server.request("GET", "/api/v1/me", key="scp_demo_read").status == 200
        server.process.send_signal(number)
        assert Reader(idle).reply() is None  # hung up on, so that it is known to be stopping
        busy.sendall(POST[-5:])
        reader = Reader(busy)
        created = reader.reply()
        assert created.status == 201
        assert created.headers["connection"] == "close"
        assert reader.reply() is None
        assert server.process.wait(30) == 0
        assert "Traceback" not in server.said()
        assert not (tmp_path / "ready.json").exists()
    with serving(tmp_path, *store) as server:
        listed = server.request("GET", "/api/v1/webhooks", key="scp_demo_webhooks").json["data"]
        assert [each["id"] for each in listed] == [json.loads(created.body)["id"]]


IMPATIENT = """
import sys
import smartcal_api.server.run as run
from smartcal_api.cli import main
run.REQUESTS_SECONDS = 0.2
main(sys.argv[1:])
"""


@SIGNALS
def test_guard_1_a_body_that_never_comes_is_hung_up_on_without_a_5xx_or_a_traceback(
    tmp_path: Path, number: int
) -> None:
    ready_file = tmp_path / "ready.json"
    arguments = ["serve", "--port", "0", "--events", "0", "--ready-file", str(ready_file)]
    with subprocess.Popen(
        [sys.executable, "-c", IMPATIENT, *arguments],
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            for line in process.stdout:
                if line.startswith("Ctrl-C"):
                    break
            port = int(json.loads(ready_file.read_text())["root_url"].rpartition(":")[2])
            with dial(port) as stalled, dial(port) as other:
                stalled.sendall(POST[:-5])
                other.sendall(request("GET", "/api/v1/me"))
                assert Reader(other).reply().status == 200
                process.send_signal(number)
                assert Reader(stalled).rest() == []
            assert process.wait(30) == 0
            assert "Traceback" not in process.stderr.read()
        finally:
            process.kill()


def control(path: str, **body: object) -> bytes:
    """Something that waits for ten minutes, if it is let."""
    fields = ("Content-Type: application/json",)
    return request("POST", f"/_sandbox/sandboxes/default/{path}", *fields, body=json.dumps(body).encode())


# What keeps a server waiting, and the status that it is answered with in the end; None: it is hung up on.
WAITS = {
    "a wait for a request": (control("journal/wait", operation="listWebhooks", timeout_seconds=600), 503),
    "a wait for deliveries": (control("deliveries/wait", count=9, timeout_seconds=600), 503),
    "a clock that waits for a receiver": (control("clock/advance", by="1d", timeout_seconds=600), 503),
    "latency": (request("GET", "/api/v1/events"), 200),
    "a body that comes while there is latency": (
        request("POST", "/api/v1/bookings/bkg_00000000000000000000/cancel", "Content-Length: 9", key="scp_demo_write"),
        None,
    ),
    "a wait that was preferred": (request("GET", "/api/v1/me", "Prefer: wait=60"), 200),
    "half a body": (POST[:-5], None),
    "half a head": (POST[:40], None),
    "nothing at all": (b"", None),
    "answers that nobody reads": (request("GET", "/api/v1/events?per_page=100") * 2_000, ...),
    "a wait behind a wait": (control("journal/wait", status=599, timeout_seconds=600) * 2, ...),
}


def test_whatever_waits_ends_with_the_server_and_is_told_so_if_it_can_be(tmp_path: Path) -> None:
    with (
        Receiver(Reply(after=600)) as receiver,
        serving(tmp_path, "--freeze", "--rate-limits", "off", "--webhook", receiver.url) as server,
        ExitStack() as stack,
    ):
        for operation in ("listEvents", "cancelBooking"):
            armed = {"kind": "latency", "seconds": 600, "operations": [operation], "next": 1}
            made = server.request("POST", "/_sandbox/sandboxes/default/faults", body=json.dumps(armed).encode())
            assert made.status == 201
        trigger = "/_sandbox/sandboxes/default/triggers/booking.created"
        assert server.request("POST", trigger, body=b"{}").status in (200, 201)
        receiver.wait_for()
        waiting = {name: stack.enter_context(dial(server.port)) for name in WAITS}
        for name, (sent, _) in WAITS.items():
            waiting[name].sendall(sent)
        gone = dial(server.port)
        gone.sendall(WAITS["a wait for a request"][0])
        gone.close()
        # Answered after all that was read: there is one loop, and it takes them as they came.
        assert server.request("GET", "/api/v1/me", key="scp_demo_read").status == 200
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(60) == 0
        for name, (_, status) in WAITS.items():
            if status is not ...:
                assert [each.status for each in Reader(waiting[name]).rest()] == ([status] if status else []), name
        assert not (tmp_path / "ready.json").exists()


ENDLESS = """
import sys, time
import smartcal_api.server.run as run, smartcal_api.server.stopping as stopping
from smartcal_api.cli import main
patience, *arguments = sys.argv[1:]
run.REQUESTS_SECONDS, stopping.ALL_SECONDS = 600, float(patience)
import smartcal_api.api.assignment as assignment
handlers = assignment.handlers
def blocked(*_):
    print("blocked", flush=True)
    time.sleep(600)
assignment.handlers = lambda *given: {**handlers(*given), "getAccount": blocked}
main(arguments)
"""


@pytest.mark.parametrize(("patience", "signals"), [("0.1", 1), ("600", 2)], ids=["in time", "by a second signal"])
def test_a_server_that_hangs_ends_all_the_same_and_its_ready_file_with_it(
    tmp_path: Path, patience: str, signals: int
) -> None:
    """Its one loop is blocked, as by work without end."""
    ready_file = tmp_path / "ready.json"
    arguments = ["serve", "--port", "0", "--events", "0", "--ready-file", str(ready_file)]
    with subprocess.Popen(
        [sys.executable, "-c", ENDLESS, patience, *arguments],
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            for line in process.stdout:
                if line.startswith("Ctrl-C"):
                    break
            port = int(json.loads(ready_file.read_text())["root_url"].rpartition(":")[2])
            with dial(port) as asking:
                asking.sendall(request("GET", "/api/v1/me"))
                assert process.stdout.readline() == "blocked\n"
                for number in (signal.SIGTERM, signal.SIGINT)[:signals]:
                    process.send_signal(number)
                assert process.wait(60) == 0
            assert not ready_file.exists()
        finally:
            process.kill()


@SIGNALS
def test_a_server_that_is_still_starting_ends_with_130_even_as_the_first_process_of_a_container(
    tmp_path: Path, number: int
) -> None:
    spec = tmp_path / "openapi.yaml"
    os.mkfifo(spec)
    command = [sys.executable, "-m", "smartcal_api", "serve", "--port", "0", "--spec", str(spec)]
    with subprocess.Popen(command, env=environment(), stderr=subprocess.PIPE) as starting:
        try:
            with spec.open("wb"):  # opened by the server, which now waits for the contract
                status = Path(f"/proc/{starting.pid}/status").read_text()
                caught = int(status.partition("SigCgt:")[2].split()[0], 16)
                assert caught >> number - 1 & 1, "to a first process, what isn't caught is not delivered"
                starting.send_signal(number)
                assert starting.wait(30) == 130
                assert starting.stderr is not None
                assert starting.stderr.read().strip() == b""
        finally:
            starting.kill()


def test_whoever_follows_is_told_that_it_stops_and_keeps_it_from_nothing(tmp_path: Path) -> None:
    with serving(tmp_path) as server, dial(server.port) as first, dial(server.port) as second:
        for each in (first, second):
            each.sendall(request("GET", "/_sandbox/stream"))
            while b"event: sandboxes" not in each.recv(4096):
                pass
        server.request("GET", "/api/v1/nothing", key="scp_demo_read")
        told = b""
        while b"not_found" not in told:
            told += first.recv(4096)
        followed = subprocess.Popen(
            command("logs", "--follow", "-n", "1", "--target", "ready.json"),
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(),
        )
        assert followed.stdout is not None
        assert b"/api/v1/nothing" in followed.stdout.readline()
        assert b"not_found" in followed.stdout.readline()
        followed.stdout.readline()  # where the contract says so
        server.request("GET", "/api/v1/me", key="scp_demo_read")
        assert b"/api/v1/me 200" in followed.stdout.readline()
        began = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(30) == 0
        assert time.monotonic() - began < run.REQUESTS_SECONDS, "nobody had to be hung up on"
        for each in (first, second):
            rest = b""
            while more := each.recv(65536):
                rest += more
            assert rest.endswith(b'event: end\ndata: {"reason":"stopping"}\n\n\r\n0\r\n\r\n')
        assert b"the server stops" in followed.communicate(timeout=30)[1]
        assert followed.returncode == 0
