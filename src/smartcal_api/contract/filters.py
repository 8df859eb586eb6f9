"""What a filter parameter selects, as the contract's `x-filter` states it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

EQUALS, ONE_OF = "equals", "one_of"
# The order comparisons, and the SQL and Python operator of the same meaning.
ORDERED = {"at_or_after": ">=", "after": ">", "before": "<", "at_or_before": "<="}
COMPARISONS = (EQUALS, ONE_OF, *ORDERED)
NOW = "now"


@dataclass(frozen=True, slots=True)
class Clause:
    """`field` compared with `value`: the parameter's in a filter of its own; `now` is the clock's instant."""

    field: str
    comparison: str
    value: Any = None


@dataclass(frozen=True, slots=True)
class Filter:
    """`clauses` all hold for what the parameter selects; with `when`, only a parameter of that value selects at all."""

    parameter: str
    clauses: tuple[Clause, ...]
    when: Any = None

    def bind(self, value: Any) -> tuple[Clause, ...]:
        """The clauses for a parameter's value; none where that value filters nothing."""
        if self.when is not None:
            return self.clauses if value == self.when else ()
        return tuple(Clause(clause.field, clause.comparison, value) for clause in self.clauses)


def read_filter(parameter: str, stated: Mapping[str, Any]) -> Filter:
    if "all" in stated:
        clauses = tuple(Clause(part["field"], part["comparison"], part["value"]) for part in stated["all"])
        return Filter(parameter, clauses, when=stated["when"])
    return Filter(parameter, (Clause(stated["field"], stated["comparison"]),))
