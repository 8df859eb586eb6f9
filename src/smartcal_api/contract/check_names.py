"""Names of members in `required` and in a discriminator are those of properties (law SRC 4)."""

from collections.abc import Iterator
from typing import Any

from smartcal_api.contract.check_kinds import closest
from smartcal_api.contract.check_schema import IN_PLACE, IN_PLACE_LISTS
from smartcal_api.contract.check_survey import Survey
from smartcal_api.contract.document import escape, pointer_of
from smartcal_api.errors import Finding

_DEPTH = 12  # of references and compositions
_OPEN = ("patternProperties", "unevaluatedProperties")


def names(survey: Survey) -> Iterator[Finding]:
    """Those that can't be meant: near the name of a property, or where there may be no other member."""
    for at, name, known, closed in _unknown(survey):
        meant = closest(name, tuple(each for each in known if each not in survey.nodes[at][1]["required"]))
        if meant or closed:
            rest = meant or ", and no other member may be there; add it to properties, or leave it out"
            yield Finding(f"{at}/required", f"{name} is not a property of {_called(at)}{rest}")
    for at, name, lacking, others in _undiscriminated(survey):
        if len(lacking) == others:
            known = {each for branch in lacking for each in _properties(survey, branch)}
            meant = closest(name, tuple(known)) or "; add it to each, or leave the discriminator out"
            listed = ", ".join(map(_called, lacking))
            yield Finding(f"{at}/propertyName", f"{name} is not a property of {listed}{meant}")


def nameless(survey: Survey) -> Iterator[Finding]:
    """Those that may be meant: they ask for members of which nothing else is said."""
    for at, name, known, closed in _unknown(survey):
        if not closed and not closest(name, tuple(known)):
            yield Finding(
                f"{at}/required", f"asks for {name}, of which no property says anything; add it to properties"
            )
    for at, name, lacking, others in _undiscriminated(survey):
        if lacking and len(lacking) < others:
            listed = ", ".join(map(_called, lacking))
            yield Finding(
                f"{at}/propertyName", f"{name} is not a property of {listed}, which it can't tell apart; add it"
            )


def _unknown(survey: Survey) -> Iterator[tuple[str, str, set[str], bool]]:
    """Where something is required that no property is called: the schema, the name, the properties, and whether there
    may be no other member."""
    for at, stated in survey.sound("schema"):
        if not isinstance(stated, dict) or "required" not in stated:
            continue
        places = [at, *_around(at)]
        known = {name for place in places for name in _properties(survey, place)}
        if not known or any(_says(survey, place, _OPEN) for place in places):
            continue
        closed = stated.get("additionalProperties") is False
        yield from ((at, name, known, closed) for name in stated["required"] if name not in known)


def _undiscriminated(survey: Survey) -> Iterator[tuple[str, str, list[str], int]]:
    """A discriminator, its property's name, the schemas that it is not a property of, and how many there are."""
    for at, stated in survey.sound("discriminator"):
        holder = at.rpartition("/")[0]
        schema, name = survey.nodes[holder][1], stated["propertyName"]
        branches = [f"{holder}/{key}/{i}" for key in ("anyOf", "oneOf") for i, _ in enumerate(schema.get(key, ()))]
        several = branches or [holder]
        if not branches or name not in _properties(survey, holder, lists=("allOf",)):
            lacking = [each for each in several if name not in _properties(survey, each) and _stated(survey, each)]
            yield at, name, [_end(survey, each) for each in lacking], len(several)


def _properties(survey: Survey, at: str, depth: int = 0, *, lists: tuple[str, ...] = IN_PLACE_LISTS) -> dict[str, str]:
    """Of a schema, all that it is composed of included: name → where it is."""
    schema = survey.nodes.get(at, ("", None))[1]
    if not isinstance(schema, dict) or depth > _DEPTH:
        return {}
    found = {name: f"{at}/properties/{escape(name)}" for name in schema.get("properties", {})}
    for part in _parts(schema, at, lists):
        found |= _properties(survey, part, depth + 1)
    return found


def _parts(schema: dict[str, Any], at: str, lists: tuple[str, ...] = IN_PLACE_LISTS) -> Iterator[str]:
    if isinstance(schema.get("$ref"), str):
        yield pointer_of(schema["$ref"])
    for key in lists:
        yield from (f"{at}/{key}/{index}" for index, _ in enumerate(schema.get(key, ())))
    yield from (f"{at}/{key}" for key in IN_PLACE if key in schema)


def _around(at: str) -> Iterator[str]:
    """The schemas that this one is a part of, which judge the same value."""
    while True:
        holder, _, key = at.rpartition("/")
        if key.isdigit() and holder.rpartition("/")[2] in IN_PLACE_LISTS:
            at = holder.rpartition("/")[0]
        elif key in IN_PLACE:
            at = holder
        else:
            return
        yield at


def _says(survey: Survey, at: str, keywords: tuple[str, ...], depth: int = 0) -> bool:
    schema = survey.nodes.get(at, ("", None))[1]
    if not isinstance(schema, dict) or depth > _DEPTH:
        return False
    own = any(keyword in schema for keyword in keywords)
    return own or any(_says(survey, part, keywords, depth + 1) for part in _parts(schema, at))


def _stated(survey: Survey, at: str) -> bool:
    """Whether it is an object's schema, of which something can be said; null and the like are none."""
    return bool(_properties(survey, at)) or survey.schema(survey.nodes[at][1]).get("type") == "object"


def _end(survey: Survey, at: str) -> str:
    return survey.follow(survey.nodes[at][1], at)[1]


def _called(at: str) -> str:
    """A component by its name, any other schema by its place."""
    name = at.removeprefix("/components/schemas/")
    return name if name != at and "/" not in name else f"the schema {at}"
