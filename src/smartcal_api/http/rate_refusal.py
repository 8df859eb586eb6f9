"""How a request is refused that a budget has no room for (laws RATE)."""

from smartcal_api.clock import NANOSECONDS, format_rfc3339
from smartcal_api.errors import Clause, Problem
from smartcal_api.sandbox import Sandbox
from smartcal_api.sandbox.limits import Admission


class RateRefusal:
    """`retry_after` is the header that says when there is room, `control` where the control plane is."""

    def __init__(self, *, retry_after: str, control: str) -> None:
        self._retry_after, self._control = retry_after, control

    def of(self, sandbox: Sandbox, admission: Admission, *, pointer: str | None = None) -> Problem:
        """Of a refused one; `pointer` leads to the limit where that is an operation's own."""
        seconds = admission.retry_after or 0
        plane = f"POST {self._control}/sandboxes/{sandbox.name}"
        wait = f"Wait {seconds} s, as {self._retry_after} says, and send the request again."
        if admission.asked_for:
            clause = Clause(facts={"asked_for": True})
            detail = f"This sandbox was asked to refuse requests. {wait} ({plane}/limits/refuse takes that back.)"
        else:
            # Whole seconds, as the header has them: by then there is room.
            room_at = format_rfc3339(admission.room_at + NANOSECONDS - 1)
            clause = Clause(pointer, facts={"window": admission.window, "room_at": room_at})
            whose = " of this operation" if pointer is not None else ""
            detail = f"The limit of {admission.limit} requests{whose} is used up for this window. {wait}"
            if sandbox.clock.frozen:
                detail += (
                    f' The clock of this sandbox stands still: {plane}/clock/advance {{"by": {seconds}}} moves it.'
                )
        return Problem("rate_limited", detail, headers={self._retry_after: seconds}, clause=clause)
