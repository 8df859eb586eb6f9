"""The table of seeded defects, and that each is caught: here from one seed, by `make prove` from twenty."""

import re

import pytest

from smartcal_api.conformance.laws import ALL
from smartcal_api.conformance.verdict import Exit
from smartcal_api.contract import Contract
from smartcal_api.defects import DEFECTS, chosen, find
from smartcal_api.defects.defect import Defect
from smartcal_api.defects.trial import Trials, broken
from smartcal_api.errors import UsageError
from tests.house.source import ROOT

FAMILIES = {*"AUTH SCOPE PAGE FILT RATE BOOK HOOK DELV SIGN OAUTH ERR GUARD SBX HEADERS SCHEMA STATE".split()}  # noqa: SIM905  # on one line


@pytest.fixture(scope="module")
def trials() -> Trials:
    return Trials(Contract.read())


@pytest.mark.parametrize("defect", DEFECTS, ids=[f"{each.law}-{each.name}" for each in DEFECTS])
def test_a_defect_is_caught_by_the_law_that_it_breaks(defect: Defect, trials: Trials) -> None:
    """And counts in a plain verdict, unless it is a choice of the contract alone that it differs from."""
    trial = trials.tried(defect, seed=20)
    assert trial.missed == ""
    assert defect.decided or trial.exit_code is Exit.BROKEN


def test_a_right_server_breaks_no_law(trials: Trials) -> None:
    """As a server that defects are planted in, with its control plane and its deliveries."""
    assert broken(trials.judge(seed=20, full=False)) == []


def test_there_are_sixty_defects_and_more_in_every_family() -> None:
    assert len(DEFECTS) >= 60
    assert {each.family for each in DEFECTS} == FAMILIES == {law.family for law in ALL}


def test_no_defect_stands_twice_and_each_says_what_it_does() -> None:
    assert len({each.name for each in DEFECTS}) == len(DEFECTS)
    assert len({each.says for each in DEFECTS}) == len(DEFECTS)
    assert [each.name for each in DEFECTS if not re.fullmatch(r"\w.{15,120}\.", each.says)] == []


def test_a_defect_is_a_few_lines() -> None:
    for path in (ROOT / "src/smartcal_api/defects").glob("*.py"):
        functions = re.split(r"(?m)^@defect", path.read_text(encoding="utf-8"))[1:]
        long = [text.splitlines()[0] for text in functions if len(re.split(r"(?m)^(?=\S)", text)[0].splitlines()) > 25]
        assert long == [], path.name


def test_defects_are_chosen_by_name_by_law_and_by_family() -> None:
    assert chosen(["last-link-too-far"]) == (find("last-link-too-far"),)
    assert {each.law for each in chosen(["RATE 4"])} == {"RATE 4"}
    assert {each.family for each in chosen(["filt", "PAGE"])} == {"FILT", "PAGE"}
    assert chosen([]) == DEFECTS


def test_a_defect_that_there_isn_t_is_one_clear_line() -> None:
    with pytest.raises(UsageError, match="there is no defect 'last-link-to-far'; did you mean 'last-link-too-far'"):
        find("last-link-to-far")
