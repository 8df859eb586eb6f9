"""The faults that are armed in a sandbox: which requests each is for, how often it hits, and when (law SBX 5).

What a fault does to a request isn't known here, but to the table of its kinds, in `http/fault_kinds.py`.
"""

from collections.abc import Callable, Iterator, Mapping
from random import Random
from typing import Any

from smartcal_api.auth import Principal

# The members of a fault that select requests; all others are for its kind.
SELECTORS = ("operations", "methods", "credential", "scopes", "probability", "next")


class Fault:
    """One fault: its `kind`, the `parameters` of that kind, and the selectors, as the control plane was given them."""

    __slots__ = ("_methods", "_operations", "_scopes", "applied", "budget", "drawn", "id", "remaining", "wanted")

    def __init__(
        self, identifier: str, wanted: Mapping[str, Any], *, drawn: int = 0, applied: int = 0, remaining: int | None
    ) -> None:
        self.id = identifier
        self.wanted = dict(wanted)
        self.drawn = drawn
        self.applied = applied
        self.remaining = remaining
        """How many requests it still hits; None for any number."""
        self.budget: str | None = wanted.get("credential")
        """The credential that it is for, by the name of its budget."""
        self._operations = frozenset(wanted.get("operations", ()))
        self._methods = frozenset(wanted.get("methods", ()))
        self._scopes = frozenset(wanted["scopes"]) if "scopes" in wanted else None

    @property
    def kind(self) -> str:
        kind: str = self.wanted["kind"]
        return kind

    @property
    def spent(self) -> bool:
        return self.remaining == 0

    def fits(self, method: str, principal: Principal | None, budget: str | None, operation: "Found") -> bool:
        """Whether it is for this request; the operation is found only where that matters."""
        if self._methods and method not in self._methods:
            return False
        if self.budget is not None and self.budget != budget:
            return False
        if self._scopes is not None and (principal is None or self._scopes != frozenset(principal.granted)):
            return False
        return not self._operations or operation() in self._operations


Found = Callable[[], str | None]


class Faults:
    """Draws come from the sandbox's seed, each fault having a sequence of its own: arming one more changes no other."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._serial = 0
        self._all: dict[str, Fault] = {}
        self.armed: tuple[Fault, ...] = ()
        """Those that may still hit, in the order in which they were added."""

    def __iter__(self) -> Iterator[Fault]:
        return iter(self._all.values())

    def __len__(self) -> int:
        return len(self._all)

    def get(self, identifier: str) -> Fault | None:
        return self._all.get(identifier)

    def add(self, wanted: Mapping[str, Any]) -> Fault:
        self._serial += 1
        fault = Fault(f"fault-{self._serial}", wanted, remaining=wanted.get("next"))
        self._all[fault.id] = fault
        self._arm()
        return fault

    def remove(self, identifier: str) -> None:
        del self._all[identifier]
        self._arm()

    def clear(self) -> None:
        self._all.clear()
        self._arm()

    def strike(self, fault: Fault) -> Random | None:
        """Whether a fault hits the request that it is for, which then counts; what else it draws comes from the result.

        Nothing waits in here, so of many requests at once no more are hit than there are to be.
        """
        fault.drawn += 1
        random = Random(f"fault {self._seed} {fault.id} {fault.drawn}")
        if random.random() >= fault.wanted.get("probability", 1):
            return None
        fault.applied += 1
        if fault.remaining is not None:
            fault.remaining -= 1
            if fault.spent:
                self._arm()
        return random

    def state(self) -> dict[str, Any]:
        """Everything, as JSON, for `restore`."""
        kept = [[each.id, each.wanted, each.drawn, each.applied, each.remaining] for each in self]
        return {"serial": self._serial, "faults": kept}

    def restore(self, state: Mapping[str, Any]) -> None:
        """As it was when that `state` was taken."""
        self._serial = state["serial"]
        self._all = {
            identifier: Fault(identifier, wanted, drawn=drawn, applied=applied, remaining=remaining)
            for identifier, wanted, drawn, applied, remaining in state["faults"]
        }
        self._arm()

    def _arm(self) -> None:
        self.armed = tuple(each for each in self if not each.spent)
