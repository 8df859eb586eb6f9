"""Which pattern covers which: JSON Schema searches, so anchors decide where a match may stand."""

import pytest

from smartcal_api.changes.patterns import includes


@pytest.mark.parametrize(
    ("wide", "narrow", "answer"),
    [
        ("^[a-z]+$", "^[a-z][a-z]*$", True),
        ("^[a-z][a-z]*$", "^[a-z]+$", True),
        ("^[a-z]{1,20}$", "^[a-z]{1,10}$", True),
        ("^[a-z]{1,10}$", "^[a-z]{1,20}$", False),
        ("a", "^ba+$", True),
        ("^a", "^ab$", True),
        ("^ab$", "^a", False),
        ("a$", "^a$", True),
        ("^\\d+$", "^[0-9]+$", True),
        ("^a\\$", "^a\\$b$", True),
        ("^(a|b)$", "^a$", True),
        ("^(?:a|b)[.]$", "^a\\.$", True),
        ("^a|b$", "^a$", None),
        ("^(a)\\1$", "^aa$", None),
        ("^[a-z]{0,8192}$", "^[a-z]{0,100}$", None),
        ("^(a$|b)", "^a$", None),
        ("[", "^a$", None),
    ],
)
def test_a_pattern_covers_another_if_it_matches_all_that_the_other_one_does(
    wide: str, narrow: str, answer: bool | None
) -> None:
    assert includes(wide, narrow) is answer
