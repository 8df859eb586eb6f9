import json
import time
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from smartcal_api.http.json_text import NotJson, parse_json

DEPTH = 64

_NUMBERS = st.integers(-(10**299), 10**299) | st.floats(allow_nan=False, allow_infinity=False)
_VALUES = st.recursive(
    st.none() | st.booleans() | _NUMBERS | st.text(),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(), inner, max_size=5),
    max_leaves=25,
)


@given(_VALUES, st.booleans(), st.sampled_from([None, 1, "\t"]))
def test_guard_1_every_i_json_text_is_the_value_that_the_standard_library_reads(
    value: Any, ascii_only: bool, indent: Any
) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent)
    assert repr(parse_json(text.encode(), depth=DEPTH)) == repr(json.loads(text))


@given(st.binary(max_size=60) | st.text(alphabet='{}[]",:\\u0123dDefEnul-+. \0\ufeff\ud7ff').map(str.encode))
@example(b"\xef\xbb\xbf{}")
@example(b'"\\ud83d\\ude00"')
@example(b'"\\ude00\\ud83d"')
def test_guard_1_any_bytes_are_either_refused_or_read_as_the_standard_library_reads_them(text: bytes) -> None:
    try:
        value = parse_json(text, depth=DEPTH)
    except NotJson:
        return
    assert repr(value) == repr(json.loads(text))
    json.dumps(value, allow_nan=False, ensure_ascii=False).encode("utf-8")


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        (b"NaN", "NaN"),
        (b"[-Infinity]", "-Infinity"),
        (b"1e400", "too large"),
        (b"-1e400", "too large"),
        (b"9" * 301, "300 digits"),
        (b"9" * 5_000, "300 digits"),
        (b'{"a": 1, "a": 1}', "'a' twice"),
        (b'{"a": 1, "\\u0061": 2}', "'a' twice"),
        (b'[{"x": {"b": 1, "c": 2, "b": 3}}]', "'b' twice"),
        (b'"\\ud800"', "surrogate"),
        (b'{"\\udfff": 0}', "surrogate"),
        (b'"\\ude00\\ud83d"', "surrogate"),
        (b'"\xff"', "UTF-8"),
        (b'"\xed\xa0\x80"', "UTF-8"),
        ('"é"'.encode("latin-1"), "UTF-8"),
        ('"é"'.encode("utf-16"), "UTF-8"),
        (b"\xef\xbb\xbf{}", "byte order mark"),
        (b'"\0"', "control character"),
        (b"{}\0", "extra data"),
        (b"", "expecting value"),
        (b"{'a': 1}", "double quotes"),
        (b"[1,]", "line 1 column"),
        (b"01", "extra data"),
    ],
)
def test_guard_1_what_two_parsers_could_read_differently_is_refused_with_its_cause(text: bytes, cause: str) -> None:
    with pytest.raises(NotJson) as refusal:
        parse_json(text, depth=DEPTH)
    assert cause.lower() in str(refusal.value).lower()


def test_guard_1_an_escaped_nul_is_text_like_any_other() -> None:
    assert parse_json(b'"a\\u0000b"', depth=DEPTH) == "a\0b"


@given(st.integers(1, 200), st.sampled_from([(b"[", b"]", b""), (b'{"a":', b"}", b"0"), (b'[{"]":', b"}]", b"0")]))
def test_guard_1_nesting_is_taken_up_to_the_limit_and_refused_beyond_it(levels: int, brackets: Any) -> None:
    opening, closing, core = brackets
    nested = levels * (1 if len(closing) == 1 else 2)
    text = opening * levels + core + closing * levels
    if nested <= DEPTH:
        assert parse_json(text, depth=DEPTH) == json.loads(text)
    else:
        with pytest.raises(NotJson, match="nested more than 64 levels deep"):
            parse_json(text, depth=DEPTH)


@given(st.lists(st.text(alphabet='[]{}\\"a', max_size=20), min_size=1, max_size=40))
def test_guard_1_brackets_in_strings_and_side_by_side_are_no_nesting(texts: list[str]) -> None:
    value = [texts, {text: [[]] for text in texts}]
    assert parse_json(json.dumps(value).encode(), depth=4) == value


@pytest.mark.parametrize("levels", [10_000, 500_000])
@pytest.mark.parametrize("opening", [b"[", b'{"a":', b'[{"a":'])
def test_guard_1_nesting_without_end_is_refused_as_such(levels: int, opening: bytes) -> None:
    with pytest.raises(NotJson, match="nested more than"):
        parse_json(opening * levels, depth=DEPTH)


@pytest.mark.parametrize("last", [b'"k59999": 0', b'"another": 0'])
def test_guard_1_a_megabyte_of_members_takes_about_as_long_to_refuse_as_to_read(last: bytes) -> None:
    """Not with the square of their number: that took minutes, and nobody else was answered meanwhile."""
    text = b"{" + b", ".join(b'"k%d": 0' % number for number in range(60_000)) + b", " + last + b"}"
    began = time.process_time()
    json.loads(text)
    plain = time.process_time() - began
    began = time.process_time()
    with suppress(NotJson):
        parse_json(text, depth=DEPTH)
    assert time.process_time() - began < 50 * plain + 1
