"""Keeps a run below the limits: knows what each budget has left, and waits before it would be refused."""

import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence

from smartcal_api.conformance.control import Control
from smartcal_api.conformance.credential import Credential
from smartcal_api.conformance.exchange import Exchange
from smartcal_api.conformance.findings import Inconclusive
from smartcal_api.contract import Policy

Waiting = Callable[[float, str], None]
"""Is told of each wait before it: seconds, and whose budget it is for."""
NOBODY = "address"
"""The budget of requests without a valid credential."""
_WHOLE = 4
"""So many answers in a row that show a whole budget: nothing is counted. A bucket may be full again once or twice."""
_IN_VAIN = 2
"""So many waits for a budget that was refused all the same: no more are waited out in real time."""


class Budget:
    """One credential's requests of this run, and what the headers said last."""

    def __init__(self) -> None:
        self.sent: deque[float] = deque()
        self.remaining: int | None = None
        self.limit: int | None = None
        self.seen_at = 0.0
        self.whole = 0
        """How many answers in a row showed all of it left."""
        self.unlimited = False
        """Whether the headers show that nothing is counted: a sandbox with its limits off."""
        self.waited = False
        """Whether it was waited for since it was last used."""
        self.in_vain = 0
        """How many waits in a row have ended in a 429."""


