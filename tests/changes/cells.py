"""Every edit that the contract's tables allow: each member of each object, added, removed and changed, each way.

What nothing is told of has its reason in `WAIVED`: by member, `object.member`, or `object.member direction`.
"""

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from smartcal_api.contract.check_openapi import KINDS
from smartcal_api.contract.check_survey import Survey
from smartcal_api.contract.document import unescape
from smartcal_api.contract.methods import METHODS
from smartcal_api.contract.understood import understood
from tests.changes.small import side

_WORDS = "words for people"
_MARK = "on what a clause rests, not what it says"
_BY_MEMBER: Mapping[str, str] = {
    **dict.fromkeys(("summary", "description", "externalDocs", "$comment", "title"), _WORDS),
    **dict.fromkeys(("example", "examples"), "shows what the schema says"),
    **dict.fromkeys(("x-basis", "x-source", "x-sources"), _MARK),
}
_KINDS_OF_WORDS = ("info object", "contact", "license", "tag", "external documentation", "example")
WAIVED: Mapping[str, str] = {
    "document.openapi": "the version that it is written in",
    "document.$self": "what it is called",
    "document.jsonSchemaDialect": "the dialect that it is written in",
    "document.info": _WORDS,
    "document.tags": "a grouping for people",
    "server.name": _WORDS,
    "operation.tags": "a grouping for people",
    "webhook operation.tags": "a grouping for people",
    "http scheme.bearerFormat": "a hint for people (OpenAPI 3.1, Security Scheme Object)",
    "schema.$schema": "the dialect that it is written in",
    "schema.$defs": "schemas by name, judged where they are used",
    "schema.x-was": "what the member was called, for data that is kept",
    "schema.default answer": "what is sent has been filled in",
    "schema.default delivery": "what is sent has been filled in",
    "schema.readOnly answer": "read only is about what is received",
    "schema.readOnly delivery": "read only is about what is received",
    "schema.writeOnly request": "write only is about what is sent",
}
ELSEWHERE: Mapping[str, str] = {
    "components": "what is referred to is judged where it is used",
    **dict.fromkeys((f"path item.{each}" for each in METHODS), "an operation like any other"),
    **dict.fromkeys((f"webhook.{each}" for each in METHODS), "an operation like any other"),
    "webhook.trace": "an operation like any other",
    "webhook.servers": "a delivery goes where its receiver is",
    "webhook operation.servers": "a delivery goes where its receiver is",
    "webhook operation.callbacks": "nothing is sent because of what was sent",
    "resource": "extension-changed, as for x-resource: false",
    "media type.encoding": "the same code as for what is received",
    "media type.prefixEncoding": "the same code as for what is received",
    "x-pagination by offset": "the same code as for pages",
    "x-pagination by cursor": "the same code as for pages",
    "x-pagination by page.style": "policy-name-changed, as for its other members",
}
"""Members of the tables that the document here doesn't have, with what holds them."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One member of one object at one place."""

    kind: str
    member: str
    direction: str
    at: str

    @property
    def name(self) -> str:
        return f"{self.kind}.{self.member} {self.direction}"

    @property
    def waived(self) -> str | None:
        if self.kind in _KINDS_OF_WORDS:
            return _WORDS
        return _BY_MEMBER.get(self.member) or WAIVED.get(f"{self.kind}.{self.member}") or WAIVED.get(self.name)

    def edits(self, data: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
        """What is done, and the documents before and after."""
        without = copy.deepcopy(data)
        del _held(without, self.at)[self.member]
        yield "removed", data, without
        yield "added", without, data
        for name, value in _changed(_held(data, self.at)[self.member]):
            other = copy.deepcopy(data)
            _held(other, self.at)[self.member] = value
            yield name, data, other


def members() -> Iterator[tuple[str, str]]:
    """Every object of the tables with each of its members, also those that nothing is done with."""
    for kind, shape in KINDS.items():
        if not kind.startswith("reference to"):
            for member in (*getattr(shape, "members", ()), *getattr(shape, "idle", ())):
                yield kind, member


def cells(data: dict[str, Any]) -> list[Cell]:
    """The first place of each member in each direction."""
    survey = Survey(understood(side(data, "old").document), KINDS)
    found: dict[str, Cell] = {}
    for at, (kind, value) in survey.nodes.items():
        for member in value if isinstance(value, dict) else ():
            cell = Cell(kind, member, _direction(at), at)
            if _stands(data, at, member):
                found.setdefault(cell.name, cell)
    return list(found.values())


def elsewhere(kind: str, member: str) -> bool:
    return any(f"{kind}.{member}" == each or f"{kind}.".startswith((f"{each}.", f"{each} ")) for each in ELSEWHERE)


def _direction(at: str) -> str:
    if at.startswith("/webhooks") or "/callbacks/" in at:
        return "reply" if "/responses" in at else "delivery"
    if "/responses" in at:
        return "answer"
    return "request" if "/requestBody" in at or "/parameters" in at else "document"


def _held(data: Any, at: str) -> Any:
    for token in at.split("/")[1:]:
        data = data[int(token)] if isinstance(data, list) else data[unescape(token)]
    return data


def _stands(data: Any, at: str, member: str) -> bool:
    """Whether it stands there as written: some things are read as if they stood elsewhere."""
    try:
        return member in _held(data, at)
    except KeyError:
        return False


def _changed(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, bool):
        yield "turned over", not value
    elif isinstance(value, int | float):
        yield from (("raised", value + 1), ("lowered", value - 1))
    elif isinstance(value, str):
        yield "changed", f"{value}x"
    elif isinstance(value, list) and value:
        yield "shortened", value[1:]
        if isinstance(value[0], str):
            yield "lengthened", [*value, "zz"]
    elif isinstance(value, dict):
        for name in [key for key in value if not key.startswith("x-")][:1]:
            yield "shortened", {key: each for key, each in value.items() if key != name}
