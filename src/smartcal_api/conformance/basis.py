"""Why an expectation decides: no contract allows the other, a standard, the product document, or a choice of ours."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from smartcal_api.contract import Document
from smartcal_api.contract.document import pointer_of


class Basis(StrEnum):
    """From the gravest on. The first three decide; what only the contract decides is listed apart."""

    SAFETY = "safety"
    STANDARD = "standard"
    DOCUMENTED = "documented"
    DECIDED = "decided"

    @property
    def gravity(self) -> int:
        return len(Basis) - list(Basis).index(self)


@dataclass(frozen=True, slots=True)
class Ground:
    """What an expectation rests on. `source` is the section of a standard or of the product document, `clause` the
    pointer into the contract; a ground without one is about the operation that is checked."""

    basis: Basis
    source: str = ""
    clause: str = ""

    def sentence(self, contract: str) -> str:
        """Why it counts, or doesn't; `contract` is the name of the contract's file."""
        match self.basis:
            case Basis.SAFETY:
                return "unsafe, whatever the contract says"
            case Basis.STANDARD:
                return f"against {self.source}"
            case Basis.DOCUMENTED if self.source:
                return f"against the product document, {self.source}"
            case Basis.DOCUMENTED:
                return f"against what {contract} documents"
        return f"differs from a choice that only {contract} makes"


SAFETY = Ground(Basis.SAFETY)
_MARKS = frozenset({"x-basis", "x-source", "x-sources"})
_Mark = tuple[str, str]
"""A basis, and the section that says so."""


class Grounds:
    """What the clauses of one contract rest on. A contract that marks nothing is documented throughout."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._marked = _is_marked(document.data)

    def of(self, pointer: str) -> Ground:
        """By the nearest mark at or above a pointer. A reference has the basis of the place that it leads to, unless it
        has one of its own."""
        if not self._marked:
            return Ground(Basis.DOCUMENTED, clause=pointer)
        tokens = pointer.split("/")[1:]
        basis, source = self._nearest(tokens)
        if basis == Basis.DOCUMENTED:
            return Ground(Basis.DOCUMENTED, source, pointer)
        return Ground(Basis.DECIDED, clause=pointer)

    def resolved(self, pointer: str) -> str:
        """Where a pointer leads once every reference on its way is followed: the same for all who share a clause."""
        value: Any = self._document.data
        tokens = pointer.split("/")[1:]
        for place, token in enumerate(tokens):
            key = token.replace("~1", "/").replace("~0", "~")
            if isinstance(value, dict) and key in value:
                value = value[key]
            elif isinstance(value, list) and key.isdigit() and int(key) < len(value):
                value = value[int(key)]
            else:
                break
            if isinstance(value, dict) and isinstance(value.get("$ref"), str):
                return self.resolved("/".join((pointer_of(value["$ref"]), *tokens[place + 1 :])))
        return pointer

    def _nearest(self, tokens: list[str]) -> _Mark:
        value: Any = self._document.data
        found = _mark(value) or (Basis.DOCUMENTED, "")
        for place, token in enumerate(tokens):
            key = token.replace("~1", "/").replace("~0", "~")
            if isinstance(value, dict) and key in value:
                found = _roomless(value, key) or found
                value = value[key]
            elif isinstance(value, list) and key.isdigit() and int(key) < len(value):
                value = value[int(key)]
            else:
                break
            own = _mark(value)
            if own is None and isinstance(value, dict) and isinstance(value.get("$ref"), str):
                return self._nearest([*pointer_of(value["$ref"]).split("/")[1:], *tokens[place + 1 :]])
            found = own or found
        return found


def _mark(value: Any) -> _Mark | None:
    """What an object says of itself."""
    if not isinstance(value, dict) or "x-basis" not in value:
        return None
    return value["x-basis"], value.get("x-source", "")


def _roomless(value: dict[str, Any], key: str) -> _Mark | None:
    """What an object says of a member that has no room for a mark."""
    stated = value.get("x-sources", {})
    if key not in stated:
        return None
    return ("decision", "") if stated[key] is None else (Basis.DOCUMENTED, stated[key])


def _is_marked(value: Any) -> bool:
    if isinstance(value, dict):
        return not _MARKS.isdisjoint(value) or any(map(_is_marked, value.values()))
    return isinstance(value, list) and any(map(_is_marked, value))
