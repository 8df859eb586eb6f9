"""Whether a text that was sent is told as it was: wherever it stands, since its place is for the contract to say."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Kept(StrEnum):
    EXACT = "as it was sent"
    CLEANED = "trimmed or cut"
    MANGLED = "with other characters"
    UNTOLD = "nowhere"


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
        return Told(Kept.CLEANED, cleaned[0])
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


def _plain(text: str) -> str:
    """Without what a form may clean, which is blanks."""
    return "".join(text.split())
