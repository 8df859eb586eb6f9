"""What names mean: of parameters, members and event types, however they are spelt."""

import re
from collections.abc import Iterable

from smartcal_api.contract.shape.resource import Moment

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_IDS = ("id", "uuid", "guid", "slug", "name")
CREATED = frozenset(
    {"created", "createdat", "createdon", "creationdate", "creationtime", "createtime", "createddate", "datecreated",
     "createddatetime", "datetimecreated", "insertedat", "addedat", "dateadded", "createdtime", "ctime"}
)  # fmt: skip
UPDATED = frozenset(
    {"updated", "updatedat", "updatedon", "updatetime", "updateddate", "dateupdated", "modified", "modifiedat",
     "modifiedon", "lastmodified", "lastmodifiedat", "lastupdated", "lastupdatedat", "changedat", "updatedtime",
     "updateddatetime", "datemodified", "lastmodifieddatetime", "mtime"}
)  # fmt: skip
_MOMENTS = {
    Moment.CREATED: frozenset({"created", "create", "added", "new", "made", "inserted"}),
    Moment.CHANGED: frozenset({"updated", "update", "changed", "modified", "edited"}),
    Moment.DELETED: frozenset({"deleted", "delete", "removed", "destroyed"}),
}


def words(name: str) -> list[str]:
    return [each.lower() for each in _WORD.findall(name)]


def plain(name: str) -> str:
    """The same for `createdAt`, `created_at` and `created-at`."""
    return "".join(words(name))


def singular(word: str) -> str:
    """What one of several is called: `pets`, `categories`, `boxes`."""
    for plural, single in (
        ("ies", "y"),
        ("sses", "ss"),
        ("xes", "x"),
        ("ches", "ch"),
        ("shes", "sh"),
        ("ss", "ss"),
        ("s", ""),
    ):
        if word.endswith(plural) and len(word) > len(plural) + 1:
            return word.removesuffix(plural) + single
    return word


def identifier(parameter: str, members: Iterable[str]) -> str | None:
    """The member that a path's parameter tells, such as `id` for `{petId}` and `slug` for `{branch_slug}`."""
    known = {plain(each): each for each in members}
    said = words(parameter)
    tails = ["".join(said[start:]) for start in range(len(said))]
    return next((known[each] for each in (*tails, *_IDS) if each in known), None)


def tells(parameter: str, members: Iterable[str]) -> bool:
    """Whether one of the members is what a path's parameter tells."""
    return identifier(parameter, members) is not None


def moment(event_type: str) -> Moment | None:
    """What an event type says has happened, by its words."""
    said = set(words(event_type))
    return next((each for each, names in _MOMENTS.items() if said & names), None)
