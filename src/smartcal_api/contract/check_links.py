"""Links can be followed: they name an operation and fill in parameters that it has (law SRC 6)."""

import re
from collections.abc import Iterator
from typing import Any

from smartcal_api.contract.check_kinds import closest, shown
from smartcal_api.contract.check_parameters import Declared, declared
from smartcal_api.contract.check_survey import Survey
from smartcal_api.contract.document import escape
from smartcal_api.errors import Finding

# Link Object, "Runtime Expressions".
_EXPRESSION = re.compile(
    r"^\$(?:url|method|statusCode"
    r"|(?:request|response)\.(?:header\.[!-~]+|query\..+|path\..+|body(?:#(?:/.*)?)?))\Z"
)


def links(survey: Survey) -> Iterator[Finding]:
    # Those of operations that are set aside, too: a link to one is no fault of the link.
    every = {
        stated["operationId"]: at
        for at, (kind, stated) in survey.nodes.items()
        if kind == "operation" and isinstance(stated.get("operationId"), str)
    }
    for at, stated in survey.sound("link"):
        target = every.get(stated["operationId"])
        if target is None:
            meant = closest(stated["operationId"], every) or "; name one that is in paths"
            yield Finding(f"{at}/operationId", f"{stated['operationId']} is not an operation{meant}")
        elif survey.is_sound(target):
            yield from _parameters(at, stated, declared(survey, target))


def _parameters(at: str, stated: Any, accepted: list[Declared]) -> Iterator[Finding]:
    # A name may be qualified by its place, such as `path.id` (Link Object).
    known = {name: each for each in accepted for name in _names(each)}
    filled = []
    for name, value in stated.get("parameters", {}).items():
        where = f"{at}/parameters/{escape(name)}"
        if name in known:
            filled.append(known[name])
        else:
            listed = closest(name, known) or "; leave it out"
            yield Finding(where, f"{name} is not a parameter of {stated['operationId']}{listed}")
        if isinstance(value, str) and value.startswith("$") and not _EXPRESSION.search(value):
            yield Finding(where, f"{shown(value)} is not a runtime expression; write one such as $response.body#/id")
    for each in accepted:
        # A client may know the rest by itself, but without these there is no path to follow.
        if each.stated["in"] == "path" and each not in filled:
            yield Finding(
                at, f"leaves out {each.stated['name']}, which is in the path of {stated['operationId']}; fill it in"
            )


def _names(each: Declared) -> tuple[str, str]:
    return each.stated["name"], f"{each.stated['in']}.{each.stated['name']}"
