"""Whether a contract is one that the toolkit understands, all of it (law SRC 4).

A table of kinds says what each object may hold (`check_openapi`, `check_schema`, `check_security`, `check_members`);
one walk reads the document by it (`check_survey`). What the walk finds sound is then held against rules that no table
can state, a module for each subject.
"""

from smartcal_api.contract.check_content import content
from smartcal_api.contract.check_links import links
from smartcal_api.contract.check_listings import listings
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
from smartcal_api.errors import Finding

_RULES = (operations, parameters, content, scopes, listings, links, policy, request_id)


def check(document: Document) -> list[Finding]:
    """Every construct that the toolkit doesn't understand or can't serve; none: all is fine.

    Operations that reach a fault of structure are judged by that alone; where one touches the whole document, so is
    the whole document.
    """
    survey = Survey(document, KINDS)
    findings = [*survey.findings, *references(survey)]
    reach = Reach(survey)
    aside = reach.users(finding.pointer for finding in findings)
    if WHOLE not in aside:
        survey.set_aside(aside)
        for rule in _RULES:
            findings.extend(rule(survey))
        findings.extend(values(survey, reach))
    return list(dict.fromkeys(findings))


def foreign(document: Document) -> list[str]:
    """The pointers of x- members that are none of ours, nor nearly: they are listed at start and ignored."""
    return Survey(document, KINDS).foreign


class Affected:
    """Which operations a finding touches; the document is surveyed once, and each part of it followed up once."""

    def __init__(self, document: Document) -> None:
        self._reach = Reach(Survey(document, KINDS))
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
