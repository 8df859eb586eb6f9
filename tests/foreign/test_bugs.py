"""The table of bugs says what can be planted, and nothing else can."""

import re
from collections import Counter

import pytest

from smartcal_api.conformance.laws import ALL
from smartcal_api.defects.table import DEFECTS
from tests.foreign.bugs import BUGS
from tests.house.source import ROOT

PLANTED = {
    "node": ("*.mjs", r'bugs\.has\("([\w-]+)"\)'),
    "stdlib": ("*.py", r'"([\w]+(?:-[\w]+){2,})"(?= in (?:self\.|self\.limiter\.)?bugs| not in self\.bugs)'),
}


@pytest.mark.parametrize("deployment", sorted(PLANTED))
def test_each_bug_of_the_table_is_planted_and_each_planted_one_in_the_table(deployment: str) -> None:
    files, form = PLANTED[deployment]
    code = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests/foreign" / deployment).glob(files))
    told = {bug.name for bug in BUGS if bug.deployment == deployment}
    assert told - {name for name in told if f'"{name}"' in code} == set()
    assert set(re.findall(form, code)) - told == set()


def test_bugs_are_many_of_different_names_and_none_that_the_mock_can_be_served_with() -> None:
    names = Counter(bug.name for bug in BUGS)
    assert len(names) == len(BUGS) >= 40
    assert names.keys() & {defect.name for defect in DEFECTS} == set()


def test_the_laws_that_have_to_see_a_bug_are_laws_or_families() -> None:
    known = {law.id for law in ALL} | {law.family for law in ALL}
    assert {law for bug in BUGS for law in bug.laws} - known == set()
