"""Who may call: every scheme and scope that is named exists (law SRC 4)."""

from collections.abc import Iterator
from typing import Any

from smartcal_api.contract.check_kinds import closest
from smartcal_api.contract.check_survey import Survey
from smartcal_api.errors import Finding


def scopes(survey: Survey) -> Iterator[Finding]:
    data = survey.document.data
    schemes = data["components"].get("securitySchemes", {})
    known = {
        scope: scheme
        for scheme in schemes.values()
        for scope in scheme.get("flows", {}).get("authorizationCode", {}).get("scopes", {})
    }
    yield from _requirements(data, "", schemes, known)
    for at, stated in survey.sound("operation"):
        yield from _requirements(stated, at, schemes, known)
    for at, stated in survey.sound("webhook operation"):
        if stated.get("security", data.get("security", [])):
            yield Finding(at, "is sent by the toolkit, so nobody authenticates; write security: []")
    for scope, implied in data["x-scope-implies"].items():
        if scope.startswith("x-"):
            continue
        if scope not in known:
            yield _unknown(scope, known, f"/x-scope-implies/{scope}")
        for index, name in enumerate(implied):
            if name not in known:
                yield _unknown(name, known, f"/x-scope-implies/{scope}/{index}")


def _requirements(stated: Any, at: str, schemes: Any, known: Any) -> Iterator[Finding]:
    for index, requirement in enumerate(stated.get("security", [])):
        for name, wanted in requirement.items():
            where = f"{at}/security/{index}/{name}"
            if name not in schemes:
                listed = closest(name, schemes) or f"; there are {', '.join(schemes) or 'none'}"
                yield Finding(where, f"{name} is not a security scheme of components{listed}")
            for each, scope in enumerate(wanted):
                if scope not in known:
                    yield _unknown(scope, known, f"{where}/{each}")


def _unknown(scope: str, known: Any, at: str) -> Finding:
    listed = closest(scope, known) or f"; there are {', '.join(known) or 'none'}"
    return Finding(at, f"{scope} is not a scope of the oauth2 flow{listed}")
