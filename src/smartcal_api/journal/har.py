"""Entries as an HTTP archive (HAR 1.2), which browsers' tools and most proxies open."""

from collections.abc import Iterable, Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

from smartcal_api.auth import Secrets
from smartcal_api.clock import format_rfc3339
from smartcal_api.contract import Contract
from smartcal_api.journal.document import Documents, url_root
from smartcal_api.journal.entry import Entry
from smartcal_api.journal.masked import MaskedBodies
from smartcal_api.journal.masks import FORM, Masks, essence

# What has more is shown as its text alone.
_PARAMETERS = 1_000


class Archive:
    """Members that begin with an underscore are ours, as the format allows."""

    def __init__(self, contract: Contract, secrets: Secrets, masked: MaskedBodies, *, root: str) -> None:
        self._root = root
        self._masks = Masks(contract.data, secrets, masked)
        self._documents = Documents(contract, secrets, masked, root=root)

    def document(self, entries: Iterable[Entry], *, creator: str, version: str) -> dict[str, Any]:
        return {
            "log": {
                "version": "1.2",
                "creator": {"name": creator, "version": version},
                "entries": [self._entry(entry) for entry in entries],
            }
        }

    def _entry(self, entry: Entry) -> dict[str, Any]:
        milliseconds = entry.took / 1000
        return {
            "startedDateTime": format_rfc3339(entry.at),
            "time": milliseconds,
            "request": self._request(entry),
            "response": self._response(entry),
            "cache": {},
            "timings": {"send": 0, "wait": milliseconds, "receive": 0},
            "_serial": entry.serial,
            "_request_id": entry.request_id,
            "_operation": entry.operation and entry.operation.id,
            "_clause": self._documents.clause(entry),
        }

    def _request(self, entry: Entry) -> dict[str, Any]:
        target = self._masks.target(entry.path, entry.query)
        request = {
            "method": entry.method,
            "url": url_root(entry, self._root) + target,
            "httpVersion": f"HTTP/{entry.version}",
            "cookies": [],
            "headers": self._headers(entry.request_headers),
            "queryString": _pairs(target.partition("?")[2]),
            "headersSize": -1,
            "bodySize": len(entry.received),
        }
        if entry.received:
            media_type = essence(entry.header(b"content-type"))
            text = self._masks.body(entry.received, media_type) or ""
            posted: dict[str, Any] = {"mimeType": media_type, "text": text}
            if media_type == FORM and text.count("&") < _PARAMETERS:
                posted["params"] = _pairs(text)
            request["postData"] = posted
        return request

    def _response(self, entry: Entry) -> dict[str, Any]:
        headers = dict(entry.response_headers)
        body, media_type = entry.answered, essence(headers.get(b"content-type", b""))
        return {
            "status": entry.status or 0,  # as browsers write a connection that was dropped
            "statusText": _phrase(entry.status),
            "httpVersion": f"HTTP/{entry.version}",
            "cookies": [],
            "headers": self._headers(entry.response_headers),
            "content": {"size": len(body), "mimeType": media_type, "text": self._masks.body(body, media_type) or ""},
            "redirectURL": self._masks.header(b"location", headers.get(b"location", b"")),
            "headersSize": -1,
            "bodySize": len(body),
        }

    def _headers(self, headers: Sequence[tuple[bytes, bytes]]) -> list[dict[str, str]]:
        return [
            {"name": self._masks.text(name.decode("latin-1")), "value": self._masks.header(name, value)}
            for name, value in headers
        ]


def _pairs(query: str) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in parse_qsl(query, keep_blank_values=True)]


def _phrase(status: int | None) -> str:
    try:
        return HTTPStatus(status or 0).phrase
    except ValueError:
        return ""
