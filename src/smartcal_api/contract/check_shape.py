"""Objects whose members are known one by one: most of OpenAPI."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from smartcal_api.contract.check_kinds import Member, Table, closest, shown
from smartcal_api.contract.document import escape

if TYPE_CHECKING:
    from smartcal_api.contract.check_survey import Survey


@dataclass(frozen=True, slots=True)
class Shape:
    """An object that knows its members.

    A key that ends in `!` is required. `refused` members are valid OpenAPI that the toolkit doesn't understand, with
    advice; `idle` ones have no effect, which is a fault only where a document has policy of ours. A `referable` one may
    be a Reference Object instead. A `closed` one has no x- members.
    """

    name: str
    stated: Mapping[str, Member]
    refused: Mapping[str, str] = field(default_factory=dict)
    idle: Mapping[str, str] = field(default_factory=dict)
    referable: bool = False
    closed: bool = False
    members: Mapping[str, Member] = field(init=False)
    required: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "members", {key.rstrip("!"): kind for key, kind in self.stated.items()})
        object.__setattr__(self, "required", tuple(key[:-1] for key in self.stated if key.endswith("!")))

    def read(self, survey: "Survey", value: Any, at: str) -> None:
        if not isinstance(value, dict):
            survey.find(at, f"is {shown(value)}, but must be {article(self.name)}")
            return
        survey.nodes[at] = (self.name, value)
        if self.referable and "$ref" in value:
            survey.read(f"reference to {article(self.name)}", value, at)
            survey.nodes[at] = (self.name, value)
            return
        for key, inner in value.items():
            member = self.members.get(key)
            if member is not None:
                survey.read(member, inner, f"{at}/{escape(key)}")
            else:
                self._stranger(survey, key, inner, at, value)
        for key in self.required:
            if key not in value:
                survey.find(at, f"is missing {key}, which {article(self.name)} needs")

    def _stranger(self, survey: "Survey", key: str, inner: Any, at: str, owner: Mapping[str, Any]) -> None:
        pointer = f"{at}/{escape(key)}"
        refused = self.refused.get(key) or self.idle.get(key)
        if key in self.idle and not survey.ours:
            survey.idle.append(pointer)
        elif refused is not None:
            survey.find(pointer, f"{key} is not understood by the toolkit: {refused}")
        elif key[:2].lower() == "x-" and not self.closed:
            survey.extension(key, inner, pointer, owner)
        else:
            known = ", ".join(self.members)
            meant = closest(key, self.members) or f"; it can have: {known}"
            survey.find(pointer, f"{shown(key)} is not a member of {article(self.name)}{meant}")


class Described(Shape):
    """An object that has a schema, or content that has one."""

    def read(self, survey: "Survey", value: Any, at: str) -> None:
        super().read(survey, value, at)
        if isinstance(value, dict) and not value.keys() & {"schema", "content", "$ref"}:
            survey.find(at, f"is missing schema, which {article(self.name)} needs")


@dataclass(frozen=True, slots=True)
class Variants:
    """An object that has one of several shapes; `pick` names the one that a value should have."""

    pick: Callable[[Mapping[str, Any]], Member]

    def read(self, survey: "Survey", value: Any, at: str) -> None:
        survey.read(self.pick(value if isinstance(value, dict) else {}), value, at)


@dataclass(frozen=True, slots=True)
class OrFlag:
    """A schema: an object, or true or false."""

    name: str

    def read(self, survey: "Survey", value: Any, at: str) -> None:
        if isinstance(value, bool):
            survey.nodes[at] = (self.name, value)
        else:
            survey.read(self.name, value, at)


class Headers(Table):
    """Headers by their names.

    One that OpenAPI has stated elsewhere is ignored by it (Response Object), and a fault only in a document with policy
    of ours.
    """

    def read(self, survey: "Survey", value: Any, at: str) -> None:
        if isinstance(value, dict) and not survey.ours:
            ignored = [name for name in value if name.lower() == "content-type"]
            survey.idle.extend(f"{at}/{escape(name)}" for name in ignored)
            value = {name: each for name, each in value.items() if name not in ignored}
        super().read(survey, value, at)


def article(name: str) -> str:
    if name.startswith("the "):
        return name
    return f"an {name}" if name[0] in "aeiou" else f"a {name}"
