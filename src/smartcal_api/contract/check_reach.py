"""Who reaches what through references: a fault of one component is a fault of each operation that uses it."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from smartcal_api.contract.bundle import FILES
from smartcal_api.contract.document import escape, pointer_of
from smartcal_api.contract.methods import METHODS

if TYPE_CHECKING:
    from smartcal_api.contract.check_survey import Survey

WHOLE = ""
"""The unit of everything that no operation has to itself."""
EVENT_TYPE, PROBLEM = "/components/schemas/EventType", "/components/schemas/Problem"
_METHODS = frozenset({*METHODS, "trace"})


def unit(pointer: str) -> str:
    """The part of a contract that can fail alone: a component, an operation, or what the operations of a path share."""
    tokens = pointer.split("/", 4)
    if len(tokens) < 3 or tokens[1] not in {"components", "paths", "webhooks", FILES}:
        return WHOLE
    if tokens[1] == FILES:
        return "/".join(tokens[:3])
    if tokens[1] == "components":
        return "/".join(tokens[:4]) if len(tokens) > 3 else WHOLE
    return "/".join(tokens[: 4 if len(tokens) > 3 and tokens[3] in _METHODS else 3])


class Reach:
    """The graph of units: an operation uses its path's parameters and whatever is referred to."""

    def __init__(self, survey: "Survey") -> None:
        # Policy is read out of these two (`check_policy`), so a fault in them is a fault of all.
        self._users: dict[str, set[str]] = {EVENT_TYPE: {WHOLE}, PROBLEM: {WHOLE}} if survey.ours else {}
        self._operations: dict[str, str | None] = {}
        for at, reference, _ in survey.references:
            self._users.setdefault(unit(pointer_of(reference)), set()).add(unit(at))
        for at, (kind, stated) in survey.nodes.items():
            if kind in {"operation", "webhook operation"}:
                named = stated.get("operationId")
                self._operations[at] = named if isinstance(named, str) else None
                self._users.setdefault(at.rpartition("/")[0], set()).add(at)
            if kind == "operation":
                for name in _schemes(stated.get("security", survey.document.data.get("security"))):
                    self._users.setdefault(f"/components/securitySchemes/{escape(name)}", set()).add(at)

    def users(self, pointers: Iterable[str]) -> set[str]:
        """The units that the pointers lie in, and all that reach one of these."""
        found: set[str] = set()
        waiting = [unit(pointer) for pointer in pointers]
        while waiting:
            one = waiting.pop()
            if one not in found:
                found.add(one)
                waiting.extend(self._users.get(one, ()))
        return found

    def operations(self, pointer: str) -> set[str] | None:
        """The operationIds that a fault at `pointer` touches; None: the whole document."""
        units = self.users([pointer])
        named = {self._operations[one] for one in units & self._operations.keys()}
        own = unit(pointer)
        lost = not own.startswith("/components/") and not named  # a path without an operation that could answer 501
        if WHOLE in units or lost or None in named:
            return None
        return {name for name in named if name is not None}


def _schemes(security: Any) -> Iterator[str]:
    """Those that a list of requirements names, whatever else is wrong with it."""
    for requirement in security if isinstance(security, list) else ():
        yield from requirement if isinstance(requirement, dict) else ()
