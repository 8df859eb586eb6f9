"""Delivers what the outbox of one sandbox holds, from the event loop of the server (laws DELV 4 and 5).

A courier only runs when it is woken, by a record, by an attempt that has ended, or by a timer for the next due time: a
sandbox in which nothing is due costs nothing.
"""

import asyncio
import logging
from asyncio import Future, Task, TimerHandle
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress

from smartcal_api.clock import NANOSECONDS, Clock
from smartcal_api.errors import Unavailable
from smartcal_api.webhooks.lease import Lease
from smartcal_api.webhooks.outbox import Outbox
from smartcal_api.webhooks.outcome import Outcome

Send = Callable[[Lease], Awaitable[Outcome]]
# In flight at once in one sandbox, and to one subscription: a receiver that hangs holds its own places and no more.
MOST, EACH = 256, 8
# What happened first is sent first, as long as its receiver answers: the next to it waits so many seconds of real time.
_HEAD_START = 0.1
# A store that can't be written now is asked again after that many seconds of real time.
_AGAIN = 1.0
# A timer of the loop ends a little early or late; it is set again for what is left, and never for more than a day.
_LONGEST = 86_400.0
_log = logging.getLogger("smartcal")


class Courier:
    """Takes what is due, attempts each in a task of its own, settles what has ended."""

    def __init__(self, outbox: Outbox, clock: Clock, send: Send) -> None:
        self._outbox, self._clock, self._send = outbox, clock, send
        self._flying: dict[Task[Outcome], Lease] = {}
        self._ended: list[tuple[Lease, Outcome]] = []
        self._busy: Counter[str] = Counter()
        self._latest: dict[str, Task[Outcome]] = {}
        self._timer: TimerHandle | None = None
        self._woken = False
        self._closed = False
        self._driven = 0
        self._idle: Future[None] | None = None
        self._loop = asyncio.get_running_loop()
        outbox.on_due, outbox.deliver = self.wake, self.run_due
        self.wake()

    def wake(self) -> None:
        """Has a look soon; not at once, since whoever records is in the middle of a transaction."""
        if not self._woken and not self._closed:
            self._woken = True
            self._loop.call_soon(self._turn)

    async def run_due(self, instant: int) -> None:
        """Delivers everything that is due at this instant, side by side, and what of it is due again at the same one.

        Outcomes count in the order of due time and recording, however long each attempt took. Cancelled, it gives back
        what it had not finished.
        """
        self._driven += 1
        try:
            await self._landed()
            while leases := await self._at(instant):
                tasks = [self._begin(lease) for lease in leases]
                try:
                    outcomes = await asyncio.gather(*tasks)
                except asyncio.CancelledError:
                    await _cancelled(tasks)
                    if not self._closed:
                        self._release(leases)
                    raise
                await self._outbox.turn.free()
                if self._closed:
                    return
                self._outbox.settle(zip(leases, outcomes, strict=True), now=instant)
        finally:
            self._driven -= 1
            self.wake()

    async def _at(self, instant: int) -> list[Lease]:
        await self._outbox.turn.free()
        return [] if self._closed else self._outbox.take(instant, most=MOST, each=MOST, busy={})

    async def close(self, *, grace: float) -> None:
        """Takes nothing more, lets what is on its way finish for so many seconds, and gives the rest back."""
        self._stop()
        if self._flying:
            await asyncio.wait(self._flying, timeout=grace)
        left = {task: lease for task, lease in self._flying.items() if not task.done()}
        await _cancelled(list(left))
        # Callbacks of tasks that are done run later than we do.
        ended = [*self._ended, *((lease, task.result()) for task, lease in self._flying.items() if task not in left)]
        if self._outbox.turn.taken:
            return  # whoever has it has no more than this process
        with suppress(Unavailable):
            self._outbox.settle(ended, now=self._clock.now())
            self._outbox.release(left.values())

    def abandon(self) -> None:
        """Breaks off what is on its way and forgets it, as its sandbox has gone."""
        self._stop()
        for task in self._flying:
            task.cancel()

    def _stop(self) -> None:
        self._closed = True
        self._outbox.on_due = self._outbox.deliver = None
        if self._timer is not None:
            self._timer.cancel()
        if self._idle is not None and not self._idle.done():
            self._idle.set_result(None)

    def _turn(self) -> None:
        self._woken = False
        if self._closed:
            return
        if self._outbox.turn.taken:
            self._outbox.turn.when_free(self.wake)
            return
        try:
            now = self._clock.now()
            if self._ended:
                self._outbox.settle(self._ended, now=now)
                self._ended = []
            # Whoever moves the clock delivers what falls due on the way.
            if not self._driven:
                self._start(now)
                self._set_timer(now)
        except Unavailable as error:
            _log.error("deliveries wait: %s", error.detail)
            self._loop.call_later(_AGAIN, self.wake)
        if self._idle is not None and not self._flying and not self._ended and not self._idle.done():
            self._idle.set_result(None)

    def _start(self, now: int) -> None:
        for lease in self._outbox.take(now, most=MOST - len(self._flying), each=EACH, busy=self._busy):
            task = self._begin(lease)
            self._flying[task] = lease
            self._busy[lease.webhook] += 1
            task.add_done_callback(self._land)

    def _land(self, task: Task[Outcome]) -> None:
        if self._closed or task.cancelled():
            return  # by `close`, which looks after them, or by the end of the loop
        lease = self._flying.pop(task)
        self._busy[lease.webhook] -= 1
        if not self._busy[lease.webhook]:
            del self._busy[lease.webhook]
        self._ended.append((lease, task.result()))
        self.wake()

    def _begin(self, lease: Lease) -> Task[Outcome]:
        webhook = lease.webhook
        task = self._loop.create_task(self._attempt(lease, self._latest.get(webhook)))
        self._latest[webhook] = task

        def forget(ended: Task[Outcome]) -> None:
            if self._latest.get(webhook) is ended:
                del self._latest[webhook]

        task.add_done_callback(forget)
        return task

    async def _attempt(self, lease: Lease, before: Task[Outcome] | None) -> Outcome:
        if before is not None:
            await asyncio.wait([before], timeout=_HEAD_START)
        try:
            return await self._send(lease)
        except Exception:
            # A defect of ours must neither lose a delivery nor hold its place for ever.
            _log.exception("%s: a defect of this server", lease.id)
            return Outcome(duration=0, error="internal_error", detail="the server's log has the reason")

    def _release(self, leases: list[Lease]) -> None:
        if self._outbox.turn.taken:
            self._outbox.turn.when_free(lambda: self._release(leases))
        else:
            self._outbox.release(leases)

    def _set_timer(self, now: int) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        due = None if self._clock.frozen else self._outbox.next_due(after=now)
        if due is not None:
            self._timer = self._loop.call_later(min((due - now) / NANOSECONDS, _LONGEST), self.wake)

    async def _landed(self) -> None:
        """Until nothing is on its way any more, and all that was has been settled."""
        while not self._closed and (self._flying or self._ended):
            self._idle = self._loop.create_future()
            self.wake()
            await self._idle


async def _cancelled(tasks: "list[Task[Outcome]]") -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
