"""`smartcal listen`, `deliveries` and `redeliver` against a running server."""

import json
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from smartcal_api.webhooks import verify
from smartcal_api.webhooks.receiver import Receiver, Reply
from tests.cli.conftest import Command
from tests.e2e.server import Running, command, environment, run, serving
from tests.e2e.test_deliveries import SIGNATURE, cancel

SECRET = "known to my app"
SUBSCRIPTIONS = "/_sandbox/sandboxes/default/subscriptions"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Running]:
    with serving(tmp_path, "--rate-limits", "off") as running:
        yield running


@contextmanager
def listening(folder: Path, *flags: str) -> Iterator["subprocess.Popen[str]"]:
    """The command, once it has subscribed; its first line, about itself, is read already."""
    process = subprocess.Popen(
        command("listen", "--json", *flags, "--target", "ready.json"),
        cwd=folder,
        env=environment(PYTHONUNBUFFERED="1"),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        first = said(process)
        assert first["listening"].startswith("http://127.0.0.1:"), first
        yield process
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def said(process: "subprocess.Popen[str]") -> Any:
    assert process.stdout is not None
    return json.loads(process.stdout.readline())


def subscribed(server: Running) -> int:
    return len(server.request("GET", SUBSCRIPTIONS).json["data"])


def test_it_shows_what_comes_verified_and_unsubscribes_at_the_end(server: Running, tmp_path: Path) -> None:
    with listening(tmp_path, "--until", "2") as process:
        assert subscribed(server) == 1
        identifier = cancel(server)
        shown = {each["type"]: each for each in (said(process), said(process))}
        assert process.wait(20) == 0
    assert shown["booking.cancelled"]["body"]["data"]["id"] == identifier
    assert {(each["signature"], each["answered"], each["duplicate"]) for each in shown.values()} == {
        ("right", 200, False)
    }
    assert subscribed(server) == 0


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_it_cleans_up(server: Running, tmp_path: Path, sent: signal.Signals) -> None:
    with listening(tmp_path) as process:
        process.send_signal(sent)
        assert process.wait(20) == 0
    assert subscribed(server) == 0


def test_it_forwards_the_bytes_with_the_signature_intact_and_answers_what_it_is_answered(
    server: Running, tmp_path: Path
) -> None:
    flags = ("--events", "booking.cancelled", "--secret", SECRET, "--until", "1")
    with (
        Receiver(Reply(503, b"later")) as app,
        listening(tmp_path, *flags, "--forward-to", f"{app.url}in?a=b") as process,
    ):
        cancel(server)
        assert said(process)["answered"] == 503
        assert process.wait(20) == 0
        (received,) = app.received
    assert received.path == "/in?a=b"
    assert verify(received.body, received.headers[SIGNATURE], SECRET)
    assert received.headers["content-type"] == "application/json"
    (delivery,) = server.request("GET", "/_sandbox/sandboxes/default/deliveries").json["data"]
    whole = server.request("GET", f"/_sandbox/sandboxes/default/deliveries/{delivery['id']}").json
    assert (whole["attempt_log"][0]["status"], whole["attempt_log"][0]["answer"]) == (503, "later")


def test_an_app_that_is_not_there_is_a_502(server: Running, tmp_path: Path) -> None:
    with Receiver() as gone:
        url = gone.url
    with listening(tmp_path, "--events", "booking.cancelled", "--forward-to", url, "--until", "1") as process:
        cancel(server)
        assert said(process)["answered"] == 502


def test_a_wrong_signature_and_a_duplicate_are_shown_as_such_and_end_with_1(server: Running, tmp_path: Path) -> None:
    with listening(tmp_path, "--events", "booking.cancelled", "--status", "202", "--until", "3") as process:
        for kind in ("wrong_signature", "duplicate"):
            body = json.dumps({"kind": kind}).encode()
            assert server.request("POST", "/_sandbox/sandboxes/default/misbehaviours", body=body).status == 201
            cancel(server)
            server.request("POST", "/_sandbox/sandboxes/default/deliveries/wait", body=b"{}")
        shown = [said(process) for _ in range(3)]
        assert process.wait(20) == 1
    assert [(each["signature"], each["duplicate"], each["answered"]) for each in shown] == [
        ("wrong", False, 202),
        ("right", False, 202),
        ("right", True, 202),
    ]


def test_the_secret_is_shown_on_demand_alone(server: Running, tmp_path: Path) -> None:
    shown = run_listen(tmp_path, "--print-secret", server=server)
    assert f"signed with {SECRET}" in shown
    shown = run_listen(tmp_path, server=server)
    assert SECRET not in shown
    assert "booking.cancelled" in shown
    assert "signature right, answered 200" in shown


def run_listen(folder: Path, *flags: str, server: Running) -> str:
    """What people see of one delivery."""
    flags = ("--secret", SECRET, "--events", "booking.cancelled", "--until", "1", "--target", "ready.json", *flags)
    process = subprocess.Popen(
        command("listen", *flags),
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    with process.stdout:
        first = process.stdout.readline()
        cancel(server)
        rest = process.stdout.read()
    assert process.wait(20) == 0
    return first + rest


def test_deliveries_are_listed_shown_and_sent_again(server: Running, tmp_path: Path) -> None:
    assert run("deliveries", "--target", "ready.json", folder=tmp_path).stdout == "no deliveries\n"
    with Receiver() as receiver:
        body = json.dumps({"url": receiver.url, "events": ["booking.cancelled"]}).encode()
        assert server.request("POST", SUBSCRIPTIONS, body=body).status == 201
        cancel(server)
        receiver.wait_for()
        listed = json.loads(run("deliveries", "--json", "--target", "ready.json", folder=tmp_path).stdout)["data"]
        identifier, event = listed[0]["id"], listed[0]["event"]
        for which, count in ((identifier, 2), (event, 3)):
            again = run("deliveries", "redeliver", which, "--target", "ready.json", folder=tmp_path)
            assert (again.returncode, again.stderr) == (0, "")
            assert "delivered" in again.stdout
            assert len(receiver.wait_for(count=count)) == count
    shown = run("deliveries", identifier, "--target", "ready.json", folder=tmp_path)
    assert "event: 200" in shown.stdout
    assert "redelivery: 200" in shown.stdout
    assert '"type": "booking.cancelled"' in shown.stdout
    assert "\x1b" not in shown.stdout, "no colours where nobody looks"
    missing = run("deliveries", "redeliver", "dlv_x", "--target", "ready.json", folder=tmp_path)
    assert (missing.returncode, "no delivery 'dlv_x'" in missing.stderr) == (2, True)


def test_what_is_to_go_wrong_is_asked_for_listed_and_taken_back(server: Running, tmp_path: Path) -> None:
    def misbehave(*arguments: str) -> str:
        done = run("deliveries", "misbehave", *arguments, "--target", "ready.json", folder=tmp_path)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    late = "late by 600 s: the next 2 of booking.cancelled\n"
    assert misbehave("late", "--by", "10m", "--count", "2", "--event-type", "booking.cancelled") == late
    assert misbehave() == late
    assert misbehave("--clear") == "nothing is to go wrong\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["deliveries", "misbehave", "explode", "--target", "ready.json"], "wrong_signature"),
        (["deliveries", "misbehave", "--count", "2", "--target", "ready.json"], "--count needs"),
        (["deliveries", "misbehave", "late", "--clear", "--target", "ready.json"], "--clear"),
        (["deliveries", "--target", "nothing.json"], "nothing.json: there is no ready file here"),
        (["deliveries", "--target", "empty.json"], "is not a ready file"),
        (["deliveries", "--target", "gone.json"], "no SmartCal server answers at http://127.0.0.1:9"),
        (["listen", "--forward-to", "ftp://x"], "--forward-to"),
        (["listen", "--target", "ready.json", "--events", "booking.made"], "booking.made"),
        (["deliveries", "--target", "ready.json", "--sandbox", "other"], "no sandbox 'other'"),
    ],
)
def test_what_can_not_work_is_one_line_and_exit_2(
    server: Running, smartcal: Command, tmp_path: Path, arguments: list[str], words: str
) -> None:
    (tmp_path / "empty.json").write_text("")
    (tmp_path / "gone.json").write_text('{"root_url": "http://127.0.0.1:9"}')
    done = smartcal(*arguments)
    assert done.code == 2
    assert words in done.err
    assert done.err.count("\n") == 1
