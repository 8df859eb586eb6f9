"""SRC 3: patterns of ECMA 262 become strings, or an error that names the pattern."""

import re
from random import Random

import pytest

from smartcal_api.mock import Unsatisfiable, ValueGenerator
from smartcal_api.mock.patterns import matches

GENERATOR = ValueGenerator({}, seed=5)


@pytest.mark.parametrize(
    "pattern",
    [
        "^a{2,}$",
        "^.*$",
        "^[^\\s]+$",
        "^\\S+@\\S+$",
        "^(?:[a-z]+\\.)+[a-z]{2,}$",
        "^[\\w-]+(/[\\w-]+)*$",
        "x",
        "^\\p{L}+$",
        "^\\p{Lu}[0-9]+$",
        "^[\\p{Lu}\\d]+[^\\p{Ll}]$",
        "^\\P{L}+\\p{Lowercase_Letter}$",
        "^\\p{Script=Greek}+[\\p{Script=Cyrillic}_]$",
    ],
)
@pytest.mark.parametrize(("low", "high"), [(0, 12), (40, 60), (150, 150), (250, 400)])
def test_src_3_a_pattern_is_met_at_any_length(pattern: str, low: int, high: int) -> None:
    schema = {"type": "string", "pattern": pattern, "minLength": low, "maxLength": high}
    text = GENERATOR.value(schema, salt="s")
    assert low <= len(text) <= high


@pytest.mark.parametrize("pattern", ["[", "(", "^\\p{Emoji}$", "^(?!)$", "(?<=a)b(?<!b)", "(((a{999}){999}){999}){9}"])
def test_src_3_a_pattern_beyond_reach_is_an_error_that_shows_it(pattern: str) -> None:
    with pytest.raises(Unsatisfiable) as caught:
        GENERATOR.value({"type": "string", "pattern": pattern}, salt="s")
    assert caught.value.where == "/"


def test_src_3_candidates_are_readable() -> None:
    made = [text for salt in range(20) for text in matches("^.{4}[^,]\\w\\S$", Random(salt))]
    assert all(re.fullmatch(r"[A-Za-z0-9 ]{7}", text) for text in made)
