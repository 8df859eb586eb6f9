"""What a list's filters compare can be compared, and selects something (law SRC 4)."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from smartcal_api.contract.check_fields import Types, field, types, unknown
from smartcal_api.contract.check_parameters import Declared
from smartcal_api.contract.check_survey import Survey
from smartcal_api.contract.filters import NOW, ONE_OF, ORDERED
from smartcal_api.errors import Finding

_TIME, _NUMBERS = "date-time", frozenset({"integer", "number"})


class Sample(NamedTuple):
    """A value that must fit the schema at `schema`; `at` is where the value stands, and `way` where it goes: it is
    `taken` of a request, `sent` in an answer, or `either`."""

    schema: str
    at: str
    value: Any
    way: str = "either"


def comparisons(survey: Survey, item: str, each: Declared) -> Iterator[Finding]:
    """Faults of one filter: `each` declares it, and `item` is the pointer to the schema of what the list holds."""
    stated, at, name = each.stated["x-filter"], f"{each.at}/x-filter", each.stated["name"]
    if each.stated["in"] != "query":
        yield Finding(at, f"can't be in a {each.stated['in']} parameter; make it a query parameter")
    accepted = types(survey, f"{each.at}/schema")
    clauses = {f"{at}/all/{index}": clause for index, clause in enumerate(stated.get("all", []))} or {at: stated}
    for where, clause in clauses.items():
        found = field(survey, item, clause["field"])
        if found is None:
            yield unknown(survey, item, clause["field"], f"{where}/field")
            continue
        fields, comparison = types(survey, found), clause["comparison"]
        if "value" in clause:
            fault = _value(clause, fields)
            if fault is not None:
                yield Finding(f"{where}/value", fault)
        elif comparison in ORDERED and _scale(accepted) != _scale(fields):
            yield Finding(
                where, f"{comparison} can't compare {name} with {clause['field']}: give both one type and format"
            )
        elif not {kind for kind, _ in accepted} <= {kind for kind, _ in fields}:
            yield Finding(where, f"{name} and the field {clause['field']} are of different types; give them the same")
        if comparison in ORDERED and _scale(fields) is None:
            yield Finding(
                f"{where}/comparison", f"{comparison} needs a date-time or a number; {clause['field']} is neither"
            )


def _value(clause: Any, fields: Types) -> str | None:
    if (clause["comparison"] == ONE_OF) != (isinstance(clause["value"], list) and clause["value"] != []):
        return "one_of compares with a list of values, every other comparison with one; change either"
    if clause["value"] == NOW and _TIME not in {form for _, form in fields}:
        return f"now is an instant, but {clause['field']} is not a date-time; compare it with a value of its own"
    return None


def _scale(found: Types) -> str | None:
    """What values of these types are ordered as, if they are."""
    kinds = {kind for kind, _ in found} - {"null"}
    if kinds == {"string"} and all(form == _TIME for kind, form in found if kind == "string"):
        return "instants"
    return "numbers" if kinds and kinds <= _NUMBERS else None


def samples(survey: Survey, item: str, each: Declared) -> Iterator[Sample]:
    """The values that a filter compares with: those of the field, or nothing would ever be selected."""
    stated, at = each.stated["x-filter"], f"{each.at}/x-filter"
    if "when" in stated:
        yield Sample(f"{each.at}/schema", f"{at}/when", stated["when"])
    for index, clause in enumerate(stated.get("all", [])):
        found = field(survey, item, clause["field"])
        for value in clause["value"] if isinstance(clause["value"], list) else [clause["value"]]:
            if found is not None and value != NOW:
                yield Sample(found, f"{at}/all/{index}/value", value)
