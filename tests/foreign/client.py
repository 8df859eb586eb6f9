"""Direct requests to a deployment, by nothing that judges."""

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from tests.foreign.deployment import Deployment


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    """By their names in lower case."""
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def ask(
    deployment: Deployment,
    method: str,
    target: str,
    key: str | None = None,
    body: Any = None,
    headers: Mapping[str, str] | None = None,
) -> Reply:
    """`key` is a value; a body that is a mapping goes as JSON, bytes as they are."""
    sent = {"Authorization": f"Bearer {key}"} if key else {}
    if isinstance(body, dict):
        body, sent["Content-Type"] = json.dumps(body, ensure_ascii=False).encode(), "application/json"
    connection = http.client.HTTPConnection(urlsplit(deployment.root).netloc, timeout=20)
    try:
        connection.request(method, target, body, sent | dict(headers or {}))
        answer = connection.getresponse()
        return Reply(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
    finally:
        connection.close()


def ask_for_tokens(deployment: Deployment, headers: Mapping[str, str] | None = None, **form: str) -> Reply:
    """What the token endpoint says to a form."""
    sent = {"Content-Type": "application/x-www-form-urlencoded"} | dict(headers or {})
    return ask(deployment, "POST", "/oauth/token", body=urlencode(form).encode(), headers=sent)


def walk(deployment: Deployment, path: str, key: str, size: int, query: str = "") -> list[dict[str, Any]]:
    """A whole list, page after page."""
    rows: list[dict[str, Any]] = []
    for page in range(1, 1000):
        found = ask(deployment, "GET", f"/api/v1/{path}?page={page}&per_page={size}{query}", key).json["data"]
        rows += found
        if not found:
            return rows
    raise AssertionError("the list has no end")
