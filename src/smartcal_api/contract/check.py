"""Whether a contract is one that the toolkit understands, all of it (law SRC 4).

A table of kinds says what each object may hold (`check_openapi`, `check_schema`, `check_security`, `check_members`);
one walk reads the document by it (`check_survey`). What the walk finds sound is then held against rules that no table
can state, a module for each subject.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from smartcal_api.contract.check_bounds import bounds
from smartcal_api.contract.check_content import content
from smartcal_api.contract.check_idle import idle
from smartcal_api.contract.check_links import links
from smartcal_api.contract.check_listings import listings
from smartcal_api.contract.check_names import names
from smartcal_api.contract.check_openapi import KINDS
from smartcal_api.contract.check_operations import operations
from smartcal_api.contract.check_parameters import parameters
from smartcal_api.contract.check_policy import policy
from smartcal_api.contract.check_reach import WHOLE, Reach, unit
from smartcal_api.contract.check_references import references
from smartcal_api.contract.check_request_id import request_id
from smartcal_api.contract.check_scopes import scopes
from smartcal_api.contract.check_survey import Survey
from smartcal_api.contract.check_values import values
from smartcal_api.contract.document import Document
from smartcal_api.contract.understood import understood
from smartcal_api.errors import Finding

_RULES = (operations, parameters, content, scopes, listings, policy, request_id)
_OF_SCHEMAS, _ADVICE = (bounds,), (links, names)


class Examined(NamedTuple):
    """What a document holds that is worth a word.

    `findings`: what can't be served. `idle`: what can be, and does nothing. `foreign`: the pointers of x- members that
    are none of ours, nor nearly. The latter two are told at start (law SRC 4).
    """

    findings: Sequence[Finding]
    idle: Sequence[Finding]
    foreign: Sequence[str]


def check(document: Document) -> list[Finding]:
    """Every construct that the toolkit doesn't understand or can't serve; none: all is fine."""
    return list(examine(document).findings)


def examine(document: Document) -> Examined:
    """Operations that reach a fault of structure are judged by that alone; where one touches the whole document, so is
    the whole document. What follows from a fault is held back until that is mended.
    """
    survey = Survey(understood(document), KINDS)
    findings = [*survey.findings, *references(survey)]
    reach = Reach(survey)
    aside = reach.users(finding.pointer for finding in findings)
    notes: list[Finding] = []
    if WHOLE not in aside:
        survey.set_aside(aside)
        for rule in _RULES:
            findings.extend(rule(survey))
        # Advice is what others may do without: what it is of is served all the same.
        advice = [finding for rule in _ADVICE for finding in rule(survey)]
        (findings if survey.ours else notes).extend(advice)
        of_schemas = [finding for rule in _OF_SCHEMAS for finding in rule(survey)]
        findings.extend(of_schemas)
        # An example of such a schema can't fit, and neither could any other.
        survey.set_aside(reach.users(finding.pointer for finding in (*of_schemas, *(advice if survey.ours else ()))))
        findings.extend(values(survey, reach))
        notes.extend(idle(survey))
    notes.extend(_without_effect(survey.idle))
    return Examined(list(dict.fromkeys(findings)), list(dict.fromkeys(notes)), survey.foreign)


def _without_effect(places: Sequence[str]) -> Iterator[Finding]:
    """What of OpenAPI nothing is done with, a member of each name once."""
    named: dict[str, list[str]] = {}
    for at in places:
        named.setdefault(at.rpartition("/")[2], []).append(at)
    for name, several in named.items():
        more = f", nor in {len(several) - 1} other places" if len(several) > 1 else ""
        yield Finding(several[0], f"{name} has no effect here{more}")


class Affected:
    """Which operations a finding touches; the document is surveyed once, and each part of it followed up once."""

    def __init__(self, document: Document) -> None:
        self._reach = Reach(Survey(understood(document), KINDS))
        self._found: dict[str, set[str] | None] = {}

    def operations(self, pointer: str) -> set[str] | None:
        """Their operationIds; None: the whole document, so that no draft can be served.

        That is the operation that the finding lies in, or all that reach it through `$ref`. Empty: a component that
        nothing uses.
        """
        part = unit(pointer)
        if part not in self._found:
            self._found[part] = self._reach.operations(pointer)
        return self._found[part]
