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


class NotVerified(Finding):
    def __init__(self, capability: Capability) -> None:
        super().__init__(capability.value)
        self.capability = capability
