"""How a law ends other than by holding.

Finding
├── Broken          one observation contradicts the law, so that going on is pointless
├── Inconclusive    the means were there, and nothing could be observed: why
└── NotVerified     a means was not given: which

What differs from a choice of the contract alone ends no law: it is a `Deviation` that is kept, and the law goes on.
"""

from typing import TYPE_CHECKING

from smartcal_api.conformance.capability import Capability
from smartcal_api.conformance.deviation import Deviation
from smartcal_api.errors import SmartCalError

if TYPE_CHECKING:
    from smartcal_api.conformance.exchange import Exchange


class Finding(SmartCalError):
    """Raised by a law, or by what it asks."""


class Broken(Finding):
    """Carries what was observed and what was to be expected."""

    def __init__(self, deviation: Deviation) -> None:
        super().__init__(deviation.message)
        self.deviation = deviation


class Inconclusive(Finding):
    """The message says what stood in the way."""


class Unreadable(Inconclusive):
    """An answer has another form than the contract decides, so that nothing can be read from it. The same form has the
    same message, whichever law met it; whether it is wrong is for the laws SCHEMA to say."""


class Refused(Inconclusive):
    """A list was refused, so it can't be read."""

    def __init__(self, answer: "Exchange") -> None:
        super().__init__(f"{answer.operation} can't be read: {answer}")
        self.answer = answer


class NotVerified(Finding):
    def __init__(self, capability: Capability) -> None:
        super().__init__(capability.value)
        self.capability = capability
