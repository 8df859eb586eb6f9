"""What users are made of, and how what came of them is told; the users themselves are tried by `make load`."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from smartcal_api.conformance.credential import Credential
from smartcal_api.conformance.exchange import Exchange
from smartcal_api.conformance.masking import Masks
from smartcal_api.conformance.recorded import Recording
from smartcal_api.conformance.report.taking import take
from smartcal_api.conformance.target import Target
from smartcal_api.contract import Contract
from smartcal_api.errors import UsageError
from smartcal_api.load.budgets import Budgets
from smartcal_api.load.report import FORMATS, exit_code
from smartcal_api.load.running import Loaded
from smartcal_api.load.scenario import plan, tasks

READ = Credential("key_read", "scp_of_somebody", frozenset({"read"}))
LIMITS = (("X-RateLimit-Limit", "100"), ("X-RateLimit-Remaining", "99"))
TARGET = Target(root="http://127.0.0.1:1", credentials=(READ,))


def test_users_look_more_than_they_change_and_change_only_what_they_may(contract: Contract) -> None:
    reading, left_out = tasks(contract, TARGET)
    assert {each.method for each in reading} == {"GET"}
    assert "cancelBooking: it changes something (--allow-writes)" in left_out
    admin = Credential("key_admin", "scp_admin", frozenset({"admin"}))
    writing, _ = tasks(contract, replace(TARGET, credentials=(admin,), allow_writes=True))
    by_id = {each.id: each for each in writing}
    assert by_id["listEvents"].weight > by_id["getEvent"].weight > by_id["cancelBooking"].weight
    assert by_id["getEvent"].source == "/api/v1/events"
    assert (by_id["createWebhook"].undo, "deleteWebhook" in by_id) == ("/api/v1/webhooks/{webhook_id}", False)
    assert "url" in json.loads(by_id["createWebhook"].body or "")
    with pytest.raises(UsageError, match="give a key"):
        tasks(contract, replace(TARGET, credentials=()))


def test_a_plan_is_plain_data_with_the_limits_of_the_contract(contract: Contract) -> None:
    wanted, _ = tasks(contract, TARGET)
    stated: dict[str, Any] = json.loads(json.dumps(plan(contract, TARGET, [TARGET], wanted, users=2, limits="honour")))
    assert stated["windows"] == [[each.window_seconds, each.limit] for each in contract.policy.rate_limits]
    assert [each["root"] for each in stated["tenants"]] == [TARGET.root]
    assert stated["tenants"][0]["credentials"][0]["value"] == READ.value


def test_users_of_a_key_stay_below_its_limits_together() -> None:
    now = 0.0
    budgets, sent = Budgets([[60, 3], [600, 5]], clock=lambda: now), []
    while len(sent) < 12:
        wait = budgets.delay("key")
        if wait <= 0:
            sent.append(now)
        now += wait
    assert sent == [0, 0, 0, 60, 60, 600, 600, 600, 660, 660, 1200, 1200]
    budgets.refused("other", 7.0)
    assert budgets.delay("other") == 7.0


@pytest.mark.parametrize(
    ("limits", "counted", "code", "said"),
    [
        ((), {}, 1, "not conformant"),
        (None, {}, 3, "inconclusive"),
        (LIMITS, {}, 0, "conformant: 1 request in"),
        (LIMITS, {"unanswered": 1}, 1, "1 unanswered"),
        (LIMITS, {"statuses": {"500": 2, "503": 1}}, 1, "2 failed"),
    ],
)
def test_a_report_tells_how_long_beside_whether(
    contract: Contract, limits: tuple[tuple[str, str], ...] | None, counted: dict[str, Any], code: int, said: str
) -> None:
    recording = Recording(contract)
    if limits is not None:
        headers = (("Content-Type", "application/json"), *limits)
        sent = (("Authorization", f"Bearer {READ.value}"),)
        recording.add(Exchange(0, "x", None, "GET", "/api/v1/me", sent, b"", READ, 200, headers, b"{}", 1.0, 0.01))
    statuses = {} if limits is None else {"200": 1}
    times = dict.fromkeys(("median_ms", "p95_ms", "p99_ms", "max_ms"), 12.0)
    one = {"operation": "getAccount", "requests": 1, "failures": 0, "statuses": statuses, "unanswered": 0}
    loaded = Loaded(2.0, 1, [{**one, **times, **counted}], recording.result(TARGET.root, seconds=2.0))
    record = take(loaded.result, Masks(contract, TARGET, foreign=True))
    assert exit_code(loaded, record) == code
    text = FORMATS["text"](loaded, record, ["cancelBooking: it changes something"])
    assert said in text
    assert "getAccount" in text
    assert "12 ms" in text
    assert json.loads(FORMATS["json"](loaded, record, []))["exit_code"] == code
    assert "| getAccount | 1 | 12 ms |" in FORMATS["markdown"](loaded, record, [])
    assert READ.value not in text


def test_without_the_extra_it_says_what_to_install(tmp_path: Path) -> None:
    script = "import sys; sys.modules['locust'] = None; from smartcal_api.cli import main; main(['load-test'])"
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "smartcal: `smartcal load-test` needs locust; install the extra: "
        "pip install 'smartcal-api[contract-tests,load]'.\n"
    )
