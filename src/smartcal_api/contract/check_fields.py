"""The fields of a resource, as its schema has them: what lists order and filter by."""

from smartcal_api.contract.check_kinds import closest
from smartcal_api.contract.check_survey import Survey
from smartcal_api.contract.document import escape, pointer_of
from smartcal_api.errors import Finding

Types = set[tuple[str, str]]
"""Pairs of a type and its format; no format is the empty one."""


def unknown(survey: Survey, item: str, name: str, at: str) -> Finding:
    known = _properties(survey, item)
    listed = closest(name, known) or f"; it has {', '.join(known)}"
    return Finding(at, f"{name} is not a property of {item.rpartition('/')[2]}{listed}")


def field(survey: Survey, item: str, name: str) -> str | None:
    return _properties(survey, item).get(name)


def _properties(survey: Survey, at: str) -> dict[str, str]:
    """The properties of a schema by name, those of `$ref` and `allOf` included, and where each is written."""
    schema = survey.nodes[at][1]
    if not isinstance(schema, dict):
        return {}
    found = _properties(survey, pointer_of(schema["$ref"])) if "$ref" in schema else {}
    for index in range(len(schema.get("allOf", []))):
        found |= _properties(survey, f"{at}/allOf/{index}")
    return found | {name: f"{at}/properties/{escape(name)}" for name in schema.get("properties", {})}


def types(survey: Survey, at: str) -> Types:
    """Every type that a schema admits, with its format; `circles` were refused, so this comes to an end."""
    schema = survey.nodes.get(at, ("", None))[1]
    if not isinstance(schema, dict):
        return set()
    stated = schema.get("type", [])
    found = {(kind, schema.get("format", "")) for kind in ([stated] if isinstance(stated, str) else stated)}
    if "$ref" in schema:
        found |= types(survey, pointer_of(schema["$ref"]))
    for key in ("allOf", "anyOf", "oneOf"):
        for index in range(len(schema.get(key, []))):
            found |= types(survey, f"{at}/{key}/{index}")
    return found
