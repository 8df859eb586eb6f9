"""Parameters: declared once, as the path has them, and such as can be read from a request (law SRC 4)."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from smartcal_api.contract.check_survey import Survey
from smartcal_api.contract.document import unescape
from smartcal_api.contract.parameter import BESIDE, IGNORED_HEADERS, STYLES, is_ignored
from smartcal_api.errors import Finding

_SCALARS = ("string", "integer", "number", "boolean")


class Declared(NamedTuple):
    """A parameter: where it is listed, where it is written, and what it is."""

    entry: str
    at: str
    stated: Any


def parameters(survey: Survey) -> Iterator[Finding]:
    for at, _ in survey.sound("operation"):
        yield from _of_path(survey, at)
    for kind in ("path item", "operation", "webhook operation"):
        for at, _ in survey.sound(kind):
            yield from _twice(survey, at)
    for at, stated in survey.sound("parameter"):
        yield from _placed(survey, at, stated)
        yield from _typed(survey, at, stated)


def declared(survey: Survey, at: str) -> list[Declared]:
    """The parameters of the operation at `at`, those of its path included and overridden by its own."""
    found = {}
    for holder in (at.rpartition("/")[0], at):
        for each in _listed(survey, holder):
            found[each.stated["name"], each.stated["in"]] = each
    return list(found.values())


def _listed(survey: Survey, at: str) -> Iterator[Declared]:
    for index, each in enumerate(survey.nodes[at][1].get("parameters", [])):
        entry = f"{at}/parameters/{index}"
        stated, where = survey.follow(each, entry)
        yield Declared(entry, where, stated)


def template(path: str) -> list[str]:
    return re.findall(r"\{([^{}]+)\}", path)


def _of_path(survey: Survey, at: str) -> Iterator[Finding]:
    path_at = at.rpartition("/")[0]
    wanted = template(unescape(path_at.removeprefix("/paths/")))
    for entry, _, stated in declared(survey, at):
        if stated["in"] == "path":
            if stated["name"] not in wanted:
                yield Finding(
                    entry, f"{stated['name']} is not in the path; write {{{stated['name']}}} there, or correct it"
                )
            else:
                wanted.remove(stated["name"])
    for name in wanted:
        yield Finding(at, f"has {name} in its path, but no path parameter of that name; declare it")


def _twice(survey: Survey, at: str) -> Iterator[Finding]:
    seen = set()
    for entry, _, each in _listed(survey, at):
        # Header names don't depend on case (RFC 9110 section 5.1).
        name = each["name"].lower() if each["in"] == "header" else each["name"]
        if (name, each["in"]) in seen:
            yield Finding(entry, f"declares the {each['in']} parameter {each['name']} a second time; leave it out")
        seen.add((name, each["in"]))


def _placed(survey: Survey, at: str, stated: Any) -> Iterator[Finding]:
    place, name = stated["in"], stated["name"]
    style = stated.get("style", STYLES[place][0])
    if style not in STYLES[place]:
        known = " or ".join(STYLES[place])
        yield Finding(f"{at}/style", f"{style} is not understood by the toolkit in a {place}: use {known}")
    if place == "path" and stated.get("required") is not True:
        yield Finding(at, "is in the path, so it must have required: true")
    if is_ignored(stated) and survey.ours:
        instead = IGNORED_HEADERS[name.lower()]
        yield Finding(f"{at}/name", f"a header parameter {name} is ignored; state it by {instead}")


def _typed(survey: Survey, at: str, stated: Any) -> Iterator[Finding]:
    """In a document with policy of ours a type says what the text is to become; elsewhere it is gathered from whatever
    the schema says."""
    if not survey.ours or "schema" not in stated:
        return
    if isinstance(stated["schema"], dict) and "$ref" in stated["schema"]:
        for key in stated["schema"].keys() - BESIDE:
            if not key.startswith("x-"):
                message = "has no effect beside the $ref of a parameter; put both into a schema of their own"
                yield Finding(f"{at}/schema/{key}", message)
    schema = survey.schema(stated["schema"])
    if schema.get("type") == "array":
        schema = survey.schema(schema.get("items"))
    elif schema.get("type") == "object":
        return
    if schema.get("type") not in _SCALARS:
        message = (
            f"must be of one type, of {', '.join(_SCALARS)}, an object, or an array whose items are one of the former, "
            "to be read from text"
        )
        yield Finding(f"{at}/schema", message)
