"""One thing that a rule has found."""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from smartcal_api.lint.rules import RULES, Level


@dataclass(frozen=True, slots=True)
class Found:
    """`message` ends with what to do about it; the file and the line are where `pointer` leads to."""

    rule: str
    pointer: str
    message: str
    file: Path = Path()
    line: int = 1
    accepted: str = ""
    """Why it no longer counts."""

    @property
    def level(self) -> Level:
        return RULES[self.rule].level

    @property
    def fingerprint(self) -> str:
        """The same for the same finding, wherever its line has moved to."""
        return "lint." + sha256("\x00".join((self.rule, self.pointer, self.message)).encode()).hexdigest()[:12]
