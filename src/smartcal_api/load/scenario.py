"""What users do, from the contract: which operations, how often each, with what. Written as JSON for the process that
sends, which knows no contract."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from smartcal_api.conformance.app import AUTHORIZE, TOKEN
from smartcal_api.conformance.credential import satisfied
from smartcal_api.conformance.invalid import request_example
from smartcal_api.conformance.law import secured
from smartcal_api.conformance.target import Target
from smartcal_api.contract import Contract, Operation
from smartcal_api.errors import UsageError

HONOUR, TEST = "honour", "test"
_LIST, _READ, _WRITE = 10, 6, 1
"""How often an operation is asked for beside the others: people look much more than they change."""


@dataclass(frozen=True, slots=True)
class Task:
    """One operation. `source` is the list that ids for its path come from; `undo` deletes what it makes."""

    id: str
    method: str
    path: str
    weight: int
    scopes: tuple[str, ...]
    lists: bool
    source: str | None = None
    body: str | None = None
    undo: str | None = None


def tasks(contract: Contract, target: Target) -> tuple[list[Task], list[str]]:
    """What can be asked of the target, and why the rest isn't, a line an operation."""
    found, left_out = [], []
    for operation in secured(contract):
        why = _lacking(operation, contract, target)
        if why:
            left_out.append(f"{operation.id}: {why}")
        else:
            found.append(_task(operation, contract))
    if not any(each.method == "GET" for each in found):
        why = f" ({left_out[0]})" if left_out else ""
        raise UsageError(f"there is nothing that could be read of {target.root}{why}; give a key: --key SCOPES=VALUE.")
    return found, left_out


def plan(
    contract: Contract, target: Target, tenants: Sequence[Target], wanted: Sequence[Task], **how: Any
) -> dict[str, Any]:
    """Everything that the users need. Each tenant is a root with credentials of its own, and a user is of one."""
    policy = contract.policy
    by_id = contract.operations
    oauth = {name: by_id[identifier].path for name, identifier in (("authorize", AUTHORIZE), ("token", TOKEN))
             if identifier in by_id}  # fmt: skip
    return {
        "tasks": [asdict(each) for each in wanted],
        "tenants": [_tenant(each, contract) for each in tenants],
        "oauth": oauth if len(oauth) == 2 else None,
        "headers": dict(target.headers),
        "windows": [[each.window_seconds, each.limit] for each in policy.rate_limits],
        "retry_after": policy.rate_limit_headers.retry_after,
        "page": policy.pagination.page_parameter,
        "items": policy.pagination.items,
        "cacert": str(target.cacert) if target.cacert else None,
        "client_cert": str(target.client_cert) if target.client_cert else None,
        **how,
    }


def _tenant(target: Target, contract: Contract) -> dict[str, Any]:
    implies = dict(contract.policy.scope_implies)
    own = [each for each in target.credentials if each.account == 0]
    return {
        "root": target.root,
        "credentials": [{"value": each.value, "scopes": sorted(satisfied(each.scopes, implies))} for each in own],
        "clients": [
            {"id": each.client_id, "secret": each.secret, "redirect_uri": each.redirect_uris[0]}
            for each in target.clients
            if each.redirect_uris
        ],
    }


def _task(operation: Operation, contract: Contract) -> Task:
    lists = operation.method == "GET" and operation.listing is not None
    weight = _WRITE if operation.method != "GET" else _LIST if lists else _READ
    body = None
    if operation.body is not None and operation.method != "GET":
        body = json.dumps(request_example(operation, contract), ensure_ascii=False)
    return Task(
        *(operation.id, operation.method, operation.path, weight, tuple(sorted(operation.scopes)), lists),
        source=_list_above(operation, contract) if operation.path_names else None,
        body=body,
        undo=_deleting(operation, contract),
    )


def _lacking(operation: Operation, contract: Contract, target: Target) -> str:
    """Why it isn't asked; empty where it is."""
    if operation.method != "GET" and not target.writable:
        return "it changes something (--allow-writes)"
    if operation.method == "DELETE":
        return "what is made is deleted again, and nothing else"
    if operation.method not in ("GET", "POST"):
        return f"{operation.method} isn't asked under load"
    implies = dict(contract.policy.scope_implies)
    own = [each for each in target.credentials if each.account == 0]
    if not any(operation.scopes <= satisfied(each.scopes, implies) for each in own):
        return f"no key has the scope {', '.join(sorted(operation.scopes))}"
    if len(operation.path_names) > 1 or (operation.path_names and _list_above(operation, contract) is None):
        return "no list has the ids of its path"
    if any(each.required and each.location == "query" for each in operation.parameters):
        return "it has parameters that it can't do without"
    return ""


def _list_above(operation: Operation, contract: Contract) -> str | None:
    """The path of the list that has the ids of its path."""
    path = operation.path.partition("/{")[0]
    found = (each.path for each in contract.operations.values() if each.method == "GET" and each.path == path)
    return next(found, None)


def _deleting(operation: Operation, contract: Contract) -> str | None:
    if operation.method != "POST" or operation.path_names:
        return None
    below = (each for each in contract.operations.values() if each.method == "DELETE")
    return next((each.path for each in below if each.path.rpartition("/{")[0] == operation.path), None)
