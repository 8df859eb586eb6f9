"""SRC 3: numbers are exact where decimals are stated, and plain where they are whole."""

from fractions import Fraction

import pytest

from smartcal_api.mock import ValueGenerator
from smartcal_api.mock.merging import Flat

GENERATOR = ValueGenerator({}, seed=5)


@pytest.mark.parametrize(
    "bounds",
    [
        {"multipleOf": 0.01},
        {"multipleOf": 0.1, "exclusiveMinimum": 0.1, "maximum": 0.3},
        {"minimum": 0.5, "maximum": 0.7},
        {"exclusiveMinimum": 0, "exclusiveMaximum": 0.001},
        {"minimum": 7, "maximum": 7},
        {"maximum": -1_000},
        {"minimum": 10**15},
        {"multipleOf": 7, "minimum": 1000},
    ],
)
def test_src_3_bounds_and_steps_are_met(bounds: Flat) -> None:
    for salt in range(20):
        GENERATOR.value({"type": "number", **bounds}, salt=str(salt))


def test_src_3_a_step_is_taken_as_it_is_written() -> None:
    schema = {"type": "number", "multipleOf": 0.1, "exclusiveMinimum": 0.1, "maximum": 0.3}
    assert {GENERATOR.value(schema, salt=str(salt)) for salt in range(30)} == {0.2, 0.3}


def test_src_3_a_price_has_cents_and_no_more() -> None:
    for salt in range(50):
        price = GENERATOR.value({"type": "number"}, salt=str(salt), name="price")
        assert Fraction(str(price)) * 100 % 1 == 0


@pytest.mark.parametrize("bounds", [{"multipleOf": 1.5, "minimum": 1, "maximum": 3}, {"minimum": 2.5, "maximum": 3.5}])
def test_src_3_an_integer_is_an_int(bounds: Flat) -> None:
    value = GENERATOR.value({"type": "integer", **bounds}, salt="s")
    assert value == 3
    assert type(value) is int
