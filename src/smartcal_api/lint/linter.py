"""All rules over one document."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from smartcal_api.contract.check_kinds import closest
from smartcal_api.contract.document import Document
from smartcal_api.errors import ContractError
from smartcal_api.lint.engine import Engine
from smartcal_api.lint.found import Found
from smartcal_api.lint.index import Index
from smartcal_api.lint.links import links
from smartcal_api.lint.names import components, servers, tags
from smartcal_api.lint.owasp import owasp
from smartcal_api.lint.paths import operations, parameters, paths
from smartcal_api.lint.patterns import patterns
from smartcal_api.lint.references import mappings, references
from smartcal_api.lint.rules import Level
from smartcal_api.lint.satisfiability import satisfiability
from smartcal_api.lint.schemas import schemas
from smartcal_api.lint.security import security
from smartcal_api.lint.serving import serving
from smartcal_api.lint.values import values

_PLAIN = (
    references,
    mappings,
    schemas,
    patterns,
    paths,
    operations,
    parameters,
    links,
    security,
    tags,
    components,
    servers,
)
_BY_ENGINE = (satisfiability, values)
SETS = ("owasp",)
"""What is asked for by name."""


def lint(document: Document, sets: Collection[str] = ()) -> list[Found]:
    """What the rules find, in the order of the lines. Of what several rules say of one place, that of the first."""
    version = str(document.data.get("openapi", ""))
    if not version.startswith(("3.0", "3.1", "3.2")):
        meant = next((each for each in document.data if closest(each, ("openapi", "swagger"))), "openapi")
        said = f"is OpenAPI {version!r}" if version else "has no member `openapi`"
        return _placed([Found("document/version", f"/{meant}", f"{said}; write one such as openapi: 3.1.0")], document)
    return _placed(_first(_found(Index(document), sets)), document)


def unreadable(error: ContractError) -> list[Found]:
    """What keeps a document from being read, where it is the text itself; none where it can't be got at."""
    return [
        Found("document/syntax", each.pointer, each.message, each.file or Path(error.file), each.line)
        for each in error.findings
        if each.line
    ]


def brought(now: Iterable[Found], before: Iterable[Found]) -> list[Found]:
    """What was not there before, as often as it is there now; lines and numbers of items may have moved."""
    left = Counter(_same(each) for each in before)
    found = []
    for each in now:
        if left[_same(each)]:
            left[_same(each)] -= 1
        else:
            found.append(each)
    return found


def _same(found: Found) -> tuple[str, str, str]:
    pointer = "/".join("#" if token.isdigit() else token for token in found.pointer.split("/"))
    return found.rule, pointer, found.message


def _found(index: Index, sets: Collection[str]) -> Iterator[Found]:
    yield from index.found
    for rule in _PLAIN:
        yield from rule(index)
    engine = Engine(index)
    for judge in _BY_ENGINE:
        yield from judge(index, engine)
    if "owasp" in sets:
        yield from owasp(index)
    yield from serving(index)


def _first(found: Iterable[Found]) -> list[Found]:
    """What serving says is left out where a rule has said what is wrong there, or right above or below."""
    kept: dict[tuple[str, str], Found] = {}
    errors: set[str] = set()
    seen: set[str] = set()
    for each in found:
        general = each.rule.partition("/")[0] in ("load", "mock") or each.rule == "schema/unsatisfiable"
        if general and (each.pointer in seen or any(_touch(each.pointer, at) for at in errors)):
            continue
        seen.add(each.pointer)
        if each.level is Level.ERROR and not general:
            errors.add(each.pointer)
        kept.setdefault((each.rule, each.pointer), each)
    return list(kept.values())


def _touch(one: str, other: str) -> bool:
    return f"{one}/".startswith(f"{other}/") or f"{other}/".startswith(f"{one}/")


def _placed(found: list[Found], document: Document) -> list[Found]:
    places = document.places({each.pointer for each in found})
    whole = [replace(each, file=places[each.pointer][0], line=places[each.pointer][1]) for each in found]
    return sorted(whole, key=lambda each: (str(each.file) != str(document.path), each.line))
