"""Yes, no, or can't tell; and what it rests on."""

from dataclasses import dataclass
from enum import IntEnum


class Answer(IntEnum):
    """As exit codes have it."""

    YES = 0
    NO = 1
    UNKNOWN = 3


@dataclass(frozen=True, slots=True)
class Reason:
    """One line: what it is about, and what was found of it."""

    answer: Answer
    about: str
    said: str
