"""What came of an attempt."""

from dataclasses import dataclass

INVALID = "breaks_the_contract"
"""The error of what was not sent, since the contract does not know it so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A `status`, or the class of an `error` with its `detail`; `duration` is of real time, in nanoseconds.

    `head` is the beginning of the answer's body, `retry_after` the seconds that the receiver asked for.
    """

    duration: int
    status: int | None = None
    error: str | None = None
    detail: str = ""
    head: bytes = b""
    retry_after: int | None = None

    @property
    def success(self) -> bool:
        return self.status is not None and 200 <= self.status < 300
