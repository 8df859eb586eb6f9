"""OAUTH: what the server says of itself is true (RFC 8414)."""

from smartcal_api.conformance.app import AUTHORIZE, NOTHING, REVOKE, TOKEN, App, apps, error, of
from smartcal_api.conformance.capability import Capability
from smartcal_api.conformance.law import Law, law
from smartcal_api.conformance.probe import Probe

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
    told = probe.call(probe.operation).json
    for identifier, member in _ENDPOINTS.items():
        operation = probe.contract.operations.get(identifier)
        if operation is not None:
            due = told["issuer"].rstrip("/") + operation.path
            probe.expect(told.get(member) == due, f"{member} is {told.get(member)!r}; {due} is served.", kind=member)
    _says(probe, told, "scopes_supported", set(probe.contract.scopes))
    every = apps(probe)
    for app in every:
        app.room(12)
    works = {kind for kind in _GRANTS if any(_knows(app, kind) for app in every)}
    _says(probe, told, "grant_types_supported", works)
    _says(probe, told, "code_challenge_methods_supported", {"S256"})
    for identifier, member in ((TOKEN, "token"), (REVOKE, "revocation")):
        stated = set(told.get(f"{member}_endpoint_auth_methods_supported", ()))
        for app in every:
            for method in ("none",) if app.public else ("client_secret_post", "client_secret_basic"):
                taken = _authenticates(app, identifier, method)
                probe.expect(
                    taken == (method in stated),
                    f"{probe.last} with {method}, which {member}_endpoint_auth_methods_supported "
                    f"{'has' if method in stated else 'lacks'}.",
                    kind=method,
                )


def _says(probe: Probe, told: dict[str, list[str]], member: str, due: set[str]) -> None:
    said = set(told.get(member, ()))
    probe.expect(said == due, f"{member} has {sorted(said)}; {sorted(due)} are what works.", kind=member)


def _knows(app: App, grant_type: str) -> bool:
    """Whether a grant is refused for what is wrong with it, not for what it is."""
    fields = {**app.redeeming(NOTHING, app.verifier()), "grant_type": grant_type, "refresh_token": NOTHING}
    return error(app.token(fields)) not in ("unsupported_grant_type", "unauthorized_client")


def _authenticates(app: App, operation: str, method: str) -> bool:
    fields = {"token": NOTHING} if operation == REVOKE else app.redeeming(NOTHING, app.verifier())
    return app.post(operation, fields, basic=method == "client_secret_basic").status != 401


LAWS: tuple[Law, ...] = (metadata_are_true,)
