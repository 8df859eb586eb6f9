"""The faults of a sandbox: armed, listed, removed (law SBX 5)."""

from collections.abc import Mapping
from typing import Any

from smartcal_api.contract import Contract
from smartcal_api.control.choices import budget_of, chosen, methods_of, operation_names, refusal
from smartcal_api.control.control import PREFIX, Control, ControlHandler
from smartcal_api.errors import Invalid, Problem
from smartcal_api.http.answer import Answer, json_answer
from smartcal_api.http.exchange import Exchange
from smartcal_api.journal import fingerprint
from smartcal_api.sandbox import Sandbox
from smartcal_api.sandbox.faults import Fault

_MOST = 256
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
# Headers of answers that a contract doesn't list. Those that frame one are not among them: for that there are kinds.
_COMMON_HEADERS = ("Content-Type", "Content-Encoding", "Content-Language", "Cache-Control", "ETag", "Vary")

_FRAMING = frozenset({"connection", "content-length", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"})


def handlers(control: Control) -> dict[str, ControlHandler]:
    """Names that the contract doesn't have are refused, or a fault with a misspelt one would just never hit."""

    def list_faults(exchange: Exchange) -> Answer:
        return json_answer(200, {"data": [_document(each) for each in exchange.sandbox.faults]})

    def add_fault(exchange: Exchange) -> Answer:
        sandbox = exchange.sandbox
        if len(sandbox.faults) >= _MOST:
            raise Problem("too_many_faults", f"This sandbox has {_MOST} faults. Remove some, or DELETE all of them.")
        fault = sandbox.faults.add(_resolved(sandbox, control.contract, exchange.body))
        location = f"{exchange.root}{PREFIX}/sandboxes/{sandbox.name}/faults/{fault.id}"
        return json_answer(201, _document(fault), headers={"Location": location})

    def clear_faults(exchange: Exchange) -> Answer:
        exchange.sandbox.faults.clear()
        return Answer(204)

    def remove_fault(exchange: Exchange) -> Answer:
        identifier, faults = exchange.parameters["fault"], exchange.sandbox.faults
        if faults.get(identifier) is None:
            listed = ", ".join(each.id for each in faults) or "none"
            raise Problem("not_found", f"There is no fault {identifier!r} in this sandbox. It has: {listed}.")
        faults.remove(identifier)
        return Answer(204)

    return {
        "listFaults": list_faults,
        "addFault": add_fault,
        "clearFaults": clear_faults,
        "removeFault": remove_fault,
    }


def _resolved(sandbox: Sandbox, contract: Contract, wanted: dict[str, Any]) -> dict[str, Any]:
    """What was wanted, with every name as the contract writes it, and a credential as its budget."""
    resolved = dict(wanted)
    named = (
        ("operations", operation_names(contract), "operation"),
        ("methods", _METHODS, "method"),
        ("scopes", contract.scopes, "scope"),
    )
    for member, known, what in named:
        if member in wanted:
            names = [wanted[member]] if isinstance(wanted[member], str) else wanted[member]
            resolved[member] = [chosen(name, known, what=what, at=f"/{member}") for name in names]
    _check_methods(contract, resolved)
    for header in wanted.get("headers", {}):
        if header.lower() in _FRAMING:
            detail = f"{header} frames the answer, and would break it. For that there are the kinds truncate and drop."
            raise refusal(detail, f"/headers/{header}")
    if "credential" in wanted:
        resolved["credential"] = budget_of(sandbox, wanted["credential"])
    if "header" in wanted:
        resolved["header"] = chosen(wanted["header"], _headers(contract), what="header of answers", at="/header")
    if wanted.get("up_to_seconds", wanted.get("seconds")) != wanted.get("seconds"):
        _check_range(wanted["seconds"], wanted["up_to_seconds"])
    return resolved


def _check_methods(contract: Contract, resolved: Mapping[str, Any]) -> None:
    """Raises 400 where no operation that was named has a method that was: such a fault would hit nothing."""
    operations, methods = resolved.get("operations"), resolved.get("methods")
    if operations and methods and not any(set(methods) & methods_of(contract, each) for each in operations):
        takes = ", ".join(f"{each} has {' and '.join(sorted(methods_of(contract, each)))}" for each in operations)
        raise refusal(f"No request has these operations and these methods: {takes}. Leave the methods out.", "/methods")


def _headers(contract: Contract) -> list[str]:
    responses = [*contract.unrouted.values(), *(r for o in contract.operations.values() for r in o.responses.values())]
    return list(dict.fromkeys((*(each.name for r in responses for each in r.headers), *_COMMON_HEADERS)))


def _check_range(least: float, most: float) -> None:
    if most < least:
        detail = f"up_to_seconds is {most}, and less than seconds, {least}. Give the larger one as up_to_seconds."
        raise Problem("invalid_body", detail, errors=[Invalid(detail, pointer="/up_to_seconds")])


def _document(fault: Fault) -> dict[str, Any]:
    document = {"id": fault.id, **fault.wanted, "applied": fault.applied, "remaining": fault.remaining}
    if fault.budget is not None:
        document["credential"] = fingerprint(fault.budget)
    return document
