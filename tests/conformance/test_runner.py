"""What becomes of a law that goes on, that fails by itself, or that is disturbed."""

import pytest

from smartcal_api.conformance.basis import SAFETY, Basis, Ground
from smartcal_api.conformance.findings import Inconclusive
from smartcal_api.conformance.law import Case, Check, law
from smartcal_api.conformance.probe import Probe
from smartcal_api.conformance.runner import Runner
from smartcal_api.conformance.strictness import STRICT, Strictness
from smartcal_api.conformance.verdict import Outcome, Verdict
from smartcal_api.contract import Contract
from tests.conformance.judged import InProcess, opened
from tests.wire import open_world

DECIDED, DOCUMENTED = "/x-pagination", "/x-rate-limits"


@pytest.fixture(scope="module")
def runner(contract: Contract) -> Runner:
    world = open_world(contract)
    return Runner(opened(world, InProcess(world)), seed=0, full=True)


def ran(runner: Runner, *checks: Check) -> list[Outcome]:
    laws = [law(f"X {number}", "It is so.", requests=0)(check) for number, check in enumerate(checks)]
    return runner.run([Case(each, None) for each in laws])


def differs(probe: Probe) -> None:
    probe.expect(False, "one.", by=DECIDED, kind="one")
    probe.expect(False, "two.", by=DECIDED, kind="two")


def breaks_after_differing(probe: Probe) -> None:
    differs(probe)
    probe.expect(False, "three.", by=SAFETY, kind="three")
    probe.expect(False, "four.", by=DECIDED, kind="four")


def test_a_law_goes_on_after_what_only_the_contract_decides(runner: Runner) -> None:
    minor, broken = ran(runner, differs, breaks_after_differing)
    assert (minor.verdict, [each.message for each in minor.deviations]) == (Verdict.HELD, ["one.", "two."])
    assert broken.verdict is Verdict.BROKEN, "the verdict is that of the gravest"
    assert [each.message for each in broken.deviations] == ["one.", "two.", "three."]
    assert broken.gravest is not None
    assert broken.gravest.ground.basis is Basis.SAFETY


@pytest.mark.parametrize("mistake", [ZeroDivisionError("x"), KeyError("id"), ValueError("x"), RuntimeError("x")])
def test_a_fault_of_a_law_is_its_error_and_the_others_go_on(runner: Runner, mistake: Exception) -> None:
    def fails(probe: Probe) -> None:
        differs(probe)
        raise mistake

    failed, other = ran(runner, fails, lambda _: None)
    assert failed.verdict is Verdict.ERROR
    assert f"{type(mistake).__name__}: {mistake} (conformance/test_runner.py:" in failed.why
    assert len(failed.deviations) == 2, "what it found before is kept"
    assert other.verdict is Verdict.HELD


def test_a_choice_counts_where_a_team_binds_it(contract: Contract) -> None:
    world = open_world(contract)
    session = opened(world, InProcess(world))
    for strictness, verdict in (
        (STRICT, Verdict.BROKEN),
        (Strictness(("x",)), Verdict.BROKEN),
        (Strictness(("Y 1",)), Verdict.HELD),
    ):
        (found,) = ran(Runner(session, seed=0, full=True, strictness=strictness), differs)
        assert found.verdict is verdict
        assert len(found.deviations) == 2, "and the law goes on all the same"


def test_what_is_accepted_ends_no_law(contract: Contract) -> None:
    """A fault behind it is seen."""
    world = open_world(contract)
    runner = Runner(opened(world, InProcess(world)), seed=0, full=True, accepts=lambda each: each.kind == "known")

    def breaks_twice(probe: Probe) -> None:
        probe.expect(False, "known.", by=DOCUMENTED, kind="known")
        probe.expect(False, "new.", by=DOCUMENTED, kind="new")

    (found,) = ran(runner, breaks_twice)
    assert [each.kind for each in found.deviations] == ["known", "new"]


def test_what_a_way_has_disturbed_is_tried_again(runner: Runner) -> None:
    tries: list[int] = []

    def disturbed(probe: Probe) -> None:
        tries.append(1)
        if len(tries) < 3:
            probe.session.disturbances.append("GET / → 502 on the way")
            raise Inconclusive("it came from something on the way")

    (found,) = ran(runner, disturbed)
    assert (found.verdict, len(tries)) == (Verdict.HELD, 3)


def test_another_form_is_no_fault_of_anybody_s(runner: Runner) -> None:
    """A member that an answer hasn't can't be read: not broken, and no error of the law."""

    def reads(probe: Probe) -> None:
        probe.call("getAccount").object["no_such_member"]

    (found,) = ran(runner, reads)
    assert found.verdict is Verdict.INCONCLUSIVE
    assert "'no_such_member'" in found.why


def test_what_decides_is_said_only_if_it_comes_twice(runner: Runner) -> None:
    tries: list[int] = []

    def seldom(probe: Probe) -> None:
        tries.append(1)
        probe.expect(len(tries) != 1, "once.", by=Ground(Basis.DOCUMENTED), kind="once")

    (found,) = ran(runner, seldom)
    assert (found.verdict, found.why) == (Verdict.INCONCLUSIVE, "it broke once and held when it was repeated: once.")


def test_an_interruption_at_any_moment_leaves_a_verdict_on_every_case(contract: Contract) -> None:
    """Before the first case, in one, and while it is told how far it is."""
    world = open_world(contract)
    session = opened(world, InProcess(world))

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    cases = [Case(law(f"X {number}", "It is so.", requests=0)(lambda _: None), None) for number in range(3)]
    stopping = Case(law("X 9", "It is so.", requests=0)(interrupted), None)
    told: list[int] = []
    runner = Runner(session, seed=0, full=True, progress=lambda number, _, __: told.append(number))
    assert [each.why for each in runner.run(cases, first=interrupted)] == ["it was interrupted"] * 3
    assert told == [1, 2, 3]
    ended = runner.run([cases[0], stopping, cases[1]])
    assert [each.verdict for each in ended] == [Verdict.HELD, Verdict.INCONCLUSIVE, Verdict.INCONCLUSIVE]

    moments = iter([False, True, False])

    def interrupting(*_: object) -> None:
        if next(moments):
            raise KeyboardInterrupt

    ended = Runner(session, seed=0, full=True, progress=interrupting).run(cases)
    assert [each.verdict for each in ended] == [Verdict.HELD, Verdict.HELD, Verdict.INCONCLUSIVE]
