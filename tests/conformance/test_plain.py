"""The laws beside plain Schemathesis: what it catches is what it says of no right server."""

import sys
from pathlib import Path

import pytest

from smartcal_api.contract import Contract
from smartcal_api.defects import find, plain
from smartcal_api.defects.defect import Defect
from smartcal_api.defects.plain import LONGEST, Ran
from smartcal_api.defects.proof import Proof, Tried, table

SEEN, HIDDEN, SLOW = (find(name) for name in ("last-link-too-far", "two-filters-are-ored", "keys-share-a-budget"))


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> dict[str | None, Ran]:
    """What the command will say of the server with a defect, and of the right one: something else with each seed."""
    says = {
        None: Ran(frozenset({"GET /a: ST1 noise"}), 100, 2.0),
        SEEN.name: Ran(frozenset({"GET /a: ST1 noise", "GET /a: ST2 wrong"}), 100, 2.0),
        HIDDEN.name: Ran(frozenset({"GET /a: ST1 noise", "GET /b: ST3 chance"}), 100, 2.0),
        SLOW.name: Ran(frozenset(), 100, LONGEST, done=False),
    }

    def run(_: Contract, defect: Defect | None, *, seed: int, limited: bool) -> Ran:
        if defect is None and seed == 3:
            return Ran(frozenset({"GET /b: ST3 chance"}), 100, 2.0)
        return says[defect.name if defect else None]

    monkeypatch.setattr(plain, "run", run)
    return says


def test_what_a_right_server_is_blamed_for_from_any_seed_is_no_catch(
    contract: Contract, told: dict[str | None, Ran]
) -> None:
    seen: list[tuple[int, int]] = []
    result, found = plain.compared(contract, [SEEN, HIDDEN, SLOW], progress=lambda *each: seen.append(each))
    assert found == {SEEN.name: True, HIDDEN.name: False, SLOW.name: False}
    assert result.failures == ("GET /a: ST1 noise", "GET /b: ST3 chance")
    assert result.broken_off == (SLOW.name,)
    assert seen[-1] == (9, 9), "three of the right server with limits, three without"


def test_both_stand_in_one_table(contract: Contract, told: dict[str | None, Ran]) -> None:
    result, found = plain.compared(contract, [SEEN, HIDDEN])
    tried = tuple(
        Tried(defect=each.name, law=each.law, says=each.says, seeds=20, plain=(1,), schemathesis=found[each.name])
        for each in (SEEN, HIDDEN)
    )
    lines = list(table(Proof(tried=tried, right=0, alarms=(), plain=result)))
    assert lines[0].split() == ["defect", "law", "caught", "plain", "exit", "Schemathesis"]
    assert [line.split()[-2:] for line in lines[1:3]] == [["1", "yes"], ["1", "no"]]
    assert "1 by plain Schemathesis" in lines[-1]
    assert any("2 false alarms on a right server" in line for line in lines)


def test_what_a_plain_verdict_does_not_count_is_not_proven() -> None:
    """Unless it differs from a choice of the contract alone, which need not count."""
    told = {"defect": "x", "law": "X 1", "says": "It is broken.", "seeds": 2}
    for plain_, decided, proven in (
        ((1,), False, True),
        ((0, 1), False, False),
        ((0,), True, True),
        ((0, 1), True, True),
    ):
        proof = Proof(tried=(Tried(**told, plain=plain_, decided=decided),), right=0, alarms=())  # type: ignore[arg-type]
        assert proof.proven is proven
        said = [line for line in table(proof) if "doesn't count: x" in line]
        assert bool(said) is not proven


def test_the_command_finds_what_the_schemas_say(contract: Contract, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain, "EXAMPLES", 1)
    monkeypatch.setattr(plain, "_SEEDS", (1,))
    defect = find("refusal-without-challenge")
    result, found = plain.compared(contract, [defect])
    assert found == {defect.name: True}
    assert result.requests > 500
    assert result.broken_off == ()


def test_a_command_that_does_not_end_is_broken_off(
    contract: Contract, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    opens = "open(next(each.partition('=')[2] for each in sys.argv if 'junit-path' in each), 'w')"
    script = tmp_path / "schemathesis"
    script.write_text(f"#!{sys.executable}\nimport sys, time\n{opens}\nwhile True:\n    time.sleep(60)\n")
    script.chmod(0o755)
    monkeypatch.setattr(plain, "get_path", lambda _: str(tmp_path))
    ran = plain.schemathesis(contract, "http://127.0.0.1:9", "key", longest=0.5)
    assert (ran.done, ran.failures, ran.requests) == (False, frozenset(), 0)
    assert ran.seconds < 20


def test_that_it_generated_too_slowly_is_no_catch(tmp_path: Path) -> None:
    report = tmp_path / "junit.xml"
    report.write_text(
        "<testsuites><testcase name='GET /a'><error>Failed Health Check</error>"
        "<failure message='ST107'>1. Test Case ID: x\n\n- ST107 Missing header\n</failure></testcase></testsuites>"
    )
    assert list(plain.failures(report)) == ["GET /a: ST107 Missing header"]
