"""SIGINT and SIGTERM: what is in flight is finished, what isn't going to finish is hung up on, exit 0."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.raw import Reader, dial, request
from tests.e2e.server import environment, serving

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
run._GRACE_SECONDS = 0.2
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
