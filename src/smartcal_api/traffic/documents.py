"""Recordings that are JSON as a whole: HTTP archives, and our journal."""

import json
from base64 import b64decode
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

from smartcal_api.traffic.call import Call, Fields
from smartcal_api.traffic.callers import Callers

_ODD = (ValueError, LookupError, TypeError, AttributeError, OverflowError)


def calls_of_archive(log: Mapping[str, Any], callers: Callers) -> Iterator[Call | None]:
    """HAR 1.2; None for an entry that is no call."""
    for entry in log["entries"]:
        try:
            yield _of_archive(entry, callers)
        except _ODD:
            yield None


def calls_of_journal(entries: list[Any], callers: Callers) -> Iterator[Call | None]:
    """Entries as the control plane and `smartcal logs --json` show them, whole or in outline."""
    for entry in entries:
        try:
            yield _of_journal(entry, callers)
        except _ODD:
            yield None


def _of_archive(entry: Mapping[str, Any], callers: Callers) -> Call:
    request, response = entry["request"], entry.get("response") or {}
    parts = urlsplit(request["url"])
    headers = _listed(request)
    posted, content = request.get("postData") or {}, response.get("content") or {}
    text = posted.get("text")
    if not text and posted.get("params"):
        text = urlencode([(each["name"], each.get("value") or "") for each in posted["params"]])
    answered = content.get("text")
    if answered is not None:
        answered = b64decode(answered) if content.get("encoding") == "base64" else answered.encode()
    return Call(
        str(request["method"]).upper(),
        parts.path + (f"?{parts.query}" if parts.query else ""),
        int(response["status"]) if response.get("status") else None,
        _moment(entry.get("startedDateTime")),
        callers.of(headers, {}),
        headers,
        (text or "").encode(),
        _listed(response),
        answered,
    )


def _of_journal(entry: Mapping[str, Any], callers: Callers) -> Call:
    principal = entry.get("principal")
    fingerprint = principal.get("fingerprint") if isinstance(principal, dict) else principal
    asked, answered = entry.get("request"), entry.get("response")
    headers = _mapped(asked)
    return Call(
        str(entry["method"]).upper(),
        str(entry["path"]),
        entry.get("status"),
        _moment(entry.get("time")),
        callers.of(headers or (), {}, str(fingerprint or "")),
        headers,
        _body(asked),
        _mapped(answered),
        _body(answered),
    )


def _listed(message: Mapping[str, Any]) -> Fields:
    """Headers without those of HTTP/2 that begin with a colon."""
    fields = ((str(each["name"]), str(each["value"])) for each in message.get("headers") or ())
    return tuple(field for field in fields if not field[0].startswith(":"))


def _mapped(message: Any) -> Fields | None:
    return tuple((name, str(value)) for name, value in message["headers"].items()) if message else None


def _body(message: Any) -> bytes | None:
    """As the journal shows it: JSON as data, anything else as text; None where it wasn't kept."""
    if not message or (message.get("body") is None and message.get("body_bytes")):
        return None
    body = message.get("body")
    return b"" if body is None else body.encode() if isinstance(body, str) else json.dumps(body).encode()


def _moment(stated: Any) -> datetime | None:
    with suppress(ValueError, TypeError):
        found = datetime.fromisoformat(str(stated))
        return found if found.tzinfo else found.astimezone()
    return None
