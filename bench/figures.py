"""What was measured, beside what is to be reached, as a table for people and as JSON for programs."""

import operator
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

_SIGNS = {"≥": operator.ge, "<": operator.lt, "≤": operator.le}


class CannotMeasure(Exception):
    """There is no figure to give; the message is one line that says why, and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """`Target(sign="≥", bound=30)`: what the figure is to be."""

    sign: str
    bound: float

    def reached(self, value: float) -> bool:
        return bool(_SIGNS[self.sign](value, self.bound))


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One number with its unit, or None where it can't be claimed; `pattern` is how it is written."""

    name: str
    value: float | None
    unit: str = ""
    pattern: str = ",.0f"
    target: Target | None = None

    def __str__(self) -> str:
        if self.value is None:
            return "–"
        written = _written(self.value, self)
        if self.target is None:
            return written
        verdict = "ok" if self.target.reached(self.value) else "MISSED"
        return f"{written} ({self.target.sign} {_written(self.target.bound, self, 'g')}) {verdict}"

    def record(self) -> dict[str, Any]:
        kept: dict[str, Any] = {"name": self.name, "value": self.value, "unit": self.unit}
        if self.target is not None:
            reached = None if self.value is None else self.target.reached(self.value)
            kept["target"] = {"sign": self.target.sign, "bound": self.target.bound, "reached": reached}
        return kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A table with a title; its cells are figures or words."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Figure | str]]
    notes: Sequence[str] = ()

    def figures(self) -> list[Figure]:
        return [cell for row in self.rows for cell in row if isinstance(cell, Figure)]

    def __str__(self) -> str:
        lines = [list(self.columns), *([str(cell) for cell in row] for row in self.rows)]
        widths = [max(len(line[index]) for line in lines) for index in range(len(self.columns))]
        written = []
        for line in lines:
            first, *others = (
                text.ljust(width) if not index else text.rjust(width)
                for index, (text, width) in enumerate(zip(line, widths, strict=True))
            )
            written.append("  ".join([first, *others]).rstrip())
        written.insert(1, "-" * max(map(len, written)))
        return "\n".join([self.title, *written, *self.notes, ""])


def _written(value: float, figure: Figure, pattern: str | None = None) -> str:
    return f"{value:{pattern or figure.pattern}}{figure.unit and ' ' + figure.unit}"