class Pacing:
    """`moment` is monotonic seconds, plus what a control plane has moved the target's clock by.

    `reserve` requests of each window are left to others, and the rest is shared by so many `jobs`. `deadline` ends the
    run: whoever would have to wait longer is inconclusive.
    """

    def __init__(
        self,
        policy: Policy,
        control: Control | None,
        *,
        reserve: int = 0,
        jobs: int = 1,
        deadline: float | None = None,
        waiting: Waiting | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._windows = sorted((each.window_seconds, each.limit // jobs) for each in policy.rate_limits)
        self._seconds = {each.limit: each.window_seconds for each in policy.rate_limits}
        self._names = policy.rate_limit_headers
        self._control = control
        self.reserved = -(-reserve // jobs)
        self._deadline = deadline
        self._waiting = waiting
        self._clock = clock
        self._sleep = sleep
        self._budgets: dict[str, Budget] = {}
        self._refills = False
        """Whether a budget was ever seen to have more room after a wait than before."""
        self.waited_seconds = 0.0
        self.throttled = 0

    def moment(self) -> float:
        return self._control.moment() if self._control else self._clock()

    def rest(self) -> None:
        """Waits, by the clock of a control plane, until every budget is whole."""
        if self._control is not None:
            self._control.advance(self._windows[-1][0] + 1)
            for budget in self._budgets.values():
                budget.sent.clear()
                budget.remaining = None

    def now(self) -> float:
        """Seconds of real time, from some instant on."""
        return self._clock()

    def rest_for(self, seconds: float) -> None:
        """Waits in real time, whatever the target's clock does."""
        self._sleep(seconds)

    def over(self) -> bool:
        """Whether the run has used up its time."""
        return self._deadline is not None and self._clock() > self._deadline

    def budget(self, name: str) -> Budget:
        return self._budgets.setdefault(name, Budget())

    def choose(self, candidates: Sequence[Credential]) -> Credential:
        """The one that can be used soonest; of equals the one with the most left."""
        return min(candidates, key=lambda each: (self._delay(each.value), -self._left(each.value)))

    def free(self, credentials: Iterable[Credential], requests: int) -> bool:
        """Whether so many requests go through without a wait."""
        return self._control is not None or sum(self._left(each.value) for each in credentials) >= requests

    def before(self, name: str, *, room: int = 1) -> None:
        """Waits until the budget has room for so many requests."""
        while (delay := self._delay(name, room)) > 0:
            self.pause(delay, name)

    def pause(self, seconds: float, name: str) -> None:
        """Waits by the clock of the control plane, else in real time: that helps only where the target's time is real,
        too, so whoever waits in vain is inconclusive and waits no more."""
        if self._control is not None:
            # Whole seconds, and one more: the target's clock and this one don't start a second together.
            self._control.advance(int(seconds) + 2)
            return
        self._hope(name)
        if self._deadline is not None and self._clock() + seconds > self._deadline:
            raise Inconclusive(f"--budget ran out: a budget has room only in {seconds:.0f} s")
        if self._waiting is not None:
            self._waiting(seconds, name)
        self.waited_seconds += seconds
        self.budget(name).waited = True
        self._sleep(seconds + 0.05)

    def after(self, name: str, exchange: Exchange) -> None:
        """Learns from the headers of an answer, whatever its status."""
        budget = self.budget(name)
        waited, budget.waited = budget.waited, False
        if exchange.status != 429:
            budget.sent.append(self.moment())
            budget.in_vain = 0
        elif waited:
            budget.in_vain += 1
        limit, remaining = (exchange.header(each) for each in (self._names.limit, self._names.remaining))
        if limit is None or remaining is None or not limit.isdigit() or not remaining.isdigit():
            return
        whole = exchange.status != 429 and int(remaining) >= int(limit)
        budget.whole = budget.whole + 1 if whole else 0
        budget.unlimited = budget.whole >= _WHOLE
        if waited and exchange.status != 429 and budget.remaining is not None:
            # Our own count can be too high; then there was room before.
            self._refills = self._refills or budget.remaining == 0 or int(remaining) >= budget.remaining
        budget.limit, budget.remaining, budget.seen_at = int(limit), int(remaining), self.moment()

    def retry_after(self, exchange: Exchange) -> float:
        """How long a 429 asks to wait; where it doesn't say, until the shortest window has passed."""
        self.throttled += 1
        stated = exchange.header(self._names.retry_after) or ""
        return float(stated) if stated.isdigit() else float(self._windows[0][0])

    def _hope(self, name: str) -> None:
        """A wait that can't help is inconclusive. A budget that others use up says nothing of the next; two of them,
        and none that ever had more room after a wait, say that the target's clock stands."""
        spent = [each for each in self._budgets.values() if each.in_vain >= _IN_VAIN]
        if len(spent) > 1 and not self._refills:
            raise Inconclusive(
                "no budget has room again however long it is waited for, as if the target's clock stood still: "
                "one with a control plane (--control URL) is moved"
            )
        if self.budget(name) in spent:
            raise Inconclusive(
                f"a budget was waited for {_IN_VAIN} times as the target asked, and had no room: somebody else uses it "
                "up, or the target's clock stands still (one with a control plane is moved: --control URL)"
            )

    def _left(self, name: str) -> int:
        """The fewest requests that any window still takes, by our own count and by what the headers said."""
        budget = self.budget(name)
        if budget.unlimited:
            return self._windows[0][1]
        now = self.moment()
        left = [limit - self._within(budget, seconds, now) for seconds, limit in self._windows]
        if budget.remaining is not None and now - budget.seen_at < self._windows[0][0]:
            left.append(budget.remaining - sum(1 for at in budget.sent if at > budget.seen_at))
        return min(left) - self.reserved

    def _delay(self, name: str, room: int = 1) -> float:
        """Seconds until so many requests fit; 0 where they fit now."""
        budget = self.budget(name)
        if budget.unlimited:
            return 0.0
        now = self.moment()
        delay = 0.0
        for seconds, limit in self._windows:
            usable = max(1, limit - self.reserved)
            over = self._within(budget, seconds, now) + min(room, usable) - usable
            if over > 0:
                sent = [at for at in budget.sent if at > now - seconds]
                delay = max(delay, sent[over - 1] + seconds - now)
        seconds, _ = self._windows[0]
        if budget.remaining is None or budget.limit is None or now - budget.seen_at >= seconds:
            return delay
        if budget.remaining < min(room + self.reserved, budget.limit):
            # Somebody else uses the budget, too, or an earlier run did: the server knows more than our own count.
            window = self._seconds.get(budget.limit, seconds)
            delay = max(delay, min(window, budget.seen_at + seconds - now))
        return delay

    def _within(self, budget: Budget, seconds: float, now: float) -> int:
        while budget.sent and budget.sent[0] <= now - self._windows[-1][0]:
            budget.sent.popleft()
        return sum(1 for at in budget.sent if at > now - seconds)
