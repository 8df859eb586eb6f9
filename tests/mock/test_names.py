"""SRC 3: generated values look like what their names say."""

import re
from typing import Any
from zoneinfo import available_timezones

import pytest

from smartcal_api.mock import ValueGenerator
from smartcal_api.mock.names import NUMBERS, TEXTS, meaning, singular

GENERATOR = ValueGenerator({}, seed=11)
SAMPLES = range(25)


@pytest.mark.parametrize(
    ("name", "looks"),
    [
        ("email", r"[\w.]+@example\.(com|org|net)"),
        ("contactEmail", r"[\w.]+@example\.(com|org|net)"),
        ("name", r"[A-Z][\w']+ [A-Z][\w']+"),
        ("first_name", r"[A-Z]\w+"),
        ("currency", r"[A-Z]{3}"),
        ("country_code", r"[A-Z]{2}"),
        ("public_url", r"https://example\.com/[\w-]+"),
        ("color", r"#[0-9a-f]{6}"),
        ("phone", r"\+1\d{3}55501\d\d"),
        ("slug", r"[a-z]+(-[a-z]+)*"),
        ("discount_code", r"[A-Z]{2}-\d{4}"),
        ("event_id", r"[0-9a-z]{20}"),
        ("recurrence", r"RRULE:FREQ=.+"),
        ("description", r"[A-Z].+\."),
        ("title", r"[A-Z].+"),
        ("question", r"[A-Z].+\?"),
    ],
)
def test_src_3_a_string_looks_like_its_name(name: str, looks: str) -> None:
    for salt in SAMPLES:
        text = GENERATOR.value({"type": "string"}, salt=str(salt), name=name)
        assert re.fullmatch(looks, text), text


@pytest.mark.parametrize("name", ["timezone", "time_zone", "inviteeTimezone"])
def test_src_3_a_time_zone_is_one_of_iana(name: str) -> None:
    zones = {GENERATOR.value({"type": "string"}, salt=str(salt), name=name) for salt in range(200)}
    assert zones <= available_timezones()
    assert len(zones) > 50


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_src_3_every_word_of_the_table_varies_and_fits_a_tight_length(name: str) -> None:
    free = {GENERATOR.value({"type": "string"}, salt=str(salt), name=name) for salt in SAMPLES}
    assert len(free) > 3
    for length in (1, 2, 5, 80):
        text = GENERATOR.value({"type": "string", "minLength": length, "maxLength": length}, salt="s", name=name)
        assert len(text) == length
        assert text == text.strip() or length > 5


@pytest.mark.parametrize("name", sorted(NUMBERS))
def test_src_3_a_number_lies_in_the_usual_range_of_its_name(name: str) -> None:
    low, high = float(NUMBERS[name][0]), float(NUMBERS[name][1])
    for salt in SAMPLES:
        assert low <= GENERATOR.value({"type": "number", "minimum": -999}, salt=str(salt), name=name) <= high


def test_src_3_a_name_that_does_not_fit_the_pattern_gives_way_to_it() -> None:
    schema = {"type": "string", "pattern": "^[0-9]{4}$"}
    assert re.fullmatch("[0-9]{4}", GENERATOR.value(schema, salt="s", name="email"))


def test_src_3_the_second_choice_of_a_word_serves_a_tighter_schema() -> None:
    schema = {"type": "string", "minLength": 2, "maxLength": 2, "pattern": "^[A-Z]{2}$"}
    made = {GENERATOR.value(schema, salt=str(salt), name="country") for salt in SAMPLES}
    assert made <= {GENERATOR.value({"type": "string"}, salt=str(salt), name="country_code") for salt in range(4000)}


def test_src_3_items_are_named_by_their_list() -> None:
    tags = GENERATOR.value({"type": "array", "items": {"type": "string"}, "minItems": 3}, salt="s", name="emails")
    assert all("@example." in tag for tag in tags)


@pytest.mark.parametrize(
    ("plural", "single"),
    [("tags", "tag"), ("addresses", "address"), ("entries", "entry"), ("address", "address"), ("s", "s"), ("", "")],
)
def test_src_3_one_item_is_called_by_the_singular(plural: str, single: str) -> None:
    assert singular(plural) == single


@pytest.mark.parametrize(
    ("name", "found"),
    [("firstName", "first"), ("user.first_name", "first"), ("surname", None), ("display_name", "any"), ("", None)],
)
def test_src_3_the_longest_known_tail_of_a_name_counts(name: str, found: Any) -> None:
    assert meaning({"first_name": "first", "name": "any"}, name) == found
