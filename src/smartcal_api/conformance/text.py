"""Whether a text that was sent is told as it was: wherever it stands, since its place is for the contract to say."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Kept(StrEnum):
    """The blanks around a text are what many a form cleans, and line breaks; all else is what was meant by it."""

    EXACT = "as it was sent"
    CLEANED = "without the blanks around it"
    CUT = "without its end"
    MANGLED = "with other characters"
    UNTOLD = "nowhere"


LOST = frozenset({Kept.CUT, Kept.MANGLED})
"""What of a text that was taken isn't there any more."""


@dataclass(frozen=True, slots=True)
class Told:
    kind: Kept
    told: str = ""


def kept(text: str, value: Any) -> Told:
    """What a JSON value tells of a text, by the string in it that is the most like it."""
    strings = list(_strings(value))
    if text in strings:
        return Told(Kept.EXACT, text)
    plain = _plain(text)
    cleaned = [each for each in strings if _plain(each) and plain.startswith(_plain(each)) and len(_plain(each)) > 3]
    if cleaned:
        longest = max(cleaned, key=len)
        if _cleaned(longest) == _cleaned(text):
            return Told(Kept.CLEANED, longest)
        return Told(Kept.MANGLED if _plain(longest) == plain else Kept.CUT, longest)
    word = max(("".join(c if c.isascii() and c.isalpha() else " " for c in text)).split(), key=len, default="")
    alike = [each for each in strings if len(word) > 3 and word in each]
    return Told(Kept.MANGLED, alike[0]) if alike else Told(Kept.UNTOLD)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each)


def _cleaned(text: str) -> str:
    return text.strip().replace("\r\n", "\n")


def _plain(text: str) -> str:
    """Without its blanks."""
    return "".join(text.split())
