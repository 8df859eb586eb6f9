"""`smartcal load-test` on a real mock, by a real Locust: `make load`."""

import json
from pathlib import Path

from tests.e2e.server import run, serving


def test_users_of_a_fresh_mock_get_what_the_contract_promises(tmp_path: Path) -> None:
    done = run("load-test", "--users", "3", "--for", "2s", "--json", folder=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(done.stdout)
    asked = {each["operation"]: each for each in told["operations"]}
    assert {"listEvents", "listBookings", "authorize", "issueToken"} <= asked.keys()
    assert asked["issueToken"]["statuses"] == {"200": 3}, "each user is an app that got a token"
    assert (told["unanswered"], told["exit_code"]) == (0, 0)
    assert 0 < told["judged"] <= told["requests"]
    assert all(each["median_ms"] <= each["p95_ms"] <= each["p99_ms"] for each in asked.values())


def test_limits_are_honoured_or_run_into(tmp_path: Path) -> None:
    """On a server without sandboxes of one's own: the users share the keys of the default one."""
    with serving(tmp_path) as server:
        where = ("--url", server.ready["root_url"], "--key", f"read={server.ready['keys']['read']}")
        many = ("--users", "5", "--for", "4s", "--json")
        honoured = json.loads(run("load-test", *where, *many, folder=tmp_path).stdout)
        assert honoured["requests"] <= 100
        refused = run("load-test", *where, *many, "--limits", "test", folder=tmp_path)
        assert (refused.returncode, "add --exhaust" in refused.stderr) == (2, True)
        done = run("load-test", *where, *many, "--limits", "test", "--exhaust", folder=tmp_path)
        told = json.loads(done.stdout)
        assert any("429" in each["statuses"] for each in told["operations"])
        assert done.returncode == 0, "a refusal by the limit is as the contract has it"


def test_what_breaks_the_contract_under_load_decides(tmp_path: Path) -> None:
    with serving(tmp_path, "--defect", "now-and-then-a-500") as server:
        where = ("--url", server.ready["root_url"], "--key", f"read={server.ready['keys']['read']}")
        done = run("load-test", *where, "--users", "3", "--for", "3s", folder=tmp_path)
    assert done.returncode == 1, done.stdout
    assert "not conformant" in done.stdout
    assert " failed" in done.stdout
