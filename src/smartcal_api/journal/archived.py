"""An HTTP archive (HAR 1.2), of whoever wrote it, as the documents that a journal has of its entries."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

# (method, path) → the operationId of the contract, or None.
Operations = Callable[[str, str], str | None]
_NOWHERE = "/paths"


def documents(archive: Any, operations: Operations, *, request_id: str) -> Iterator[dict[str, Any]]:
    """In their order, numbered from 1; what is not an exchange of HTTP is passed over. `request_id` is the header that
    an answer has its id in. Raises `ValueError` for no archive."""
    try:
        entries = archive["log"]["entries"]
        iterator = iter(entries)
    except (LookupError, TypeError):
        raise ValueError("it has no log.entries") from None
    number = 0
    for entry in iterator:
        with suppress(LookupError, TypeError, ValueError, AttributeError):
            document = _document(entry, operations, request_id.lower())
            number += 1
            yield {"serial": number, **document}


def _document(entry: Mapping[str, Any], operations: Operations, request_id: str) -> dict[str, Any]:
    request, response = entry["request"], entry.get("response") or {}
    parts, status = urlsplit(request["url"]), int(response.get("status") or 0) or None
    answer = _message(response, (response.get("content") or {}).get("text"))
    headers = answer["headers"]
    return {
        "time": _instant(str(entry["startedDateTime"])),
        "duration_ms": float(entry.get("time") or 0),
        "principal": None,
        "operation": entry.get("_operation") or operations(request["method"], parts.path),
        "method": str(request["method"]),
        "path": parts.path + (f"?{parts.query}" if parts.query else ""),
        "status": status,
        "request_id": str(entry.get("_request_id") or headers.get(request_id) or ""),
        "request": _message(request, (request.get("postData") or {}).get("text")),
        "response": answer if status else None,
        "clause": entry.get("_clause") or _refusal(answer["body"]),
        "faults": [],
    }


def _message(message: Mapping[str, Any], body: str | None) -> dict[str, Any]:
    """Without the fields of HTTP/2 that begin with a colon."""
    fields = [(str(each["name"]).lower(), str(each["value"])) for each in message.get("headers") or ()]
    return {"headers": {name: value for name, value in fields if not name.startswith(":")}, "body": body or None}


def _refusal(body: str | None) -> dict[str, Any] | None:
    """What a problem says of itself (RFC 9457)."""
    with suppress(ValueError, TypeError, LookupError):
        problem = json.loads(body or "")
        return {"pointer": _NOWHERE, "code": str(problem["code"]), "detail": str(problem.get("detail", ""))}
    return None


def _instant(stamp: str) -> str:
    """To the second: what is finer is of no use in a list."""
    whole, _, rest = stamp.partition(".")
    return whole + rest.lstrip("0123456789") if rest else whole
