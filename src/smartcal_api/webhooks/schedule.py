"""When a delivery that failed is tried again, by the contract's `x-retry-schedule`."""

from random import Random

from smartcal_api.clock import NANOSECONDS
from smartcal_api.contract.policy import RetrySchedule


class Schedule:
    """The delays, drawn under the seed: the same delivery waits as long on any machine (law SBX 2)."""

    def __init__(self, stated: RetrySchedule, *, seed: int) -> None:
        self._stated = stated
        self._seed = seed
        self._longest = max(stated.delays_seconds)
        self.disable_after = stated.disable_after_exhausted
        self.disable_on = stated.disable_on_status

    @property
    def first(self) -> int:
        """Nanoseconds from what happened to the first attempt."""
        return self._stated.delays_seconds[0] * NANOSECONDS

    def delay(self, delivery: str, tries: int, retry_after: int | None) -> int | None:
        """Nanoseconds from the failure of the attempt number `tries` to the next, or None where that was the last.

        A receiver that asks for more time gets it, up to the longest delay that there is; it can't ask for less.
        """
        if tries >= len(self._stated.delays_seconds):
            return None
        stated = self._stated.delays_seconds[tries] * NANOSECONDS
        share = Random(f"{self._seed} {delivery} {tries}").random() * self._stated.jitter_percent / 100
        asked = min(retry_after or 0, self._longest) * NANOSECONDS
        return max(stated - int(stated * share), asked)
