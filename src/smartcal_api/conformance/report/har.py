"""The evidence as HTTP Archive 1.2, which browsers and proxies open; credentials and people's data are masked."""

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from smartcal_api.conformance.exchange import Exchange
from smartcal_api.conformance.masking import Masks
from smartcal_api.conformance.verdict import Result

CREATOR = "smartcal verify"


def har_report(result: Result, masks: Masks) -> str:
    entries = [_entry(each, result.root, masks) for each in result.evidence]
    creator = {"name": CREATOR, "version": result.contract.version}
    return json.dumps({"log": {"version": "1.2", "creator": creator, "entries": entries}}, ensure_ascii=False) + "\n"


def _entry(exchange: Exchange, root: str, masks: Masks) -> dict[str, Any]:
    url = masks.text(root + exchange.target)
    milliseconds = round(exchange.seconds * 1000, 3)
    request: dict[str, Any] = {
        "method": exchange.method,
        "url": url,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _headers(exchange.request_headers, masks),
        "queryString": [
            {"name": name, "value": value} for name, value in parse_qsl(urlsplit(url).query, keep_blank_values=True)
        ],
        "headersSize": -1,
        "bodySize": len(exchange.request_body),
    }
    if exchange.request_body:
        kind = next((value for name, value in exchange.request_headers if name.lower() == "content-type"), "")
        request["postData"] = {"mimeType": kind, "text": _text(exchange.request_body, masks)}
    return {
        "startedDateTime": datetime.fromtimestamp(exchange.began, UTC).isoformat(),
        "time": milliseconds,
        "request": request,
        "response": {
            "status": exchange.status,
            "statusText": "",
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": _headers(exchange.headers, masks),
            "content": {
                "size": len(exchange.body),
                "mimeType": exchange.header("Content-Type") or "",
                "text": _text(exchange.body, masks),
            },
            "redirectURL": masks.text(exchange.header("Location") or ""),
            "headersSize": -1,
            "bodySize": len(exchange.body),
        },
        "cache": {},
        "timings": {"send": 0, "wait": milliseconds, "receive": 0},
        "comment": exchange.case + (f" ({exchange.aside})" if exchange.aside else ""),
    }


def _headers(fields: Any, masks: Masks) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in masks.fields(fields)]


def _text(body: bytes, masks: Masks) -> str:
    try:
        return json.dumps(masks.body(json.loads(body)), ensure_ascii=False)
    except (ValueError, RecursionError):
        return masks.text(body.decode("utf-8", "replace"))
