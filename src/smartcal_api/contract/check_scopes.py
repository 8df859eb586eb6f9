"""Who may call: every scheme and scope that is named exists, and somebody can (law SRC 4)."""

from collections.abc import Iterator
from typing import Any

from smartcal_api.contract.check_kinds import closest
from smartcal_api.contract.check_survey import Survey
from smartcal_api.contract.schemes import scopes_of, unpresentable
from smartcal_api.errors import Finding


def scopes(survey: Survey) -> Iterator[Finding]:
    data = survey.document.data
    schemes = data["components"].get("securitySchemes", {})
    known = {scope: None for scheme in schemes.values() for scope in scopes_of(scheme)}
    yield from _requirements(survey, data, "", schemes, known)
    for at, stated in survey.sound("operation"):
        yield from _requirements(survey, stated, at, schemes, known)
        yield from _unpresentable(stated.get("security", data.get("security", [])), at, schemes)
    for at, stated in survey.sound("webhook operation"):
        if survey.ours and stated.get("security", data.get("security", [])):
            yield Finding(at, "is sent by the toolkit, so nobody authenticates; write security: []")
    for scope, implied in data["x-scope-implies"].items():
        if scope.startswith("x-"):
            continue
        if scope not in known:
            yield _unknown(scope, known, f"/x-scope-implies/{scope}")
        for index, name in enumerate(implied):
            if name not in known:
                yield _unknown(name, known, f"/x-scope-implies/{scope}/{index}")


def _requirements(survey: Survey, stated: Any, at: str, schemes: Any, known: Any) -> Iterator[Finding]:
    for index, requirement in enumerate(stated.get("security", [])):
        for name, wanted in requirement.items():
            where = f"{at}/security/{index}/{name}"
            if name not in schemes:
                listed = closest(name, schemes) or f"; there are {', '.join(schemes) or 'none'}"
                yield Finding(where, f"{name} is not a security scheme of components{listed}")
                continue
            # Those of OpenID Connect are stated elsewhere, and of other schemes they are roles of any name.
            strict = schemes[name]["type"] == "oauth2" or survey.ours
            for each, scope in enumerate(wanted):
                if strict and scope not in known:
                    yield _unknown(scope, known, f"{where}/{each}")


def _unpresentable(security: Any, at: str, schemes: Any) -> Iterator[Finding]:
    """Operations that nobody could call, whichever of their alternatives he takes."""
    reasons = [
        next((why for name in each if (why := unpresentable(schemes.get(name, {}))) is not None), None)
        for each in security
    ]
    if reasons and all(reasons):
        yield Finding(f"{at}/security", f"{reasons[0]}; allow another scheme, too")


def _unknown(scope: str, known: Any, at: str) -> Finding:
    listed = closest(scope, known) or f"; there are {', '.join(known) or 'none'}"
    return Finding(at, f"{scope} is not a scope of the oauth2 flow{listed}")
