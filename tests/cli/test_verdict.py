"""`smartcal verdict`: verdicts read again, as files; and what needs no more than they do."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from smartcal_api.conformance.basis import Basis
from smartcal_api.conformance.report import FORMATS
from smartcal_api.conformance.report.record import CaseRecord, FindingRecord, Record, exit_code
from smartcal_api.conformance.verdict import Verdict
from tests.cli.conftest import Ended

Command = Callable[..., Ended]
HELD, BROKEN, OPEN, LACKING = Verdict.HELD, Verdict.BROKEN, Verdict.INCONCLUSIVE, Verdict.NOT_VERIFIED


def case(name: str, verdict: Verdict, *, why: str = "") -> CaseRecord:
    law, _, operation = name.partition(" x")
    found = FindingRecord(law, f"x{operation}" if operation else "", "it was seen", Basis.DOCUMENTED, f"2.{name}")
    operation = found.operation
    return CaseRecord(
        law, operation, verdict, title="It holds.", why=why, findings=(found,) if verdict is BROKEN else ()
    )


def write(path: Path, *cases: CaseRecord, build: str = "3f2a", day: int = 1, left_out: tuple[str, ...] = ()) -> str:
    finished = f"2026-02-{day:02}T10:00:00Z"
    record = Record(
        *("http://h", cases, exit_code(cases)),
        contract="1.0.0",
        digest="0f" * 32,
        labels={"build": build} if build else {},
        finished=finished,
        profile="full",
        left_out=left_out,
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(FORMATS["json"](record))
    return str(path)


def test_a_verdict_is_told_again_in_any_format_with_its_exit_code(smartcal: Command, tmp_path: Path) -> None:
    file = write(tmp_path / "verdict.json", case("AUTH 1 xa", HELD), case("AUTH 2 xa", BROKEN))
    began = {
        "text": "✓ AUTH 1",
        "json": "{",
        "markdown": "### ❌",
        "html": "<!doctype html>",
        "junit": "<?xml",
        "sarif": "{",
        "github": "::error ",
    }
    for shape, head in began.items():
        shown = smartcal("verdict", "show", file, "--format", shape)
        assert (shown.code, shown.err) == (1, "")
        assert shown.out.startswith(head)
    assert smartcal("verdict", "show", file, "--json").out == Path(file).read_text()
    (tmp_path / "other.json").write_text('{"openapi": "3.1.0"}')
    refused = smartcal("verdict", "show", "other.json")
    assert (refused.code, refused.err.count("\n")) == (2, 1)
    assert "isn't a verdict.json" in refused.err


def test_two_verdicts_are_compared(smartcal: Command, tmp_path: Path) -> None:
    old = write(tmp_path / "old.json", case("AUTH 1 xa", HELD), case("AUTH 2 xa", BROKEN), case("AUTH 3 xa", HELD))
    new = write(tmp_path / "new.json", case("AUTH 1 xa", BROKEN), case("AUTH 2 xa", HELD), case("AUTH 3 xa", OPEN))
    changed = smartcal("verdict", "compare", old, new)
    assert changed.out.splitlines() == ["newly broken: AUTH 1 xa", "fixed: AUTH 2 xa", "no longer verified: AUTH 3 xa"]
    assert changed.code == 1
    lost = write(tmp_path / "lost.json", case("AUTH 1 xa", HELD), case("AUTH 2 xa", BROKEN))
    assert smartcal("verdict", "compare", old, lost).code == 3
    same = smartcal("verdict", "compare", old, old)
    assert (same.code, same.out) == (0, "still broken: 1 as before\n")


def test_the_parts_of_a_run_make_one_verdict_where_every_case_ran_once(smartcal: Command, tmp_path: Path) -> None:
    one = write(tmp_path / "1.json", case("AUTH 1 xa", HELD), left_out=("AUTH 2 xa",), day=2)
    two = write(tmp_path / "2.json", case("AUTH 2 xa", BROKEN), left_out=("AUTH 1 xa",))
    whole = smartcal("verdict", "merge", one, two)
    merged = json.loads(whole.out)
    assert (whole.code, merged["exit_code"], merged["left_out"]) == (1, 1, [])
    assert [each["law"] for each in merged["outcomes"]] == ["AUTH 1", "AUTH 2"]
    assert merged["finished"] == "2026-02-02T10:00:00Z"
    other = write(tmp_path / "3.json", case("AUTH 2 xa", HELD), build="77b1")
    for files, said in (
        ([one, one], "AUTH 1 xa ran twice"),
        ([one, other], "is of other labels than"),
    ):
        # A file of its own, since a name can stand there only once.
        copies = [str(tmp_path / f"copy-{number}.json") for number, _ in enumerate(files)]
        for copy, file in zip(copies, files, strict=True):
            Path(copy).write_text(Path(file).read_text())
        refused = smartcal("verdict", "merge", *copies)
        assert (refused.code, refused.out, said in refused.err) == (2, "", True), refused.err


def test_what_ran_in_none_of_the_parts_is_inconclusive(smartcal: Command, tmp_path: Path) -> None:
    part = smartcal("verdict", "merge", write(tmp_path / "1.json", case("AUTH 1 xa", HELD), left_out=("AUTH 2 xa",)))
    assert part.code == 3
    assert [each["why"] for each in json.loads(part.out)["outcomes"]] == ["", "it ran in none of the verdicts"]


def test_a_trend_tells_what_held_was_broken_and_is_flaky(smartcal: Command, tmp_path: Path) -> None:
    steady, once = case("AUTH 1 xa", HELD), case("ERR 1", OPEN, why="it broke once and held when it was repeated: x")
    write(tmp_path / "runs/c/verdict.json", steady, case("AUTH 2 xa", HELD), case("PAGE 1", HELD), day=3, build="2")
    write(tmp_path / "runs/a/verdict.json", steady, case("AUTH 2 xa", BROKEN), case("PAGE 1", HELD), day=1, build="1")
    write(tmp_path / "runs/b.json", steady, case("AUTH 2 xa", BROKEN), case("PAGE 1", BROKEN), once, day=2, build="1")
    (tmp_path / "runs/diff.json").write_text('{"changes": []}')
    (tmp_path / "runs/cut.json").write_text('{"outcomes": [')
    told = smartcal("verdict", "trend", "runs")
    assert (told.code, "left out: runs/cut.json" in told.err) == (0, True)
    lines = told.out.splitlines()
    assert lines[0] == "2026-02-01T10:00:00Z Not conformant  build 1"
    rows = {line[:11].strip(): line[11:].split() for line in lines if line.startswith(("AUTH", "PAGE", "ERR"))}
    assert rows == {
        "AUTH 2": ["✗✗✓", "1", "2", "0"],
        "ERR 1": ["?", "0", "0", "1", "ERR", "1"],
        "PAGE 1": ["✓✗✓", "2", "1", "0", "PAGE", "1"],
    }, "another build has mended AUTH 2; PAGE 1 was one and the other of the same build"
    assert lines[-1] == "1 of 4 laws held whenever they were decided, in 3 runs."
    assert len(json.loads(smartcal("verdict", "trend", "runs", "--json").out)["laws"]) == 4
    assert "| AUTH 2 | ✗✗✓ | 1 | 2 | 0 |  |" in smartcal("verdict", "trend", "runs", "--format", "markdown").out
    assert "✗✓ " in smartcal("verdict", "trend", "runs", "--last", "2").out
    (tmp_path / "none").mkdir()
    assert [smartcal("verdict", "trend", each).code for each in ("none", "nowhere")] == [2, 2]


def test_a_gate_answers_with_an_exit_code_and_adds_its_reasons_to_the_summary(
    smartcal: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    fine = write(tmp_path / "fine.json", case("AUTH 1 xa", HELD))
    broken = write(tmp_path / "broken.json", case("AUTH 1 xa", BROKEN))
    (tmp_path / "release.toml").write_text('labels = ["build"]\n')
    for files, flags, code, head in (
        ([fine], [], 0, "yes: it can be released"),
        ([fine, broken], [], 1, "no: it can't be released"),
        ([fine], ["--label", "build=77b1"], 3, "can't tell whether it can be released"),
    ):
        ended = smartcal("verdict", "gate", *files, "--policy", "release.toml", *flags)
        assert (ended.code, ended.out.splitlines()[0]) == (code, head)
    assert [line for line in (tmp_path / "summary.md").read_text().splitlines() if line.startswith("#")] == [
        "### ✅ Yes: it can be released",
        "### ❌ No: it can't be released",
        "### ❔ Can't tell whether it can be released",
    ]
    assert json.loads(smartcal("verdict", "gate", broken, "--json").out)["answer"] == "no"
    for wrong in (["nothing.json"], ["release.toml"], [fine, fine]):
        assert smartcal("verdict", "gate", *wrong).code == 2


def test_a_verdict_is_read_without_what_judging_needs() -> None:
    script = (
        "import sys, smartcal_api.cli.verdict, smartcal_api.release.gate, smartcal_api.conformance.report;"
        "print(*({'openapi_core', 'schemathesis', 'hypothesis', 'pytest', 'brotli'} & sys.modules.keys()))"
    )
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert loaded.stdout.split() == []
