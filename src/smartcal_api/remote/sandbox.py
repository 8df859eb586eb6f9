"""One sandbox of a server, as its control plane lets it be seen and moved."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from smartcal_api.remote.control import Control

# Where a test runs, pytest shows its own line, and none of these.
__tracebackhide__ = True


class Sandbox:
    """Thin: each method is one request, and answers what that answers. Raises what `Control.request` raises."""

    def __init__(self, control: Control, name: str = "default") -> None:
        self.control = control
        self.name = name
        self._path = f"/sandboxes/{quote(name, safe='')}"

    def describe(self) -> dict[str, Any]:
        return self.get("")  # type: ignore[no-any-return]  # JSON

    def story(self, serial: int) -> str:
        """The URL at which the dashboard tells of a request, also when the sandbox is gone."""
        query = urlencode({"sandbox": self.name, "request": serial})
        return f"{self.control.target.control_url}/?{query}"

    def delete(self) -> None:
        self.control.delete(self._path)

    def get(self, path: str, **query: Any) -> Any:
        return self.control.get(self._path + path, **query)

    def post(self, path: str, body: Any = None, *, patience: float = 0) -> Any:
        return self.control.post(self._path + path, {} if body is None else body, patience=patience)

    def put(self, path: str, body: Any) -> Any:
        return self.control.request("PUT", self._path + path, body)

    def patch(self, path: str, body: Any) -> Any:
        return self.control.request("PATCH", self._path + path, body)

    def remove(self, path: str) -> Any:
        return self.control.delete(self._path + path)

    def advance(self, by: str | float, *, timeout: float = 30) -> dict[str, Any]:
        return self.post("/clock/advance", {"by": by, "timeout_seconds": timeout}, patience=timeout)  # type: ignore[no-any-return]  # JSON

    def trigger(self, event_type: str, fields: Mapping[str, Any]) -> dict[str, Any]:
        return self.post(f"/triggers/{quote(event_type, safe='')}", dict(fields))  # type: ignore[no-any-return]  # JSON

    def journal(self, **filters: Any) -> Sequence[dict[str, Any]]:
        entries: Sequence[dict[str, Any]] = self.get("/journal", **filters)["data"]
        return entries
