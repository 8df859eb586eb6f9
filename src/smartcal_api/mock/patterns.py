"""Strings that match a `pattern`, by way of rstr, which reads it as Python would.

ECMA 262 and Python differ, and rstr can't do look-ahead: so these are candidates, and the validator decides.
"""

import re
from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

from smartcal_api.mock.unsatisfiable import Unsatisfiable

# (at least, at most so many more) for `*`, `+` and `{n,m}`: short strings read best, long ones reach a minLength.
_REACHES = ((1, 7), (0, 3), (0, 0), (4, 8), (10, 20), (40, 60))
_CORRECTIONS = 4
_MOST = 20_000
# What rstr draws from for classes like \w: readable characters of each, in an order that doesn't depend on hashing.
_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ALPHABETS: Mapping[str, str] = {
    "printable": _LETTERS + "0123456789 ",
    "nonwhitespace": _LETTERS + "0123456789",
    "nondigits": _LETTERS,
    "word": _LETTERS,
    "nonword": "-. ",
    "whitespace": " ",
}
_NAMED_GROUP = re.compile(r"\(\?<(?=[A-Za-z_])")
# Characters of a Unicode property, few and readable, as they stand in a class.
_PROPERTIES: Mapping[str, str] = {
    **dict.fromkeys(("L", "Letter", "Alphabetic", "Alpha", "Latin", "Latn"), "a-zA-Z"),
    **dict.fromkeys(("Lu", "Uppercase_Letter", "Uppercase", "Upper"), "A-Z"),
    **dict.fromkeys(("Ll", "Lowercase_Letter", "Lowercase", "Lower"), "a-z"),
    **dict.fromkeys(("N", "Number", "Nd", "Decimal_Number", "digit"), "0-9"),
    **dict.fromkeys(("P", "Punctuation", "punct", "Po", "Other_Punctuation"), ".,!?"),
    **dict.fromkeys(("S", "Symbol", "Sm", "Math_Symbol"), "+=<>"),
    **dict.fromkeys(("Z", "Separator", "Zs", "Space_Separator", "White_Space"), " "),
    **dict.fromkeys(("Greek", "Grek"), "\u03b1-\u03c9"),
    **dict.fromkeys(("Cyrillic", "Cyrl"), "\u0430-\u044f"),
    **dict.fromkeys(("Han", "Hani"), "\u4e00-\u4e20"),
    **dict.fromkeys(("Lo", "Other_Letter"), "\u05d0-\u05ea"),
}
# An escape, a property with its name, or an end of a class.
_PIECE = re.compile(r"\\(?:(?P<kind>[pP])\{(?:[A-Za-z_]+=)?(?P<name>\w+)\}|.)|[\[\]]", re.DOTALL)


class _Readable(Random):
    """A Random that makes rstr's strings short, readable and independent of the order of sets."""

    reach = (0, 0)
    spent = 0

    def randint(self, a: int, b: int) -> int:
        """The number of repeats: rstr caps an open end at 100, so 100 counts as open."""
        most = b if b < 100 else _MOST
        low = max(a, min(self.reach[0], most))
        times = super().randint(low, max(low, min(low + self.reach[1], most)))
        self.spent += times
        if self.spent > _MOST:
            raise ValueError(f"it repeats more than {_MOST} times")
        return times

    def choice(self, seq: Any) -> Any:
        if not isinstance(seq[0], str):  # branches of an alternation, in the order of the pattern
            return super().choice(seq)
        options = sorted(seq)
        if len(options) > 90:  # a negated class, or all of ASCII
            options = [option for option in options if option.isascii() and option.isalnum()] or options
        return super().choice(options)


def matches(pattern: str, random: Random, *, shortest: int = 0, where: str = "") -> Iterator[str]:
    """Candidates for `pattern`, of varying length, the last ones close to `shortest` characters.

    Raises `Unsatisfiable` at `where` for a pattern that Python or rstr can't read.
    """
    pattern = _as_python(pattern)
    try:
        for reach in _REACHES:
            text = _match(pattern, random, reach)
            yield text
            if len(text) < shortest:  # a pattern without ^ or $ lets more stand beside the match
                padding = "".join(random.choices(_LETTERS[:26], k=shortest - len(text)))
                yield text + padding
                yield padding + text
        least = shortest
        for _ in range(_CORRECTIONS):
            text = _match(pattern, random, (least, 0))
            yield text
            least = max(0, least + shortest - len(text))  # now it is known what stands beside the repeats
    except (re.error, KeyError, IndexError, ValueError, TypeError, AttributeError, RecursionError) as error:
        cause = f"the pattern {pattern!r} can't be turned into strings ({type(error).__name__}: {error})"
        raise Unsatisfiable(where, cause) from error


def _as_python(pattern: str) -> str:
    """As Python spells it; a property of which nothing is known stays, and can't be read."""
    inside = False

    def spelt(piece: re.Match[str]) -> str:
        nonlocal inside
        if piece[0] in ("[", "]"):
            inside = piece[0] == "[" or (inside and piece[0] != "]")
            return piece[0]
        known = _PROPERTIES.get(piece["name"] or "")
        if known is None or (inside and piece["kind"] == "P"):
            return piece[0]
        return known if inside else f"[{'^' if piece['kind'] == 'P' else ''}{known}]"

    return _PIECE.sub(spelt, _NAMED_GROUP.sub("(?P<", pattern))


def _match(pattern: str, random: Random, reach: tuple[int, int]) -> str:
    from rstr import Rstr

    source = _Readable(random.getrandbits(64))
    source.reach = reach
    return Rstr(source, **_ALPHABETS).xeger(pattern)
