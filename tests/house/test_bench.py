"""The benchmark runs, says what it can say without wrk, and leaves no process behind. How fast is never judged here."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV30SpecValidator

from bench import command
from bench.bare import BareCycle, BareLimit, BareProtocol
from bench.downgrade import downgrade, schema_30
from bench.figures import CannotMeasure, Figure, Section, Target
from bench.load import find_wrk
from bench.overhead import overhead
from bench.plan import Plan
from bench.processes import Program
from bench.scenarios import scenarios
from bench.servers import ADMITTED, generous_contract
from bench.throughput import throughput
from bench.verdicts import Measured, counted, verdicts
from smartcal_api.contract import Contract
from tests.house.source import ROOT

PATIENCE = 20.0


@pytest.fixture
def no_wrk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_wrk() is None


def test_without_wrk_the_servers_answer_the_same_and_only_cpu_seconds_are_claimed(no_wrk: None, tmp_path: Path) -> None:
    plan = Plan(folder=tmp_path, rounds=1, round_seconds=0.3, warm_up=0.1)
    section = throughput(plan, ["list"])
    figures = {figure.name: figure.value for figure in section.figures()}
    assert len(figures) == 3 * 6
    claimed = {name for name, value in figures.items() if value is not None}
    assert claimed == {f"list {name} CPU a request" for name in ("smartcal", "raw ASGI", "Connexion stock")}
    assert all(figures[name] > 0 for name in claimed)
    assert "MISSED" not in str(section)
    assert "No wrk here" in str(section)


def test_what_journal_and_faults_add_is_told_by_the_servers_cpu(no_wrk: None, tmp_path: Path) -> None:
    plan = Plan(folder=tmp_path, rounds=1, round_seconds=0.2, warm_up=0.1)
    figures = {figure.name: figure.value for figure in overhead(plan).figures()}
    assert {name for name in figures if name.endswith("CPU a request")} == {
        f"{scenario} {which} CPU a request" for scenario in ("list", "one") for which in ("with", "without")
    }
    assert None not in figures.values()


def test_neither_wrk_nor_proc_is_a_clear_line_and_exit_2(
    no_wrk: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("bench.load.has_proc", lambda: False)
    monkeypatch.setattr("bench.throughput._start", lambda *_: ([], scenarios([{"id": "evt"}], ["one"], different=0)))
    assert command.main(["--quick", "--only", "one"]) == 2
    assert capsys.readouterr().err == "bench: neither wrk nor /proc is here; install wrk, or run this on Linux.\n"


def test_a_server_that_can_not_start_is_told_with_its_last_words(tmp_path: Path) -> None:
    broken = Program("broken", [sys.executable, "-c", "raise SystemExit('no such thing')"], "/")
    with (
        pytest.raises(CannotMeasure, match=r"^broken ended before it answered: no such thing$"),
        broken.running(tmp_path),
    ):
        pass


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_leaves_no_server_behind(sent: signal.Signals, tmp_path: Path) -> None:
    started = [sys.executable, str(ROOT / "bench" / "run.py"), "--quick", "--only", "memory"]
    running = subprocess.Popen(started, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        until = time.monotonic() + PATIENCE
        while not (children := _children(running.pid)):
            assert time.monotonic() < until, "it started no server"
            time.sleep(0.01)  # only while a process of the operating system starts
        running.send_signal(sent)
        _, said = running.communicate(timeout=PATIENCE)
    finally:
        running.kill()
        running.wait()
    assert (running.returncode, said) == (130, "bench: interrupted; all servers are stopped.\n")
    assert not any(_alive(pid) for pid in children)


def test_the_contract_that_stock_serves_is_openapi_3_0(contract: Contract) -> None:
    functions = dict.fromkeys(("http", "apiKey", "oauth2"), "bench.stock.key_info")
    document = json.loads(json.dumps(downgrade(contract.data, functions=functions)))
    OpenAPIV30SpecValidator(document).validate()
    assert set(document["paths"]) == set(contract.data["paths"])


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": ["string", "null"], "maxLength": 5}, {"type": "string", "nullable": True, "maxLength": 5}),
        ({"type": "string", "const": "a"}, {"type": "string", "enum": ["a"]}),
        ({"type": "integer", "exclusiveMinimum": 1}, {"type": "integer", "minimum": 1, "exclusiveMinimum": True}),
        ({"type": "string", "examples": ["a"]}, {"type": "string"}),
    ],
)
def test_what_a_schema_demands_is_kept_in_3_0(schema: dict[str, Any], expected: dict[str, Any]) -> None:
    assert schema_30({"type": "array", "items": schema}) == {"type": "array", "items": expected}


def test_the_limits_stay_on_and_are_only_raised(tmp_path: Path, contract: Contract) -> None:
    raised = Contract.read(generous_contract(tmp_path))
    assert [each.limit for each in raised.policy.rate_limits] == [ADMITTED] * len(contract.policy.rate_limits)
    assert raised.data | {"x-rate-limits": 0} == contract.data | {"x-rate-limits": 0}


def test_a_figure_stands_beside_its_target_and_says_whether_it_is_reached() -> None:
    target = Target(sign="≥", bound=30)
    written = [str(Figure(name="x", value=value, unit="%", target=target)) for value in (30.0, 29.9, None)]
    assert written == ["30 % (≥ 30 %) ok", "30 % (≥ 30 %) MISSED", "–"]
    assert Figure(name="x", value=None, target=target).record()["target"]["reached"] is None


def test_the_figures_are_written_as_json_too_even_if_a_later_one_can_not_be_had(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    figure = Figure(name="start", value=0.5, unit="s", target=Target(sign="≤", bound=0.9))
    section = Section(title="Start", columns=["", "first"], rows=[["x", figure]])
    monkeypatch.setitem(command.MEASURES, "start", lambda _: section)
    monkeypatch.setitem(command.MEASURES, "memory", _can_not)
    out = tmp_path / "out.json"
    assert command.main(["--quick", "--only", "start", "--only", "memory", "--json", str(out)]) == 2
    written = json.loads(out.read_text())
    assert written["quick"] is True
    assert written["figures"] == [figure.record()]
    assert command.main(["--quick", "--only", "start", "--json", str(out)]) == 0
    assert json.loads(out.read_text()) == written


def test_a_verdict_stands_beside_another_tool_by_the_answers_that_are_none_of_429(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(
        "bench.verdicts._verify", lambda profile, _: Measured(f"smartcal verify {profile}", 10.0, 2000, 1990)
    )
    monkeypatch.setattr("bench.verdicts._schemathesis", lambda title, *_, **__: Measured(title, 10.0, 5000, 199))
    figures = {figure.name: figure for figure in verdicts(Plan(folder=tmp_path)).figures()}
    assert figures["smartcal full to schemathesis run, answers a second"].value == pytest.approx(10.0)
    assert figures["schemathesis run requests a second"].value == 500
    reached = {name: each.record()["target"]["reached"] for name, each in figures.items() if each.target is not None}
    assert reached == {"smartcal verify full seconds": True, "smartcal verify quick seconds": False}
    har = tmp_path / "x.har"
    har.write_text(json.dumps({"log": {"entries": [{"response": {"status": each}} for each in (200, 429, 404)]}}))
    assert counted(har) == (3, 2)


def _children(pid: int) -> list[int]:
    try:
        return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except FileNotFoundError:
        return []


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _can_not(_: Plan) -> Section:
    raise CannotMeasure("no")


def test_the_server_without_journal_and_faults_is_that_one_without_what_they_need() -> None:
    noted = {"REQUEST", "_read", "HEAD_BYTES", "faults", "armed", "_fail"}
    for bare in (BareCycle, BareLimit, BareProtocol):
        own = [each for each in vars(bare).values() if callable(each)]
        assert own
        for method in own:
            whole = getattr(bare.__base__, method.__name__)
            known, kept = ({*each.__code__.co_names} for each in (whole, method))
            assert not kept & noted
            assert kept < known
            assert known - kept <= {*noted, "_idle_bytes"}  # by which a head is found to be in one read
