"""What is recognised: resources, and what each operation does with one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from urllib.parse import quote

from smartcal_api.contract.filters import EQUALS, Clause, Filter

_AFTER_SLASH = chr(ord("/") + 1)


class Role(StrEnum):
    """What an operation does with a resource."""

    LIST = "list"
    CREATE = "create"
    READ = "read"
    REPLACE = "replace"
    CHANGE = "change"
    DELETE = "delete"
    ACT = "action"


class Moment(StrEnum):
    """What an event type tells of."""

    CREATED = "created"
    CHANGED = "changed"
    DELETED = "deleted"


Above = Mapping[str, str | None]
"""A parameter of the path above a resource → the member that has its value; None: no member has it."""


@dataclass(frozen=True, slots=True)
class Resource:
    """`pointer` leads to the schema that it is shown by, `id` is the member that its path ends in."""

    collection: str
    pointer: str
    id: str | None
    """None: it is listed alone, and known by its place in the list."""
    path: str
    """Of its list."""
    above: Above
    unique: tuple[str, ...] = ()
    """Members besides `id` that no two have the same of."""
    told: Mapping[Moment, str] = field(default_factory=dict)
    """The event types that name it."""
    listed: str | None = None
    """A path that GET lists it at."""

    def key(self, identifier: object, given: Mapping[str, Any]) -> str:
        """What the resource of an id is stored by, beneath what the parameters of its path say."""
        return f"{_beneath(self.above, given)}{identifier}"


def within(above: Above, given: Mapping[str, Any]) -> list[Clause]:
    """What selects the resources that are beneath what the parameters of a path say."""
    clauses = [Clause(member, EQUALS, given[name]) for name, member in above.items() if member is not None]
    beneath = _beneath(above, given)
    if beneath:
        clauses += [Clause("id", "at_or_after", beneath), Clause("id", "before", f"{beneath[:-1]}{_AFTER_SLASH}")]
    return clauses


def _beneath(above: Above, given: Mapping[str, Any]) -> str:
    """What the keys of resources begin with that no member tells apart."""
    return "".join(f"{quote(str(given[name]), safe='')}/" for name, member in above.items() if member is None)


@dataclass(frozen=True, slots=True)
class Action:
    """A transition, as `x-action` states it: what it sets, when it may happen, and the code of its refusal."""

    set: Mapping[str, Any]
    when: Mapping[str, tuple[Any, ...]]
    refusal: str


@dataclass(frozen=True, slots=True)
class Use:
    """What one operation does. `body`: the members that lead to the resource in a request's body; None: it has none."""

    role: Role
    resource: Resource
    above: Above
    why: str
    body: tuple[str, ...] | None = None
    taken: Mapping[str, bool] = field(default_factory=dict)
    """The members that a request may have → whether it must."""
    filters: tuple[Filter, ...] = ()
    order: tuple[str, ...] = ()
    """What its list is ordered by, as `x-order` has it; empty: in the order in which they were made."""
    action: Action | None = None
    form: bool = False
    """Whether a request comes as a form, in which there may be what is no data of the resource, such as a file."""
