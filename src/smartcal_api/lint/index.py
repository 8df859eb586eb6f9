"""One walk over a document by the tables of its objects: what each thing in it is, and what doesn't belong there."""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from smartcal_api.contract.check_kinds import closest, shown
from smartcal_api.contract.check_shape import article
from smartcal_api.contract.document import Document, escape, pointer_of
from smartcal_api.lint.found import Found
from smartcal_api.lint.keywords import OF_3_0, OF_3_1, OLDER, ONLY_3_0, TYPES
from smartcal_api.lint.objects import OBJECTS, PLAIN, REFERABLE

_COMPONENT = re.compile(r"^[A-Za-z0-9._-]+\Z")
_STATUS = re.compile(r"^(?:[1-5][0-9]{2}|[1-5]XX|default)\Z")
_NEAR = 2  # letters that two names may differ by, of which one is a slip


class Index:
    """`nodes`: pointer → what it is, and its value. `references`: where a `$ref` stands, what it says, and what it has
    to lead to. `found`: what doesn't belong where it is."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.data: dict[str, Any] = document.data
        self.version = str(self.data.get("openapi", ""))[:3]
        self.nodes: dict[str, tuple[str, Any]] = {}
        self.references: list[tuple[str, str, str]] = []
        self.found: list[Found] = []
        self._keywords = OF_3_0 if self.version == "3.0" else OF_3_1
        self._read("document", self.data, "")
        self._read_elsewhere()

    def all(self, kind: str) -> Iterator[tuple[str, Any]]:
        """Pointer and value of everything of a kind, references left out (schemas with them)."""
        for at, (found, value) in self.nodes.items():
            if found == kind and (kind == "schema" or "$ref" not in value):
                yield at, value

    def follow(self, value: Any, at: str = "") -> tuple[Any, str]:
        """What a chain of references ends at, and its pointer; None where it leads nowhere."""
        seen: set[str] = set()
        while isinstance(value, dict) and isinstance(value.get("$ref"), str):
            reference = value["$ref"]
            if reference in seen:
                return None, at
            seen.add(reference)
            at = pointer_of(reference)
            try:
                value = self.document.resolve(reference)
            except KeyError:
                return None, at
        return value, at

    def _read_elsewhere(self) -> None:
        """What references lead to that stands in no object of OpenAPI, such as in another file."""
        read = 0
        while read < len(self.references):
            _, reference, kind = self.references[read]
            read += 1
            pointer = pointer_of(reference) if reference.startswith("#/") else ""
            if pointer and pointer not in self.nodes:
                with suppress(KeyError):
                    self._read(kind, self.document.resolve(reference), pointer)

    def _say(self, rule: str, at: str, message: str) -> None:
        self.found.append(Found(rule, at, message))

    def _read(self, kind: str, value: Any, at: str) -> None:
        if kind == "any":
            return
        if kind[0] in "[{":
            self._several(kind, value, at)
        elif kind in PLAIN:
            self._plain(kind, value, at)
        elif kind in ("number", "count"):
            self._number(kind, value, at)
        elif kind == "type":
            self._type(value, at)
        elif "|" in kind or kind == "simple":
            self._choice(kind.split("|"), value, at)
        elif kind == "schema" and isinstance(value, bool):
            self.nodes[at] = (kind, value)
        elif not isinstance(value, dict):
            self._say("structure/type", at, f"is {shown(value)}, but must be {article(kind)}; correct it")
        else:
            self._object(kind, value, at)

    def _object(self, kind: str, value: dict[str, Any], at: str) -> None:
        self.nodes[at] = (kind, value)
        if "$ref" in value and (kind in REFERABLE or kind in ("schema", "media type")):
            self._reference(kind, value, at)
            if kind != "path item" and not (kind == "schema" and self.version != "3.0"):
                return
        if kind == "schema":
            self._schema(value, at)
        elif kind in ("paths", "responses", "callback"):
            self._keyed(kind, value, at)
        elif kind == "security requirement":
            for name, scopes in value.items():
                self._read("[text]", scopes, f"{at}/{escape(name)}")
        else:
            self._members(kind, value, at)

    def _members(self, kind: str, value: dict[str, Any], at: str) -> None:
        known = dict(self._known(kind))
        for name, inner in value.items():
            if name in known:
                self._read(known[name], inner, f"{at}/{escape(name)}")
            elif not name.startswith("x-"):
                self._stranger(kind, name, known, at)
        for stated in OBJECTS[kind]:
            name = stated.partition("@")[0].rstrip("!")
            if stated.endswith("!") and name not in value:
                self._say("structure/missing-member", at, f"is missing {name}, which {article(kind)} needs; add it")

    def _known(self, kind: str) -> Iterator[tuple[str, str]]:
        for stated, inner in OBJECTS[kind].items():
            name, _, since = stated.partition("@")
            if self.version >= since:
                yield name.rstrip("!"), inner

    def _stranger(self, kind: str, name: str, known: Mapping[str, str], at: str) -> None:
        later = [each for each in OBJECTS[kind] if each.partition("@")[0] == name]
        if later:
            advice = f"; it is of OpenAPI {later[0].partition('@')[2]}, and this is {self.version}"
        else:
            advice = closest(name, tuple(known)) or f"; it can have {', '.join(known)}"
        said = f"{shown(name)} is not a member of {article(kind)}{advice}"
        self._say("structure/unknown-member", f"{at}/{escape(name)}", said)

    def _keyed(self, kind: str, value: dict[str, Any], at: str) -> None:
        inner = {"paths": "path item", "responses": "response", "callback": "path item"}[kind]
        for name, each in value.items():
            inside = f"{at}/{escape(name)}"
            if name.startswith("x-"):
                continue
            if kind == "responses" and not _STATUS.match(name):
                said = f"{shown(name)} is not a status; write one such as '404', a range such as 4XX, or default"
                self._say("operation/status", inside, said)
            if kind == "paths" and not name.startswith("/"):
                self._say("path/form", inside, f"{shown(name)} does not begin with a slash; write /{name}")
            self._read(inner, each, inside)

    def _several(self, kind: str, value: Any, at: str) -> None:
        wanted, words = PLAIN[kind[0]]
        if not isinstance(value, wanted):
            self._say("structure/type", at, f"is {shown(value)}, but must be {words}; correct it")
        elif isinstance(value, list):
            for index, each in enumerate(value):
                self._read(kind[1:-1], each, f"{at}/{index}")
        elif isinstance(value, dict):
            for name, each in value.items():
                inside = f"{at}/{escape(name)}"
                if at.count("/") == 2 and at.startswith("/components/") and not _COMPONENT.match(name):
                    said = f"{shown(name)} can't be the name of a component; use letters, digits, '.', '_' and '-'"
                    self._say("structure/component-name", inside, said)
                self._read(kind[1:-1], each, inside)

    def _plain(self, kind: str, value: Any, at: str) -> None:
        wanted, words = PLAIN[kind]
        if not isinstance(value, wanted):
            quote = "put it in quotes" if kind == "text" and not isinstance(value, dict | list) else "correct it"
            self._say("structure/type", at, f"is {shown(value)}, but must be {words}; {quote}")

    def _number(self, kind: str, value: Any, at: str) -> None:
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not number or (kind == "count" and (value != int(value) or value < 0)):
            words = "a number" if kind == "number" else "a whole number from 0 on"
            self._say("structure/type", at, f"is {shown(value)}, but must be {words}; correct it")
        elif at.endswith("/multipleOf") and value <= 0:
            self._say("structure/type", at, f"is {value}, but must be above 0; correct it")

    def _type(self, value: Any, at: str) -> None:
        several = value if isinstance(value, list) else [value]
        for index, each in enumerate(several):
            self._choice(list(TYPES), each, f"{at}/{index}" if isinstance(value, list) else at)
        if isinstance(value, list) and not value:
            self._say("structure/type", at, "is an empty list; name a type, or leave it out")

    def _choice(self, choices: list[str], value: Any, at: str) -> None:
        if value not in choices:
            meant = closest(value, tuple(choices)) if isinstance(value, str) else ""
            said = f"is {shown(value)}, but must be one of: {', '.join(choices)}{meant or '; correct it'}"
            self._say("structure/type", at, said)

    def _reference(self, kind: str, value: dict[str, Any], at: str) -> None:
        if not isinstance(value["$ref"], str):
            self._say("structure/type", f"{at}/$ref", f"is {shown(value['$ref'])}, but must be text; correct it")
            return
        self.references.append((f"{at}/$ref", value["$ref"], kind))
        if kind == "path item" or (kind == "schema" and self.version != "3.0"):
            return
        allowed = ("$ref",) if self.version == "3.0" else ("$ref", "summary", "description")
        beside = [name for name in value if name not in allowed and not name.startswith("x-")]
        if self.version == "3.0":
            beside = [name for name in beside if name not in ("summary", "description", "title")]
        for name in beside:
            said = f"{name} stands beside a $ref, which leaves it without effect; move it to what is referred to"
            self._say("reference/siblings", f"{at}/{escape(name)}", said)

    def _schema(self, value: dict[str, Any], at: str) -> None:
        for name, inner in value.items():
            inside = f"{at}/{escape(name)}"
            if name in self._keywords:
                self._read(self._keywords[name], inner, inside)
            elif not name.startswith("x-"):
                self._strange_keyword(name, inside)

    def _strange_keyword(self, name: str, at: str) -> None:
        other = {**ONLY_3_0, **OLDER} if self.version != "3.0" else {}
        if name in other:
            said = f"{name} says nothing in a schema of OpenAPI {self.version}; {other[name]}"
            self._say("schema/keyword-of-another-version", at, said)
        elif self.version == "3.0" and name in OF_3_1:
            said = f"{name} is of OpenAPI 3.1, and says nothing in {self.version}; leave it out, or say openapi: 3.1.0"
            self._say("schema/keyword-of-another-version", at, said)
        elif meant := _slip(name, self._keywords):
            self._say("schema/misspelt-keyword", at, f"{shown(name)} is not a keyword; did you mean {meant}?")
        elif self.version == "3.0":
            said = f"{shown(name)} is not a keyword of OpenAPI 3.0; leave it out, or begin it with x-"
            self._say("schema/unknown-keyword", at, said)


def _slip(name: str, known: Mapping[str, str]) -> str | None:
    """The keyword that was meant: another case, or a letter or two that are wrong, missing, too many or swapped."""
    plain = name.lower().replace("_", "").replace("-", "")
    for each in known:
        if plain == each.lower() or (
            len(each) > 4 and _distance(plain, each.lower()) <= (1 if len(each) < 8 else _NEAR)
        ):
            return each
    return None


def _distance(one: str, other: str) -> int:
    """Edits that lead from one to the other (optimal string alignment), as far as `_NEAR`."""
    if abs(len(one) - len(other)) > _NEAR:
        return _NEAR + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, left in enumerate(one, 1):
        last, before, row = before, row, [i]
        for j, right in enumerate(other, 1):
            best = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (left != right))
            if i > 1 and j > 1 and left == other[j - 2] and one[i - 2] == right:
                best = min(best, last[j - 2] + 1)
            row.append(best)
    return row[-1]
