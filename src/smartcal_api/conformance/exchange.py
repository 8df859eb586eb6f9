"""One request and its answer: the evidence that every verdict rests on."""

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from smartcal_api.conformance.credential import Credential
from smartcal_api.conformance.findings import Broken

Fields = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Exchange:
    """`target` is path and query as sent; `credential` whose it was, if one was sent. `aside` says why
    it is no answer of the target to a law: a 429 that was waited out, or something on the way."""

    number: int
    case: str
    operation: str | None
    method: str
    target: str
    request_headers: Fields
    request_body: bytes
    credential: Credential | None
    status: int
    headers: Fields
    body: bytes
    began: float
    seconds: float
    aside: str = ""

    def header(self, name: str) -> str | None:
        """The value of a header; of several, all of them (RFC 9110 section 5.3)."""
        values = [value for given, value in self.headers if given.lower() == name.lower()]
        return ", ".join(values) if values else None

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def media_type(self) -> str:
        return (self.header("Content-Type") or "").partition(";")[0].strip().lower()

    @cached_property
    def json(self) -> Any:
        """The body; no JSON is a broken law, whichever asked."""
        try:
            return json.loads(self.body)
        except ValueError:
            raise Broken(f"{self} answered {len(self.body)} bytes that are no JSON.", kind="no-json") from None

    @property
    def code(self) -> str | None:
        """The code of a problem; None where there is none."""
        try:
            body = json.loads(self.body)
        except ValueError:
            return None
        return body.get("code") if isinstance(body, dict) else None

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    def __str__(self) -> str:
        return f"{self.method} {self.target} → {self.status}"
