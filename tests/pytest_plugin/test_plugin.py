"""The pytest plugin: a sandbox for each test, whoever runs beside it, and what a failed test leaves."""

import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.e2e.server import environment
from tests.pytest_plugin.conftest import Trial

ISOLATED = """
import httpx
import pytest

NUMBERS = range(%d)


def nobody(smartcal):
    return httpx.get(f"{smartcal.base_url}/me", trust_env=False, verify=False)


@pytest.mark.parametrize("number", NUMBERS[0::4])
def test_nothing_of_another_test_is_there(smartcal, number):
    api = smartcal.client("webhooks")
    assert api.get("/webhooks").json()["data"] == []
    api.post("/webhooks", json={"url": "https://hooks.example.com/", "events": ["event.created"]})
    assert len(smartcal.journal.entries()) == 2


@pytest.mark.parametrize("number", NUMBERS[1::4])
def test_without_credentials_the_budget_of_the_address_is_the_sandboxes_own(smartcal, number):
    for left in (99, 98, 97):
        refused = nobody(smartcal)
        assert refused.status_code == 401
        assert refused.headers["x-ratelimit-remaining"] == str(left)
    assert [entry["status"] for entry in smartcal.journal.entries()] == [401, 401, 401]


@pytest.mark.parametrize("number", NUMBERS[2::4])
def test_time_passes_here_alone(smartcal, number):
    assert smartcal.clock.now == "2026-03-04T12:00:00Z"
    booking = smartcal.given.booking(status="confirmed", start_time="now+1h")
    smartcal.clock.advance("1d")
    assert smartcal.client("read").get(f"/bookings/{booking['id']}").json()["status"] == "completed"
    assert smartcal.clock.now == "2026-03-05T12:00:00Z"


@pytest.mark.parametrize("number", NUMBERS[3::4])
def test_what_goes_wrong_does_so_here_alone(smartcal, number):
    smartcal.fault("status", status=503, next=1)
    smartcal.limits.refuse(2)
    assert [nobody(smartcal).status_code for _ in range(4)] == [429, 429, 503, 401]
"""
COMMAND = [sys.executable, "-m", "smartcal_api"]
FAILING = """
def test_it_fails(smartcal):
    smartcal.client("read").get("/events", params={"page": 0})
    assert False, "on purpose"
"""


def run(folder: Path, source: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    (folder / "test_shown.py").write_text(source)
    plugins = ["-p", "smartcal_api.pytest_plugin", "-p", "xdist.plugin", "-p", "no:cacheprovider"]
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *plugins, *arguments, str(folder)],
        cwd=folder,
        env=environment(PYTEST_DISABLE_PLUGIN_AUTOLOAD="1"),
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("configured", ["shared", "worker"])
def test_sbx_1_workers_and_tests_are_in_nobodys_way(tmp_path: Path, configured: str, trial: Trial) -> None:
    """A few tests here; `make plugin` has a thousand by eight workers, three times over."""
    (tmp_path / "pytest.ini").write_text(f"[pytest]\nsmartcal_server = {configured}\n")
    for _ in range(trial.times):
        done = run(tmp_path, ISOLATED % trial.tests, "-n", str(trial.workers))
        print(configured, done.stdout.strip().splitlines()[-1])
        assert done.returncode == 0, done.stdout + done.stderr
        assert f"{trial.tests} passed" in done.stdout


