"""`RateLimit` and `RateLimit-Policy`, where the contract names them (draft-ietf-httpapi-ratelimit-headers-10)."""

from collections.abc import Iterator

from smartcal_api.clock import NANOSECONDS
from smartcal_api.contract import Operation
from smartcal_api.contract.policy import RateLimitHeaders
from smartcal_api.sandbox import Sandbox
from smartcal_api.sandbox.limits import Admission, Window


class RateLimitFields:
    """`names` says how the two are called; one that isn't named isn't sent."""

    def __init__(self, names: RateLimitHeaders) -> None:
        self._state, self._policy = names.state, names.policy

    def of(self, sandbox: Sandbox, admission: Admission, operation: Operation | None) -> Iterator[tuple[str, str]]:
        """The names and values for one answer."""
        windows = [*sandbox.limits.windows]
        if operation is not None and operation.rate_limits:
            windows[:0] = sandbox.limits.operations.windows(operation)
        if self._policy is not None:
            yield self._policy, ", ".join(map(_quota, windows))
        if self._state is not None:
            binding = next((each for each in windows if each.limit == admission.limit), windows[0])
            reset = f";t={admission.retry_after}" if admission.retry_after is not None else ""
            yield self._state, f"{_quoted(binding.name)};r={admission.remaining}{reset}"


def _quota(window: Window) -> str:
    return f"{_quoted(window.name)};q={window.limit};w={window.nanoseconds // NANOSECONDS}"


def _quoted(name: str) -> str:
    """A String of structured fields (RFC 9651 section 3.3.3)."""
    text = name.encode("ascii", "replace").decode("ascii").replace("\\", "\\\\").replace('"', '\\"')
    return f'"{"".join(each if each.isprintable() else "?" for each in text)}"'
