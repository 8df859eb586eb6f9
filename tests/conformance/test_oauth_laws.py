"""Every law of OAUTH is broken by a server that breaks it in one thing, and held by the right one."""

import pytest

from smartcal_api.conformance.verdict import Outcome, Verdict
from smartcal_api.contract import Contract
from tests.conformance.judged import InProcess, Spoil, Standing, differing, judge
from tests.conformance.oauth_defects import INSIDE, Breaks
from tests.conformance.oauth_spoils import ON_THE_WIRE
from tests.wire import World, open_world


def judged(contract: Contract, law: str, *, spoil: Spoil | None = None, seed: int = 0) -> list[Outcome]:
    world: World = open_world(contract, now="2026-11-25T12:00:00Z", seed=seed)
    return judge(world, InProcess(world, spoil), only=(law,), full=True, seed=seed, control=Standing(world))


@pytest.mark.parametrize(("law", "spoil"), ON_THE_WIRE, ids=[f"{law}-{each.__name__}" for law, each in ON_THE_WIRE])
def test_a_law_is_broken_by_what_is_wrong_on_the_wire(law: str, spoil: Spoil, contract: Contract) -> None:
    assert differing(judged(contract, law, spoil=spoil))


@pytest.mark.parametrize(("law", "breaks"), INSIDE, ids=[f"{law}-{each.__name__}" for law, each in INSIDE])
def test_a_law_is_broken_by_what_is_wrong_inside(
    law: str, breaks: Breaks, contract: Contract, monkeypatch: pytest.MonkeyPatch
) -> None:
    breaks(monkeypatch)
    found = judged(contract, law)
    assert differing(found), [(each.case.name, each.why) for each in found]


@pytest.mark.parametrize("seed", range(5))
def test_the_right_server_breaks_none(seed: int, contract: Contract) -> None:
    found = judged(contract, "OAUTH", seed=seed)
    assert [(each.case.name, each.why) for each in found if each.ending is not Verdict.HELD] == []
    assert differing(found) == []
