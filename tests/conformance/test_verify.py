"""The command, from its start to its exit code, against a mock of its own."""

import json
from pathlib import Path

from tests.e2e.server import run


def test_a_fresh_mock_is_judged_without_a_single_flag(tmp_path: Path) -> None:
    done = run("verify", "--only", "PAGE", "--report-dir", "reports", folder=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1].startswith("conformant: 20 held")
    verdict = json.loads((tmp_path / "reports" / "verdict.json").read_text())
    assert {each["verdict"] for each in verdict["outcomes"]} == {"held"}
    assert (tmp_path / "reports" / "junit.xml").exists()


def test_a_law_that_there_isn_t_is_one_clear_line(tmp_path: Path) -> None:
    done = run("verify", "--only", "PAIGE", folder=tmp_path)
    assert done.returncode == 2
    assert done.stderr == "smartcal: there is no law 'PAIGE'; `smartcal verify --plan` lists them.\n"
