"""The command, from its start to its exit code, against a mock of its own."""

import json
import signal
import subprocess
import sys
from pathlib import Path

from tests.e2e.server import command, run, serving


def test_a_fresh_mock_is_judged_without_a_single_flag(tmp_path: Path) -> None:
    done = run("verify", "--only", "PAGE", "--report-dir", "reports", folder=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1].startswith("conformant: 20 held")
    verdict = json.loads((tmp_path / "reports" / "verdict.json").read_text())
    assert {each["verdict"] for each in verdict["outcomes"]} == {"held"}
    assert (tmp_path / "reports" / "junit.xml").exists()


def test_ctrl_c_ends_it_with_a_verdict_and_leaves_nothing_behind(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        command_ = command("verify", "--target", str(tmp_path / "ready.json"), "--report-dir", "reports")
        with subprocess.Popen(command_, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            while server.request("GET", "/api/v1/me", key="scp_demo_write").headers["x-ratelimit-remaining"] == "99":
                assert process.poll() is None
                server.request("POST", "/_sandbox/sandboxes/default/clock/advance", body=b'{"by": 61}')
            process.send_signal(signal.SIGINT)
            output, errors = process.communicate(timeout=60)
        assert process.returncode == 3, errors.decode()
        assert b"it was interrupted" in output
        assert (tmp_path / "reports" / "verdict.json").exists()
        assert server.request("GET", "/api/v1/webhooks", key="scp_demo_webhooks").json["data"] == []


def test_a_deployment_that_can_t_be_reached_is_one_clear_line(tmp_path: Path) -> None:
    done = run("verify", "--url", "http://127.0.0.1:9", "--key", "read=x", folder=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("smartcal: http://127.0.0.1:9 can't be reached: ")
    assert done.stderr.count("\n") == 1


def test_without_the_extra_it_says_what_to_install(tmp_path: Path) -> None:
    script = "import sys; sys.modules['openapi_core'] = None; from smartcal_api.cli import main; main(['verify'])"
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr == (
        "smartcal: `smartcal verify` needs openapi_core; install the extra: "
        "pip install 'smartcal-api[contract-tests]'.\n"
    )


def test_a_plan_sends_nothing_and_says_what_won_t_be_decided(tmp_path: Path) -> None:
    done = run("verify", "--url", "http://127.0.0.1:9", "--key", "read=x", "--plan", folder=tmp_path)
    assert done.returncode == 0
    assert "not verified: a control plane (--control URL)" in done.stdout
    assert "over 1 credentials" in done.stdout


def test_a_law_that_there_isn_t_is_one_clear_line(tmp_path: Path) -> None:
    done = run("verify", "--only", "PAIGE", folder=tmp_path)
    assert done.returncode == 2
    assert done.stderr == "smartcal: there is no law 'PAIGE'; `smartcal verify --plan` lists them.\n"
