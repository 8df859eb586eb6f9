"""Patterns that don't compile, that nothing matches, or that the lengths beside them exclude."""

# Python's own parser of regular expressions: it has no public name, and the same form since 3.11.
import re
import re._constants as sre  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
from collections.abc import Iterator
from typing import Any

from jsonschema_rs import Draft202012Validator, ValidationError

from smartcal_api.contract.check_kinds import shown
from smartcal_api.lint.found import Found
from smartcal_api.lint.index import Index

_CONSUMING = (sre.LITERAL, sre.NOT_LITERAL, sre.ANY, sre.IN, sre.RANGE)


def patterns(index: Index) -> Iterator[Found]:
    for at, schema in index.all("schema"):
        if not isinstance(schema, dict):
            continue
        stated = [(f"{at}/pattern", schema["pattern"])] if isinstance(schema.get("pattern"), str) else []
        several = schema.get("patternProperties")
        stated += [(f"{at}/patternProperties", each) for each in several] if isinstance(several, dict) else []
        for where, pattern in stated:
            yield from _pattern(where, pattern, schema)


def _pattern(at: str, pattern: str, schema: dict[str, Any]) -> Iterator[Found]:
    try:
        Draft202012Validator({"pattern": pattern})
    except (ValidationError, ValueError):
        advice = "correct it"
        if re.search(r"\(\?<?[=!]|\\[1-9]", pattern):
            advice = "correct it, or do without what not all engines have"
        yield Found("schema/pattern-invalid", at, f"{shown(pattern)} is not a regular expression; {advice}")
        return
    try:
        parsed = parser.parse(pattern)
    except (re.error, OverflowError, RecursionError):
        return  # of a dialect that Python doesn't know
    if _matches_nothing(list(parsed)):
        yield Found("schema/pattern-empty", at, f"{shown(pattern)} matches no text at all; correct it")
        return
    if pattern.startswith("^") and pattern.endswith("$") and not pattern.endswith("\\$") and "|" not in pattern:
        shortest, longest = parsed.getwidth()
        least, most = schema.get("minLength", 0), schema.get("maxLength")
        if isinstance(least, int) and longest < least:
            yield Found("schema/bounds", at, f"matches at most {longest} characters, and minLength is {least}")
        elif isinstance(most, int) and shortest > most:
            yield Found("schema/bounds", at, f"matches at least {shortest} characters, and maxLength is {most}")


def _matches_nothing(parsed: list[Any]) -> bool:
    """Whether something has to come before the beginning of the text, or after its end."""
    before = ended = False
    for kind, argument in parsed:
        if kind is sre.AT:
            if argument is sre.AT_BEGINNING and before:
                return True
            ended = ended or argument is sre.AT_END
        elif kind is sre.BRANCH:
            if all(_matches_nothing(list(each)) for each in argument[1]):
                return True
            before = before or all(_consumes(list(each)) for each in argument[1])
        elif kind is sre.SUBPATTERN:
            if _matches_nothing(list(argument[3])):
                return True
            before = before or _consumes(list(argument[3]))
        else:
            before = before or _consumes([(kind, argument)])
        if ended and kind is not sre.AT and _consumes([(kind, argument)]):
            return True
    return False


def _consumes(parsed: list[Any]) -> bool:
    """Whether a match has at least one character."""
    for kind, argument in parsed:
        if kind in _CONSUMING:
            return True
        if kind in (sre.MAX_REPEAT, sre.MIN_REPEAT) and argument[0] > 0 and _consumes(list(argument[2])):
            return True
        if kind is sre.SUBPATTERN and _consumes(list(argument[3])):
            return True
        if kind is sre.BRANCH and all(_consumes(list(each)) for each in argument[1]):
            return True
    return False
