"""What was asked of a test's sandbox and answered, to look at and to assert."""

from collections.abc import Mapping, Sequence
from typing import Any

from smartcal_api.remote import Refused, Sandbox


class Journal:
    """Filters are those of the control plane: operation, method, path, status (200, "4xx"), request_id, principal."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def entries(self, **filters: Any) -> Sequence[Mapping[str, Any]]:
        """From the oldest that is kept to the latest."""
        return self._sandbox.journal(**filters)

    def wait_for(self, *, timeout: float = 10, **filters: Any) -> Mapping[str, Any]:
        """The first match, waited for in real time; fails with `AssertionError`."""
        try:
            body = {**filters, "timeout_seconds": timeout}
            found: Mapping[str, Any] = self._sandbox.post("/journal/wait", body, patience=timeout)
        except Refused as refused:
            raise AssertionError(str(refused)) from None
        return found

    def assert_count(self, count: int, **filters: Any) -> None:
        """Exactly so many requests match; fails with what was seen instead."""
        try:
            self._sandbox.post("/journal/assert", {**filters, "count": count})
        except Refused as refused:
            raise AssertionError(str(refused)) from None
