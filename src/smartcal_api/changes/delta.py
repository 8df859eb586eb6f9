"""A difference of two schemas at one member of a value, before it is told of whom it concerns."""

from dataclasses import dataclass
from enum import Enum
from typing import Any


class Level(Enum):
    """How a change weighs. Risky: it can't hurt by the letter, or isn't proven to, and teams see it differently."""

    BREAKING = "breaking"
    RISKY = "risky"
    COMPATIBLE = "compatible"


class Proof(Enum):
    """What shows that a change breaks something."""

    VALUE = "value"
    CONTAINMENT = "containment"
    RULE = "rule"
    NONE = "not proven"


@dataclass(frozen=True, slots=True)
class Witness:
    """A value that was (or, of what is sent, is) valid by the one document and isn't by the other one.

    `whole` is all that goes over the wire, `part` what of it stands at the change.
    """

    part: Any
    whole: Any


@dataclass(frozen=True, slots=True)
class Delta:
    """`path` leads from the whole value to the member; the pointers lead to the clauses, None where there is none."""

    rule: str
    path: tuple[str, ...]
    text: str
    old_at: str | None
    new_at: str | None
    breaks: bool
    witness: Witness | None = None
    proven: bool = True
