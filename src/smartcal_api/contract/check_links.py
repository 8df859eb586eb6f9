"""Links can be followed: they name an operation, and fill in parameters that it has from what is there (law SRC 6)."""

import re
from collections.abc import Iterator
from typing import Any

from smartcal_api.contract.check_expressions import astray
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
    every: dict[str, list[str]] = {}
    for at, (kind, stated) in survey.nodes.items():
        if kind == "operation" and isinstance(stated.get("operationId"), str):
            every.setdefault(stated["operationId"], []).append(at)
    strays: dict[str, list[str]] = {}
    for at, stated in survey.sound("link"):
        if "operationId" not in stated:
            if survey.ours:
                yield Finding(at, "is missing operationId, which a link needs")
            continue
        targets = every.get(stated["operationId"], [])
        if not targets:
            strays.setdefault(stated["operationId"], []).append(at)
        elif len(targets) == 1 and survey.is_sound(targets[0]):  # which of two is meant, nobody can tell
            yield from _parameters(at, stated, declared(survey, targets[0]))
    if any(len(several) > 1 for several in every.values()):
        return  # one of the two may have taken the name that is missing
    for name, places in strays.items():
        meant = closest(name, tuple(every)) or "; name one that is in paths"
        more = f" (so do {len(places) - 1} more links)" if len(places) > 1 else ""
        yield Finding(f"{places[0]}/operationId", f"{name} is not an operation{meant}{more}")
    for at, stated in survey.sound("operation"):
        yield from _followed(survey, at, stated)


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


def _followed(survey: Survey, at: str, stated: Any) -> Iterator[Finding]:
    """The expressions of an operation's links, held against what it is asked and answers."""
    for status, response in stated["responses"].items():
        if status.startswith("x-"):
            continue
        answered, inside = survey.follow(response, f"{at}/responses/{status}")
        for name, each in answered.get("links", {}).items():
            link, where = survey.follow(each, f"{inside}/links/{escape(name)}")
            for parameter, value in link.get("parameters", {}).items():
                if isinstance(value, str) and _EXPRESSION.search(value):
                    fault = astray(survey, value, at, stated, answered, inside)
                    if fault is not None:
                        yield Finding(
                            f"{where}/parameters/{escape(parameter)}", f"{shown(value)} leads nowhere: {fault}"
                        )


def _names(each: Declared) -> tuple[str, str]:
    return each.stated["name"], f"{each.stated['in']}.{each.stated['name']}"
