"""SRC 3: every format is met, with names and addresses that are reserved for examples."""

import re
from datetime import datetime

import jsonschema_rs
import pytest

from smartcal_api.mock import ValueGenerator
from smartcal_api.mock.formats import FORMATS

GENERATOR = ValueGenerator({}, seed=11)
STAMP = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_src_3_every_candidate_of_a_format_is_valid(name: str) -> None:
    schema = {"type": "string", "format": name}
    validator = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
    for salt in range(50):
        assert validator.is_valid(GENERATOR.value(schema, salt=str(salt)))


@pytest.mark.parametrize(
    ("name", "looks"),
    [
        ("date-time", STAMP.replace("\\d{4}", "2026", 1)),
        ("date", r"2026-\d\d-\d\d"),
        ("email", r".+@example\.(com|org|net)"),
        ("uri", r"https://example\.com/[a-z-]+"),
        ("hostname", r"[a-z-]+\.example\.com"),
        ("ipv4", r"(192\.0\.2|198\.51\.100|203\.0\.113)\.\d+"),
        ("ipv6", r"2001:db8::[0-9a-f]+"),
        ("uuid", r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"),
    ],
)
def test_src_3_a_format_looks_as_it_should_and_varies(name: str, looks: str) -> None:
    made = {GENERATOR.value({"type": "string", "format": name}, salt=str(salt)) for salt in range(30)}
    assert all(re.fullmatch(looks, text) for text in made)
    assert len(made) > 10


def test_src_3_a_format_beside_its_pattern_and_a_length_is_met() -> None:
    schema = {"type": "string", "format": "email", "pattern": "^[^@]+@[^@]+$", "maxLength": 15}
    assert len(GENERATOR.value(schema, salt="s", name="email")) <= 15


def test_src_3_what_starts_ends_later_and_was_created_before() -> None:
    stamp = {"type": "string", "format": "date-time"}
    names = ["created_at", "updated_at", "start_time", "end_time"]
    schema = {"type": "object", "properties": dict.fromkeys(names, stamp), "required": names}
    for salt in range(30):
        event = GENERATOR.value(schema, salt=str(salt))
        moments = [datetime.fromisoformat(event[name]) for name in names]
        assert moments == sorted(moments)
        assert 2025 <= moments[0].year <= 2027
