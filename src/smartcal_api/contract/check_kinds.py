"""The words in which the tables of `check_openapi`, `check_schema` and `check_members` describe a contract.

A kind reads one value of the document and reports to the survey whatever doesn't fit (law SRC 4).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Protocol

from smartcal_api.contract.document import escape

if TYPE_CHECKING:
    from smartcal_api.contract.check_survey import Survey


class Kind(Protocol):
    def read(self, survey: "Survey", value: Any, at: str, /) -> None: ...


Member = Kind | str
"""A kind, or the name of one in the table: that is how the tables recur."""


@dataclass(frozen=True, slots=True)
class Anything:
    def read(self, survey: "Survey", value: Any, at: str) -> None:
        """Examples and defaults: `check_values` holds them against their schemas."""


@dataclass(frozen=True, slots=True)
class Text:
    says: str = "text"
    pattern: re.Pattern[str] | None = None

    def read(self, survey: "Survey", value: Any, at: str) -> None:
        if not isinstance(value, str):
            quote = "" if isinstance(value, dict | list) else "; put it in quotes"
            survey.find(at, f"is {shown(value)}, but must be {self.says}{quote}")
        elif self.pattern is not None and not self.pattern.search(value):
            survey.find(at, f"is {shown(value)}, but must be {self.says}")


@dataclass(frozen=True, slots=True)
class Number:
    """A number within bounds; `whole` ones have no fraction."""

    least: float | None = None
    most: float | None = None
    whole: bool = True
    above: float | None = None

    def read(self, survey: "Survey", value: Any, at: str) -> None:
        number = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) != float("inf")
        fits = (
            number
            and (not self.whole or value == int(value))
            and (self.least is None or value >= self.least)
            and (self.most is None or value <= self.most)
            and (self.above is None or value > self.above)
        )
        if not fits:
            survey.find(at, f"is {shown(value)}, but must be {self._says()}")

    def _says(self) -> str:
        bounds = {"from": self.least, "up to": self.most, "above": self.above}
        return " ".join(
            ["a whole number" if self.whole else "a number"]
            + [f"{word} {bound}" for word, bound in bounds.items() if bound is not None]
        )


@dataclass(frozen=True, slots=True)
class Flag:
    def read(self, survey: "Survey", value: Any, at: str) -> None:
        if not isinstance(value, bool):
            survey.find(at, f"is {shown(value)}, but must be true or false")


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few texts, in any case where they are `caseless`; `refused` ones are valid OpenAPI that the toolkit
    doesn't understand, with advice."""

    values: tuple[str, ...]
    refused: Mapping[str, str] = field(default_factory=dict)
    caseless: bool = False

    def read(self, survey: "Survey", value: Any, at: str) -> None:
        if self.caseless and isinstance(value, str):
            value = value.lower()
        if isinstance(value, str) and value in self.values:
            return
        if isinstance(value, str) and value in self.refused:
            survey.find(at, f"{value} is not understood by the toolkit: {self.refused[value]}")
            return
        meant = closest(value, self.values) if isinstance(value, str) else ""
        survey.find(at, f"is {shown(value)}, but must be one of: {', '.join(self.values)}{meant}")


@dataclass(frozen=True, slots=True)
class Items:
    """A list; `unique` lists repeat nothing."""

    item: Member
    least: int = 0
    unique: bool = False
    advised: bool = False
    """Whether repeating something is only advised against."""

    def read(self, survey: "Survey", value: Any, at: str) -> None:
        if not isinstance(value, list):
            survey.find(at, f"is {shown(value)}, but must be a list")
            return
        if len(value) < self.least:
            survey.find(at, f"is empty, but needs at least {self.least} item")
        for index, item in enumerate(value):
            strict = self.unique and (survey.ours or not self.advised)
            if strict and any(_same(item, before) for before in value[:index]):
                survey.find(f"{at}/{index}", f"repeats {shown(item)}; name it once")
            survey.read(self.item, item, f"{at}/{index}")


@dataclass(frozen=True, slots=True)
class Table:
    """An object whose keys are names, some of them `required`; `open` ones may carry x- members beside them."""

    item: Member
    keys: re.Pattern[str] | None = None
    says: str = ""
    refused: Mapping[str, str] = field(default_factory=dict)
    least: int = 0
    open: bool = False
    required: tuple[str, ...] = ()

    def read(self, survey: "Survey", value: Any, at: str) -> None:
        if not isinstance(value, dict):
            survey.find(at, f"is {shown(value)}, but must be an object")
            return
        if len(value) < self.least:
            survey.find(at, f"is empty, but needs at least {self.least} entry")
        for key in self.required:
            if key not in value:
                survey.find(at, f"is missing {key}")
        for key, item in value.items():
            inside = f"{at}/{escape(key)}"
            if self.open and key[:2].lower() == "x-":
                survey.extension(key, item, inside, value)
            elif key in self.refused:
                survey.find(inside, f"{key} is not understood by the toolkit: {self.refused[key]}")
            elif self.keys is not None and not self.keys.search(key):
                survey.find(inside, f"{shown(key)} can't stand here; the key must be {self.says}")
            else:
                survey.read(self.item, item, inside)


@dataclass(frozen=True, slots=True)
class Maybe:
    """Something, or null."""

    item: Member

    def read(self, survey: "Survey", value: Any, at: str) -> None:
        if value is not None:
            survey.read(self.item, value, at)


@dataclass(frozen=True, slots=True)
class Reference:
    """The value of a `$ref` to something of the kind named; `check_references` follows it."""

    kind: str

    def read(self, survey: "Survey", value: Any, at: str) -> None:
        if isinstance(value, str):
            survey.references.append((at, value, self.kind))
        else:
            survey.find(at, f"is {shown(value)}, but must be a reference such as '#/components/…'")


def _same(one: Any, other: Any) -> bool:
    """Whether two values are equal in JSON, where true is not a number."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(value, other[key]) for key, value in one.items())
    return bool(one == other)


def shown(value: Any) -> str:
    """A value in a message."""
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    if isinstance(value, str):
        return repr(value if len(value) <= 60 else value[:60] + "…")
    return "null" if value is None else str(value).lower()


def closest(word: str, known: Mapping[str, Any] | tuple[str, ...]) -> str:
    """The question that a typo deserves, or nothing."""
    near = get_close_matches(word, known, 1, 0.7)
    return f"; did you mean {near[0]}?" if near else ""
