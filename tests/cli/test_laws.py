"""`smartcal laws`: a law, a family or all of them, and what was probably meant."""

import json

import pytest

from tests.cli.conftest import Command


def test_it_lists_all_laws_a_family_or_one(smartcal: Command) -> None:
    everything = smartcal("laws").out.splitlines()
    assert len(everything) > 80
    assert [line.partition("  ")[0] for line in smartcal("laws", "page").out.splitlines()] == [
        f"PAGE {number}" for number in range(1, 6)
    ]
    for asked in (["PAGE 1"], ["page", "1"], ["PAGE1"], ["Page 01"]):
        assert smartcal("laws", *asked).out.startswith("PAGE 1: For any page size the pages, in order")


@pytest.mark.parametrize(
    ("law", "said"),
    [
        ("RATE 4", ("--key SCOPES=VALUE", "a second key of the same account")),
        ("DELV 4", ("--receiver-url", "--control URL", "--allow-writes", 'held by  smartcal verify --only "DELV 4"')),
        ("OAUTH 1", ("needs    an OAuth client (--client ID:SECRET)\n",)),
        ("STORE 2", ("held by  tests/e2e/test_crash.py\n",)),
    ],
)
def test_of_a_law_it_says_what_it_needs_and_who_holds_it(smartcal: Command, law: str, said: tuple[str, ...]) -> None:
    shown = smartcal("laws", law).out
    assert [each for each in said if each not in shown] == []


def test_machines_get_json(smartcal: Command) -> None:
    (law,) = json.loads(smartcal("laws", "STORE 2", "--format", "json").out)
    assert law.keys() == {"id", "text", "needs", "held_by"}
    assert (law["id"], law["held_by"]) == ("STORE 2", ["tests/e2e/test_crash.py"])
    assert len(json.loads(smartcal("laws", "--format", "json").out)) > 80


@pytest.mark.parametrize(
    ("asked", "hint"),
    [
        ("PAEG", "did you mean PAGE?"),
        ("pgae 2", "did you mean PAGE 2?"),
        (f"PAGE {9}", "did you mean one of PAGE 1, PAGE 2,"),
        ("xyzzy", "there are SRC, AUTH,"),
        ("", ""),
        ("PAGE one", "did you mean PAGE?"),
    ],
)
def test_a_law_that_there_is_not_is_refused_with_what_was_probably_meant(
    smartcal: Command, asked: str, hint: str
) -> None:
    ended = smartcal("laws", asked)
    assert (ended.code, hint in ended.err) == (2 if asked else 0, True)
