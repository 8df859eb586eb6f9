"""One recorded call."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl

Fields = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Call:
    """`target` is path and query as they were sent. What wasn't recorded is None."""

    method: str
    target: str
    status: int | None
    at: datetime | None
    caller: str
    request_headers: Fields | None = None
    request_body: bytes | None = None
    response_headers: Fields | None = None
    response_body: bytes | None = None

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def query(self) -> list[tuple[str, str]]:
        return parse_qsl(self.target.partition("?")[2], keep_blank_values=True)

    def header(self, name: str) -> str | None:
        """The value of a header of the request."""
        return next((value for each, value in self.request_headers or () if each.lower() == name.lower()), None)
