"""Why what was asked for can't be staged; nothing has changed then."""

from collections.abc import Sequence

from smartcal_api.errors import Invalid, SmartCalError


class Refusal(SmartCalError):
    """The message says what is wrong and what to do; each fault points into what was given."""

    def __init__(self, detail: str, faults: Sequence[Invalid] = ()) -> None:
        super().__init__(detail)
        self.detail = detail
        self.faults = tuple(faults)


class Unfit(Refusal):
    """What was given doesn't fit the contract, or the resources that are there."""

    def __init__(self, *faults: Invalid) -> None:
        first = faults[0]
        where = f"{first.pointer} " if first.pointer else ""
        super().__init__(f"The document can't be taken: {where}{first.detail}", faults)


class Absent(Refusal):
    """What was named isn't there."""


class Conflicting(Refusal):
    """The resources that are there are in the way."""


def unfit(pointer: str, detail: str) -> Unfit:
    """The refusal for one fault at one place."""
    return Unfit(Invalid(detail, pointer=pointer))
