"""How a law ends other than by holding.

Finding
├── Broken          one observation contradicts the law
├── Inconclusive    the means were there, and nothing could be observed: why
└── NotVerified     a means was not given: which
"""

from smartcal_api.conformance.capability import Capability
from smartcal_api.errors import SmartCalError


class Finding(SmartCalError):
    """Raised by a law, or by what it asks."""


class Broken(Finding):
    """What was observed and what was to be expected. `clause` is the pointer into the contract, if it isn't the law's;
    `kind` tells two ways of breaking one law apart, for a baseline: it holds no id and no date."""

    def __init__(self, message: str, *, clause: str | None = None, kind: str = "") -> None:
        super().__init__(message)
        self.clause = clause
        self.kind = kind


class Inconclusive(Finding):
    """The message says what stood in the way."""


# What a law runs into where an answer hasn't the shape that it relies on. Whether the answer is wrong is for the laws
# SCHEMA to say.
UNEXPECTED = (LookupError, TypeError, ValueError, AttributeError)


def surprised(error: Exception) -> Inconclusive:
    """The finding for one of them."""
    return Inconclusive(f"an answer hadn't the shape to go on with: {type(error).__name__}: {str(error)[:200]}")


class NotVerified(Finding):
    def __init__(self, capability: Capability) -> None:
        super().__init__(capability.value)
        self.capability = capability
