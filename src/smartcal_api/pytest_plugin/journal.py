"""What was asked of a test's sandbox and answered, to look at and to assert."""

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

from smartcal_api.pytest_plugin.loop import at_once
from smartcal_api.remote import Refused, Sandbox

# pytest shows the test's own line, and none of these.
__tracebackhide__ = True

# The sandbox isn't in the state that was claimed; whatever else is refused is a mistake of the test.
_CONFLICT = 409
# As the stack is deep, from the line of the test.
_CALLER = 3


class Journal:
    """Filters are those of the control plane: operation, method, path, status (200, "4xx"), request_id, principal.

    A name that nothing can have is refused; a path of no operation is taken, with a warning.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def entries(self, /, **filters: Any) -> Sequence[Mapping[str, Any]]:
        """From the oldest that is kept to the latest."""
        found = self._sandbox.get("/journal", **filters)
        _warn(found)
        entries: Sequence[Mapping[str, Any]] = found["data"]
        return entries

    def wait_for(self, /, *, timeout: float = 10, **filters: Any) -> Mapping[str, Any]:
        """The first match, waited for in real time; fails with `AssertionError`."""

        def wait(seconds: float) -> Mapping[str, Any]:
            body = {**filters, "timeout_seconds": seconds}
            found: Mapping[str, Any] = self._claim("/journal/wait", body, patience=seconds)
            return found

        return at_once("journal.wait_for", wait, timeout)

    def assert_count(self, /, count: int, **filters: Any) -> None:
        """Exactly so many requests match; fails with what was seen instead."""
        _warn(self._claim("/journal/assert", {**filters, "count": count}))

    def _claim(self, path: str, body: Mapping[str, Any], *, patience: float = 0) -> Any:
        try:
            return self._sandbox.post(path, body, patience=patience)
        except Refused as refused:
            if refused.status != _CONFLICT:
                raise
            raise AssertionError(refused.in_full()) from None


def _warn(answer: Mapping[str, Any]) -> None:
    for note in answer.get("notes", ()):
        warnings.warn(note, stacklevel=_CALLER)
