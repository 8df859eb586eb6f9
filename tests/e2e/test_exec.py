"""`smartcal exec`: a command with a server of its own, for the tests of any language."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from smartcal_api.server.housekeeping import is_running
from tests.e2e.server import command, environment

REPORT = "import json, os; print(json.dumps({k: v for k, v in os.environ.items() if k.startswith('SMARTCAL_')}))"
ASK = (
    "import os, urllib.request; print(urllib.request.urlopen(urllib.request.Request("
    "os.environ['SMARTCAL_BASE_URL'] + '/me', headers={'X-API-Key': os.environ['SMARTCAL_KEY_READ']})).status)"
)


def run(tmp_path: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        command("exec", *arguments), cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False
    )


def test_the_command_is_told_where_its_server_is_and_with_what_keys(tmp_path: Path) -> None:
    done = run(tmp_path, "--freeze", "--", sys.executable, "-c", REPORT)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["SMARTCAL_BASE_URL"] == told["SMARTCAL_ROOT_URL"] + "/api/v1"
    assert told["SMARTCAL_CONTROL_URL"] == told["SMARTCAL_ROOT_URL"] + "/_sandbox"
    assert told["SMARTCAL_KEY_READ"] == "scp_demo_read"
    assert told["SMARTCAL_OTHER_KEY_ADMIN"] == "scp_demo_other_admin"
    assert not Path(told["SMARTCAL_TARGET"]).exists(), "it is gone with the server"


def test_the_server_answers_before_the_command_begins(tmp_path: Path) -> None:
    assert run(tmp_path, "--", sys.executable, "-c", ASK).stdout.strip() == "200"


SANDBOXES = """
import json, os, urllib.error, urllib.request

def ask(url, body=None, method=None, key=None):
    headers = {"Content-Type": "application/json"} | ({"X-API-Key": key} if key else {})
    request = urllib.request.Request(url, json.dumps(body).encode() if body else None, headers, method=method)
    try:
        return json.load(urllib.request.urlopen(request))
    except (urllib.error.HTTPError, json.JSONDecodeError):
        return None

control = os.environ["SMARTCAL_CONTROL_URL"] + "/sandboxes"
for name in ("stays", "goes"):
    made = ask(control, {"name": name})
    ask(made["base_url"] + "/events?page=0", key=made["keys"]["read"])
    ask(made["base_url"] + "/bookings?per_page=1", key=made["keys"]["read"])
ask(control + "/goes", method="DELETE")
ask(os.environ["SMARTCAL_BASE_URL"] + "/me", key=os.environ["SMARTCAL_KEY_READ"])
raise SystemExit(3)
"""


def test_what_fails_shows_the_last_requests_of_every_sandbox_by_name_also_of_deleted_ones(tmp_path: Path) -> None:
    done = run(tmp_path, "--", sys.executable, "-c", SANDBOXES)
    assert done.returncode == 3
    goes, default, stays = done.stderr.strip().split("\n\n")
    assert goes.startswith("sandbox goes, deleted: the last 2 requests\n")
    assert stays.startswith("sandbox stays: the last 2 requests\n")
    assert default.startswith("sandbox default: the last request\n")
    assert "GET    /api/v1/me 200 " in default
    for told in (goes, stays):
        assert "GET    /api/v1/events?page=0 400 " in told
        assert "invalid_request: The parameter 'page' does not fit" in told
        assert "GET    /api/v1/bookings?per_page=1 200 " in told
    (bundle,) = (tmp_path / ".smartcal").iterdir()
    assert stays.endswith("\nSee it in a browser: smartcal open .smartcal/exec-stays.bundle")
    assert bundle.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("code", [0, 1, 7, 255])
def test_it_ends_as_the_command_ends(tmp_path: Path, code: int) -> None:
    assert run(tmp_path, "--", sys.executable, "-c", f"raise SystemExit({code})").returncode == code


def test_a_command_that_can_not_be_run_and_a_server_that_does_not_start_are_told_in_a_line(tmp_path: Path) -> None:
    for arguments in (("--", "no-such-command"), ("--now", "yesterday", "--", "true"), ("--evnts", "3", "--", "true")):
        done = run(tmp_path, *arguments)
        assert done.returncode == 2
        assert done.stderr.startswith("smartcal: ")
        assert "Traceback" not in done.stderr


def test_a_server_ends_with_the_process_that_it_was_started_for(tmp_path: Path) -> None:
    with (
        subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as owner,
        subprocess.Popen(
            command("serve", "--port", "0", "--stop-with", str(owner.pid)),
            cwd=tmp_path,
            env=environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        ) as server,
    ):
        owner.kill()
        _, said = server.communicate(timeout=60)
    assert server.returncode == 0
    assert b"has ended, and so does this server" in said


def test_ctrl_c_reaches_the_command_and_the_server_is_stopped(tmp_path: Path) -> None:
    script = "import os, time; open('told', 'w').write(os.environ['SMARTCAL_TARGET']); time.sleep(60)"
    process = subprocess.Popen(
        command("exec", "--", sys.executable, "-c", script),
        cwd=tmp_path,
        env=environment(),
        start_new_session=True,
        stderr=subprocess.DEVNULL,
    )
    until = time.monotonic() + 60
    while not (tmp_path / "told").exists() and time.monotonic() < until:
        time.sleep(0.01)  # only while a process of the operating system starts; nothing under test is waited for
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(30) in (1, 130)
    assert not Path((tmp_path / "told").read_text()).exists()


FAMILY = "echo $$ >> pids; (setsid sleep 600 & echo $! >> pids; wait); true"


@pytest.mark.parametrize("twice", [False, True], ids=["by -9", "by a second SIGTERM"])
def test_killed_it_leaves_neither_the_server_nor_the_command_nor_what_that_has_started(
    tmp_path: Path, twice: bool
) -> None:
    (tmp_path / "family").write_text(f"#!/bin/sh\ntrap '' TERM\necho $SMARTCAL_TARGET > told\n{FAMILY}\n")
    with subprocess.Popen(command("exec", "--", "sh", "family"), cwd=tmp_path, env=environment()) as process:
        pids = tmp_path / "pids"
        _until(lambda: pids.exists() and len(pids.read_text().split()) == 2)
        ready = Path((tmp_path / "told").read_text().strip())
        family = [int(each) for each in pids.read_text().split()]
        server = json.loads(ready.read_text())["pid"]
        if twice:  # more often than that, since the system may make one of two
            _until(lambda: process.poll() is not None or bool(process.terminate()))
        else:
            process.kill()
        try:
            process.wait(60)
        finally:
            process.kill()
    _until(lambda: not any(is_running(each) for each in (*family, server)))
    assert not ready.exists()
    shutil.rmtree(ready.parent, ignore_errors=True)


def _until(done: Callable[[], bool]) -> None:
    """Only while processes of the operating system start and end."""
    until = time.monotonic() + 60
    while not done():
        assert time.monotonic() < until, "they are still there"
        time.sleep(0.02)
