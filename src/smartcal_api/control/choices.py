"""What a request to the control plane names, looked up; a name that isn't there is told what there is."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from smartcal_api.contract import Contract, Operation
from smartcal_api.errors import Invalid, Problem, shortened
from smartcal_api.journal import fingerprint
from smartcal_api.sandbox import Sandbox

_LISTED = 24


def refusal(detail: str, at: str) -> Problem:
    """400 for what stands at a JSON pointer of the body, or, where `at` is none, in the parameter of that name."""
    if at.startswith("/"):
        return Problem("invalid_body", detail, errors=[Invalid(detail, pointer=at)])
    return Problem("invalid_request", detail, errors=[Invalid(detail, parameter=at)])


def chosen(name: str, known: Iterable[str], *, what: str, at: str) -> str:
    """The known name, whatever its case; raises 400 that says which there are, and which one was meant."""
    names = {each.lower(): each for each in known}
    found = names.get(name.lower())
    if found is not None:
        return found
    # Compared without case, for that is what was looked up.
    close = get_close_matches(name.lower(), names, n=1)
    meant = f" Did you mean {names[close[0]]!r}?" if close else ""
    listed = list(names.values())
    more = f" and {len(listed) - _LISTED} more" if len(listed) > _LISTED else ""
    detail = f"There is no {what} {shortened(name, 64)!r}.{meant} There are: {', '.join(listed[:_LISTED])}{more}."
    raise refusal(detail, at)


def budget_of(sandbox: Sandbox, credential: str, *, at: str = "/credential") -> str:
    """The budget of a credential: an OAuth client by its id, a key by the head of its SHA-256, any by itself."""
    principal = sandbox.find(credential.encode())
    if principal is not None:
        return principal.budget
    if sandbox.oauth.clients.find(credential) is not None:
        return f"client {credential}"
    keys = sandbox.keys.principals()
    begin_so = [each for each in keys if each.budget.startswith(credential.lower())]
    if len(begin_so) == 1:
        return begin_so[0].budget
    # What was sent may be a secret of some other sandbox: it isn't quoted.
    which = "More than one key has" if begin_so else "No key or client of this sandbox has"
    scopes: Mapping[str, str] = {fingerprint(each.budget): " ".join(each.granted) for each in begin_so or keys}
    named = [f"{key} ({granted})" for key, granted in scopes.items()]
    clients = sandbox.oauth.clients
    named += [] if begin_so else [each.id for each in (*clients.given(), *clients.registered())]
    listed = ", ".join(named[:_LISTED])
    detail = f"{which} the fingerprint or id that was given. Give one of: {listed or 'none'}."
    raise refusal(detail, at)


def operation_names(contract: Contract) -> tuple[str, ...]:
    return (*contract.operations, *contract.unserved)


def operation_named(contract: Contract, name: str) -> Operation:
    """One of `operation_names`."""
    return contract.operations[name] if name in contract.operations else contract.unserved[name][0]


def methods_of(contract: Contract, name: str) -> set[str]:
    """The methods that a request of the operation can have; a GET answers HEAD as well."""
    method = operation_named(contract, name).method
    return {method, "HEAD"} if method == "GET" else {method}
