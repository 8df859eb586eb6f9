"""Where the reports go: a folder that may hold anything, in which only reports are replaced."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Ended

ENTRY = {
    "startedDateTime": "2026-03-04T12:00:00Z",
    "time": 1,
    "request": {"method": "GET", "url": "http://127.0.0.1/api/v1/me", "headers": []},
    "response": {"status": 401, "headers": [], "content": {}},
}
ARCHIVE = json.dumps({"log": {"entries": [ENTRY]}})


def test_reports_replace_reports_and_what_is_beside_them_stays(smartcal: Callable[..., Ended], tmp_path: Path) -> None:
    (tmp_path / "traffic.har").write_text(ARCHIVE)
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports/notes.txt").write_text("precious")
    (tmp_path / "reports/junit.xml").touch()
    for _ in range(2):
        assert smartcal("verify", "--har", "traffic.har", "--report-dir", "reports").code == 1
    assert (tmp_path / "reports/notes.txt").read_text() == "precious"
    assert json.loads((tmp_path / "reports/verdict.json").read_text())["exit_code"] == 1


@pytest.mark.parametrize("command", ["verify --har traffic.har", "proxy --upstream http://127.0.0.1:1 --port 0"])
@pytest.mark.parametrize("name", ["verdict.json", "junit.xml", "report.html", "evidence.har", "verdict.sarif"])
def test_a_file_of_somebodys_own_that_has_a_reports_name_is_refused_before_anything_is_judged(
    smartcal: Callable[..., Ended], tmp_path: Path, command: str, name: str
) -> None:
    (tmp_path / "traffic.har").write_text(ARCHIVE)
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / name).write_text("precious")
    ended = smartcal(*command.split(), "--report-dir", "reports")
    assert (ended.code, ended.out, ended.err.count("\n")) == (2, "", 1)
    assert name in ended.err
    assert "--replace" in ended.err
    assert [each.name for each in (tmp_path / "reports").iterdir()] == [name]
    assert (tmp_path / "reports" / name).read_text() == "precious"
    assert smartcal("verify", "--har", "traffic.har", "--report-dir", "reports", "--replace").code == 1
    assert "precious" not in (tmp_path / "reports" / name).read_text()


def test_a_report_folder_that_is_a_file_is_refused(smartcal: Callable[..., Ended], tmp_path: Path) -> None:
    (tmp_path / "reports").write_text("precious")
    ended = smartcal("verify", "--har", "no.har", "--report-dir", "reports", "--replace")
    assert (ended.code, ended.err.count("\n")) == (2, 1)
    assert "is not a folder" in ended.err


def test_the_summary_of_a_job_is_added_to_and_says_which_build_it_is_about(
    smartcal: Callable[..., Ended], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "traffic.har").write_text(ARCHIVE)
    (tmp_path / "summary.md").write_text("# Before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    for build in ("3f2a", "77b1"):
        ended = smartcal("verify", "--har", "traffic.har", "--label", f"build={build}", "--report-dir", "reports")
        assert ended.code == 1
        assert f"build {build}" in ended.out
    summary = (tmp_path / "summary.md").read_text()
    assert summary.startswith("# Before\n### ")
    assert summary.count("Not conformant") == 2
    assert "build 77b1" in summary
    assert json.loads((tmp_path / "reports/verdict.json").read_text())["labels"] == {"build": "77b1"}
    wrong = smartcal("verify", "--har", "traffic.har", "--label", "3f2a")
    assert (wrong.code, "write it as NAME=VALUE" in wrong.err) == (2, True)
