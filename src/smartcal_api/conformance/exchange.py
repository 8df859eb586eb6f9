"""One request and its answer: the evidence that every verdict rests on."""

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from smartcal_api.conformance.credential import Credential
from smartcal_api.conformance.findings import Unreadable

Fields = tuple[tuple[str, str], ...]


class Body(dict[str, Any]):
    """A JSON object of an answer: a member that it hasn't can't be read, which is nobody's mistake here."""

    def __missing__(self, name: str) -> Any:
        raise Unreadable(f"an answer has no member {name!r}, so what depends on it can't be read")


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
        """The body; what isn't JSON can't be read."""
        try:
            return json.loads(self.body, object_hook=Body)
        except (ValueError, RecursionError):
            where = self.operation or self.path[:80]
            raise Unreadable(f"{where} answered {self.status} with a body that isn't JSON") from None

    @property
    def object(self) -> Body:
        """The body as an object; anything else can't be read."""
        found = self.json
        if not isinstance(found, Body):
            where = self.operation or self.path[:80]
            raise Unreadable(f"{where} answered {self.status} with a body that isn't a JSON object")
        return found

    @property
    def problem(self) -> dict[str, Any]:
        """The members of a refusal; none where its body isn't a JSON object."""
        try:
            return self.object
        except Unreadable:
            return {}

    @property
    def code(self) -> str | None:
        """The code of a problem; None where there is none."""
        found = self.problem.get("code")
        return found if isinstance(found, str) else None

    @property
    def coded(self) -> str:
        """Status and code, in words."""
        return f"{self} with {f'the code {self.code}' if self.code else 'no code'}"

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    def __str__(self) -> str:
        return f"{self.method} {self.target} → {self.status}"
