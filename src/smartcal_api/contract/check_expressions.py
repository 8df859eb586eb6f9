"""Where a runtime expression of a link leads (OpenAPI 3.1, Link Object), and where it leads nowhere (law SRC 6)."""

from collections.abc import Iterator
from typing import Any

from smartcal_api.contract.check_kinds import closest
from smartcal_api.contract.check_parameters import declared
from smartcal_api.contract.check_survey import Survey
from smartcal_api.contract.document import escape, pointer_of, unescape
from smartcal_api.contract.media_type import is_json

_DEPTH = 12
_OPEN = ("additionalProperties", "patternProperties", "if", "unevaluatedProperties")


def astray(survey: Survey, expression: str, at: str, operation: Any, answered: Any, inside: str) -> str | None:
    """Why an expression leads nowhere, with advice; None where it leads somewhere, or nobody can tell.

    `operation` stands at `at`, and the response with the link, `answered`, `inside` of it.
    """
    side, _, rest = expression[1:].partition(".")
    place, _, name = rest.partition(".")
    if rest.startswith("body"):
        holder, where = (answered, inside)
        if side == "request":
            holder, where = survey.follow(operation.get("requestBody"), f"{at}/requestBody")
        return _in_body(survey, holder, where, rest.removeprefix("body").removeprefix("#"), side)
    if side == "request" and place in ("path", "query", "header"):
        listed = [each.stated["name"] for each in declared(survey, at) if each.stated["in"] == place]
        return _unknown(name, listed, f"a {place} parameter of {operation['operationId']}", caseless=place == "header")
    if side == "response" and place == "header":
        return _unknown(name, [*answered.get("headers", {})], "a header of the response", caseless=True)
    return None


def _unknown(name: str, listed: list[str], what: str, *, caseless: bool) -> str | None:
    known = [each.lower() for each in listed] if caseless else listed
    if (name.lower() if caseless else name) in known:
        return None
    meant = closest(name, tuple(listed)) or f"; there is {', '.join(listed) or 'none'}"
    return f"{name} is not {what}{meant}"


def _in_body(survey: Survey, holder: Any, where: str, pointer: str, side: str) -> str | None:
    content = holder.get("content", {}) if isinstance(holder, dict) else {}
    if not content:
        return f"the {side} has no body; take it from elsewhere"
    for key, media in content.items():
        if is_json(key) and "schema" in media:
            return _along(survey, f"{where}/content/{escape(key)}/schema", pointer)
    return None


def _along(survey: Survey, at: str, pointer: str) -> str | None:
    """One token of a pointer after another, through all that a schema is composed of."""
    places = [at]
    for token in map(unescape, pointer.split("/")[1:]):
        members: dict[str, list[str]] = {}
        unknown = False
        for place in places:
            for name, found in _members(survey, place):
                members.setdefault(name, []).append(found)
            unknown = unknown or _is_open(survey, place)
        if token in members or ("*" in members and token.isdigit()):
            places = members.get(token) or members["*"]
        elif unknown or not members:
            return None
        else:
            names = [name for name in members if name != "*"]
            meant = closest(token, tuple(names)) or (f"; it has {', '.join(names)}" if names else "; it is a list")
            return f"{token} is not there{meant}"
    return None


def _members(survey: Survey, at: str, depth: int = 0) -> Iterator[tuple[str, str]]:
    """Name → the schema of the member; `*` stands for the items of an array."""
    schema = survey.nodes.get(at, ("", None))[1]
    if not isinstance(schema, dict) or depth > _DEPTH:
        return
    for name in schema.get("properties", {}):
        yield name, f"{at}/properties/{escape(name)}"
    if "items" in schema:
        yield "*", f"{at}/items"
    for index, _ in enumerate(schema.get("prefixItems", ())):
        yield str(index), f"{at}/prefixItems/{index}"
    for part in _parts(schema, at):
        yield from _members(survey, part, depth + 1)


def _is_open(survey: Survey, at: str, depth: int = 0) -> bool:
    """Whether a schema says of members that it doesn't name what they are, or nothing at all."""
    schema = survey.nodes.get(at, ("", None))[1]
    if not isinstance(schema, dict) or depth > _DEPTH:
        return True
    if any(schema.get(keyword, False) not in (False, None) for keyword in _OPEN):
        return True
    return any(_is_open(survey, part, depth + 1) for part in _parts(schema, at))


def _parts(schema: Any, at: str) -> Iterator[str]:
    if "$ref" in schema:
        yield pointer_of(schema["$ref"])
    for key in ("allOf", "anyOf", "oneOf"):
        yield from (f"{at}/{key}/{index}" for index, _ in enumerate(schema.get(key, ())))
