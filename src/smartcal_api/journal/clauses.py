"""Which clause of the contract refused a request, out of what was noted where it was refused (law SBX 6).

Whoever raises a problem knows best, and may say it in `Problem.clause`. What needs no knowledge of its own is worked
out here, by the problem's code; and for the rest the clause is the response that the contract states for the status.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

import orjson

from smartcal_api.contract import Contract
from smartcal_api.errors import Clause
from smartcal_api.journal.entry import Entry, Refusal
from smartcal_api.journal.masks import essence

LIMITS = "/x-request-limits"


class _Refused(NamedTuple):
    entry: Entry
    refusal: Refusal
    contract: Contract


def clause_of(entry: Entry, contract: Contract) -> dict[str, Any] | None:
    """`pointer`, `code`, `detail` and what else matters there; None where nothing was refused, or by a fault alone."""
    if entry.refusal is not None:
        code, detail = entry.refusal.code, entry.refusal.detail
    elif not entry.faults and (oauth := _oauth_error(entry)) is not None:
        code, detail = oauth
    else:
        return None
    stated = (entry.refusal.clause if entry.refusal is not None else None) or Clause()
    derived = None
    if entry.refusal is not None and stated.pointer is None and code in _BY_CODE:
        derived = _BY_CODE[code](_Refused(entry, entry.refusal, contract))
    derived = derived or Clause()
    pointer = stated.pointer or derived.pointer or _response(entry, contract)
    return {"pointer": pointer, "code": code, "detail": detail, **derived.facts, **stated.facts}


def _response(entry: Entry, contract: Contract) -> str:
    """What the contract says of the status: as an answer of the operation, or of any."""
    operation, status = entry.operation, entry.status or 0
    if operation is not None and status in operation.responses:
        return operation.responses[status].pointer
    if status in contract.unrouted:
        return contract.unrouted[status].pointer
    return operation.pointer if operation is not None else "/paths"


def _oauth_error(entry: Entry) -> tuple[str, str] | None:
    """Error and description of RFC 6749 that an answer carries: as JSON, or in the address that it redirects to."""
    status = entry.status or 0
    if status < 300 or entry.operation is None:
        return None
    if status < 400:
        location = dict(entry.response_headers).get(b"location", b"").decode("latin-1")
        given: Mapping[str, Any] = dict(parse_qsl(urlsplit(location).query))
    else:
        try:
            given = orjson.loads(entry.answered)
        except ValueError:
            # A page for a person, who can't be sent back with an error.
            return "invalid_request", "The page that was answered says why."
    error = given.get("error") if isinstance(given, dict) else None
    return (error, str(given.get("error_description", ""))) if isinstance(error, str) else None


def _security(refused: _Refused) -> Clause | None:
    operation = refused.entry.operation
    if operation is None:
        return None
    schemes = dict.fromkeys(scheme for each in operation.alternatives for scheme in each)
    return Clause(operation.security, {"schemes": list(schemes)})


def _parameter(refused: _Refused) -> Clause | None:
    """The schema of the first parameter that is wrong; of one that there isn't, the operation that lacks it."""
    operation = refused.entry.operation
    name = refused.refusal.errors[0].parameter if refused.refusal.errors else None
    if operation is None or name is None:
        return None
    for parameter in operation.parameters:
        if parameter.name == name:
            return Clause(parameter.pointer, {"parameter": name})
    return Clause(operation.pointer, {"parameter": name})


def _body(refused: _Refused) -> Clause | None:
    operation = refused.entry.operation
    if operation is None or operation.body is None:
        return None
    pointers = operation.body.media_types
    media_type = essence(refused.entry.header(b"content-type"))
    return Clause(pointers.get(media_type) or next(iter(pointers.values())))


def _media_types(refused: _Refused) -> Clause | None:
    operation = refused.entry.operation
    if operation is None or operation.body is None:
        return None
    takes = list(operation.body.media_types)
    return Clause(operation.body.media_types[takes[0]].rpartition("/content/")[0] + "/content", {"takes": takes})


def _missing(refused: _Refused) -> Clause | None:
    operation = refused.entry.operation
    if operation is None:
        return Clause("/paths")
    names = operation.path_names
    return Clause(facts={"parameter": names[-1]} if names else {})


def _window(refused: _Refused) -> Clause | None:
    """The window that had no room, by the name that was noted."""
    noted = refused.refusal.clause.facts.get("window") if refused.refusal.clause is not None else None
    for number, window in enumerate(refused.contract.policy.rate_limits):
        if window.name == noted:
            return Clause(f"/x-rate-limits/{number}", {"limit": window.limit, "window_seconds": window.window_seconds})
    return None


def _bound(member: str) -> Callable[[_Refused], Clause]:
    def derive(refused: _Refused) -> Clause:
        return Clause(f"{LIMITS}/{member}", {"limit": getattr(refused.contract.policy.request_limits, member)})

    return derive


_BY_CODE: Mapping[str, Callable[[_Refused], Clause | None]] = MappingProxyType(
    {
        "missing_credentials": _security,
        "invalid_token": _security,
        "conflicting_credentials": _security,
        "invalid_request": _parameter,
        "invalid_body": _body,
        "invalid_webhook_url": _body,
        "unsupported_media_type": _media_types,
        "not_found": _missing,
        "rate_limited": _window,
        "body_too_large": _bound("body_bytes"),
        "uri_too_long": _bound("url_bytes"),
        "headers_too_large": _bound("header_bytes"),
    }
)
