"""OAUTH: what the server says of itself is true (RFC 8414)."""

from typing import Any

from smartcal_api.conformance.app import AUTHORIZE, NOTHING, REVOKE, TOKEN, App, apps, of
from smartcal_api.conformance.capability import Capability
from smartcal_api.conformance.law import Law, law
from smartcal_api.conformance.probe import Probe
from smartcal_api.conformance.refusal import error

_ENDPOINTS = {AUTHORIZE: "authorization_endpoint", TOKEN: "token_endpoint", REVOKE: "revocation_endpoint"}
_GRANTS = ("authorization_code", "refresh_token", "client_credentials", "password", "implicit")


@law(
    "OAUTH 14",
    "The metadata are true: every URL and method that they name works, and nothing else does.",
    over=of("getAuthorizationServerMetadata"),
    needs=(Capability.CLIENT, Capability.WRITES),
    requests=20,
    worth=56,
)
def metadata_are_true(probe: Probe) -> None:
    answer = probe.call(probe.operation)
    said = f"{answer}; there the server describes itself."
    if not probe.expect(answer.ok, said, by=_by(probe), at=answer, kind="none"):
        return
    stated = answer.object
    issuer = str(stated.get("issuer")).rstrip("/")
    for identifier, member in _ENDPOINTS.items():
        operation = probe.contract.operations.get(identifier)
        if operation is not None:
            due = issuer + operation.path
            said = f"{member} is {stated.get(member)!r}; {due} is served."
            probe.expect(stated.get(member) == due, said, by=_by(probe), at=answer, kind="endpoint", parameter=member)
    _says(probe, stated, "scopes_supported", set(probe.contract.scopes))
    every = apps(probe)
    for app in every:
        app.room(12)
    works = {kind for kind in _GRANTS if any(_knows(app, kind) for app in every)}
    _says(probe, stated, "grant_types_supported", works)
    _says(probe, stated, "code_challenge_methods_supported", {"S256"})
    for identifier, member in ((TOKEN, "token"), (REVOKE, "revocation")):
        name = f"{member}_endpoint_auth_methods_supported"
        known = set(_listed(stated, name))
        for app in every:
            for method in ("none",) if app.public else ("client_secret_post", "client_secret_basic"):
                taken = _authenticates(app, identifier, method)
                said = f"{probe.last} with {method}, which {name} {'has' if method in known else 'has not'}."
                probe.expect(
                    taken == (method in known), said, by=_by(probe), at=probe.last, kind="method", parameter=method
                )


def _by(probe: Probe) -> str:
    return f"{probe.operation.pointer}/responses"


def _says(probe: Probe, stated: dict[str, Any], member: str, due: set[str]) -> None:
    said = set(_listed(stated, member))
    message = f"{member} has {sorted(said)}; {sorted(due)} are what works."
    probe.expect(said == due, message, by=_by(probe), kind="says", parameter=member, seen="")


def _listed(stated: dict[str, Any], member: str) -> list[str]:
    found = stated.get(member)
    return [str(each) for each in found] if isinstance(found, list) else []


def _knows(app: App, grant_type: str) -> bool:
    """Whether a grant is refused for what is wrong with it, not for what it is."""
    fields = {**app.redeeming(NOTHING, app.verifier()), "grant_type": grant_type, "refresh_token": NOTHING}
    return error(app.token(fields)) not in ("unsupported_grant_type", "unauthorized_client")


def _authenticates(app: App, operation: str, method: str) -> bool:
    fields = {"token": NOTHING} if operation == REVOKE else app.redeeming(NOTHING, app.verifier())
    return app.post(operation, fields, basic=method == "client_secret_basic").status != 401


LAWS: tuple[Law, ...] = (metadata_are_true,)