def test_a_failed_test_shows_its_journal_and_leaves_a_bundle_that_opens(tmp_path: Path) -> None:
    done = run(tmp_path, FAILING)
    assert "1 failed" in done.stdout
    assert "GET /api/v1/events?page=0 400" in done.stdout
    assert "/components/schemas/PageNumber" in done.stdout
    (bundle,) = (tmp_path / ".smartcal").iterdir()
    assert f"smartcal open {bundle}" in done.stdout
    assert re.search(r"^http://127\.0\.0\.1:\d+/_sandbox/\?sandbox=[a-z0-9-]+&request=1$", done.stdout, re.MULTILINE)
    told = subprocess.run(
        [*COMMAND, "exec", "--bundle", str(bundle), "--", *COMMAND, "clock", "show"],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.stdout.strip() == "2026-03-04T12:00:00Z, frozen", told.stderr


TOLD = """
import pytest


def test_a_claim(smartcal):
    smartcal.client("read").get("/events")
    smartcal.journal.assert_count(2, operation="listEvents")


def test_a_member(smartcal):
    smartcal.fault("status", status=503, operation="listEvents")


def test_a_wait(smartcal):
    smartcal.deliveries.wait_for("booking.created", timeout=0)


@pytest.mark.smartcal(evnts=0)
def test_a_marker(smartcal):
    pass


def test_a_signature(smartcal):
    smartcal.deliveries.misbehave("wrong_signature")
    smartcal.receiver
    smartcal.trigger("event.created")
    smartcal.deliveries.wait_for("event.created")
    smartcal.receiver.events


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_awaited(async_smartcal):
    await async_smartcal.deliveries.wait_for("booking.created", timeout=0)


def test_a_path_of_no_operation(smartcal):
    smartcal.journal.assert_count(0, path="/api/v1/bokings")


def test_a_slip(smartcal):
    smartcal.journal.assert_count(0, operation="getAcount")
"""


def test_a_failure_shows_the_line_of_the_test_and_all_that_its_message_speaks_of(tmp_path: Path) -> None:
    done = run(tmp_path, TOLD, "-p", "anyio.pytest_plugin", "-p", "no:randomly")
    assert "6 failed, 1 passed, 1 warning, 1 error" in done.stdout, done.stdout
    places = set(re.findall(r"^([^\s:]+):\d+: ", done.stdout, re.MULTILINE))
    assert places == {"test_shown.py"}, done.stdout
    for line in (
        "errors:\nE         #1 GET /api/v1/events was answered 200",
        "'operation' is not a member; did you mean operations?",
        "the deliveries stand like this: none. No active subscription names booking.created.",
        "no sandbox can be made of the marker smartcal: The body does not fit the schema at its top: 'evnts' is not a",
        "InvalidDelivery: ",
        "There is no operation 'getAcount'. Did you mean 'getAccount'?",
        "has a path that begins with '/api/v1/bokings'. Did you mean /api/v1/bookings?",
    ):
        assert line in done.stdout, done.stdout
    assert ">       await async_smartcal.deliveries.wait_for" in done.stdout


def test_a_run_that_never_asks_for_it_imports_nothing_and_starts_nothing(tmp_path: Path) -> None:
    source = (
        "import sys\n\ndef test_lean():\n"
        "    heavy = {'connexion', 'sqlite3', 'uvicorn', 'faker', 'httpx', 'smartcal_api.remote'}\n"
        "    assert not heavy & set(sys.modules)\n"
    )
    done = run(tmp_path, source)
    assert "1 passed" in done.stdout, done.stdout


def test_a_server_that_does_not_start_is_told_once_and_by_its_reason(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\nsmartcal_flags = --now yesterday\n")
    done = run(tmp_path, ISOLATED % 2)
    assert "2 errors" in done.stdout
    assert "--now: 'yesterday' is not an RFC 3339 timestamp" in done.stdout


def test_the_server_is_gone_with_the_session(tmp_path: Path) -> None:
    source = "def test_pid(smartcal_server):\n    open('pid', 'w').write(str(smartcal_server.target.document['pid']))\n"
    assert run(tmp_path, source).returncode == 0
    stat = Path(f"/proc/{int((tmp_path / 'pid').read_text())}/stat")
    until = time.monotonic() + 30
    while stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z":
        assert time.monotonic() < until, "it still runs"
        time.sleep(0.02)  # only while a process of the operating system ends; nothing under test is waited for
