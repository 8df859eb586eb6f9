"""One walk over a document: its faults of structure, and the index that every later check reads."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from smartcal_api.contract.bundle import FILES
from smartcal_api.contract.check_kinds import Kind, Member
from smartcal_api.contract.check_members import MARKS, misnamed
from smartcal_api.contract.check_reach import unit
from smartcal_api.contract.document import Document, escape, pointer_of
from smartcal_api.errors import Finding


class Survey:
    """What the walk found.

    `nodes`: pointer → the kind of object there, and the object. `references`: where a `$ref` stands, what it says, and
    the kind that it must lead to. `foreign`: x- members that are none of ours (law SRC 4). `ours`: whether the document
    states policy, so that what has no effect in it is a fault; elsewhere that is `idle`.
    """

    def __init__(self, document: Document, kinds: Mapping[str, Kind]) -> None:
        self.document = document
        self.findings: list[Finding] = []
        self.foreign: list[str] = []
        self.ours = document.reading is None or document.reading.ours
        self.idle: list[str] = []
        self.nodes: dict[str, tuple[str, Any]] = {}
        self.references: list[tuple[str, str, str]] = []
        self._kinds = kinds
        self._aside: frozenset[str] = frozenset()
        self.read("document", document.data, "")
        self._read_elsewhere()

    def _read_elsewhere(self) -> None:
        """What references lead to in other files, and anywhere else that isn't a place of its kind by itself."""
        for _, reference, kind in self.references:  # which grow meanwhile
            at = pointer_of(reference)
            if at not in self.nodes and reference.startswith("#/") and (not self.ours or at.startswith(f"/{FILES}/")):
                with suppress(KeyError):
                    self.read(kind, self.document.resolve(reference), at)

    def read(self, member: Member, value: Any, at: str) -> None:
        kind = self._kinds[member] if isinstance(member, str) else member
        kind.read(self, value, at)

    def find(self, at: str, message: str) -> None:
        self.findings.append(Finding(at, message))

    def extension(self, key: str, value: Any, at: str, owner: Mapping[str, Any]) -> None:
        """An x- member of `owner`, where any may stand."""
        if key in MARKS:
            self.read(MARKS[key], value, at)
            for name in value if key == "x-sources" and isinstance(value, dict) else ():
                if name not in owner:
                    self.find(f"{at}/{escape(name)}", f"there is no member {name} beside x-sources; name one that is")
            return
        wrong = misnamed(key) if key != FILES else None
        if wrong is not None:
            self.find(at, wrong)
        elif at != f"/{FILES}":
            self.foreign.append(at)

    def set_aside(self, units: Iterable[str]) -> None:
        """Whatever reaches a fault of structure is left out of the checks that rely on structure."""
        self._aside |= frozenset(units)

    def sound(self, kind: str) -> Iterator[tuple[str, Any]]:
        """Pointer and value of every object of a kind, references left out."""
        for at, (found, value) in self.nodes.items():
            if found == kind and self.is_sound(at) and (kind == "schema" or "$ref" not in value):
                yield at, value

    @property
    def is_whole(self) -> bool:
        """Whether nothing is set aside."""
        return not self._aside

    def is_sound(self, at: str) -> bool:
        return not self._aside or unit(at) not in self._aside

    def follow(self, value: Any, at: str) -> tuple[Any, str]:
        """What a chain of references ends at, and the pointer to it; only for what is sound, so that it does end."""
        while isinstance(value, dict) and "$ref" in value:
            at = pointer_of(value["$ref"])
            value = self.document.resolve(value["$ref"])
        return value, at

    def schema(self, value: Any) -> Mapping[str, Any]:
        """The schema that a chain of references ends at; true, false and a missing one ask nothing."""
        found, _ = self.follow(value, "")
        return found if isinstance(found, dict) else {}
