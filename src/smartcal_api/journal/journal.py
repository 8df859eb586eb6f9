"""Keeps the latest entries of a sandbox, and wakes those who wait for one."""

import asyncio
from collections import deque
from collections.abc import Iterator
from itertools import islice

from smartcal_api.journal.entry import Entry, Kept
from smartcal_api.journal.wanted import Wanted

ENTRIES = 1_000
BYTES = 4 * 1024 * 1024
# What an entry takes besides the bytes that came and went.
_OVERHEAD = 512


class Journal:
    """Bounded in entries and in bytes; `dropped` says how many went for that. Serials count on whatever goes.

    It tells what happened, so no restored snapshot takes anything back from it.
    """

    def __init__(self, *, entries: int = ENTRIES, size: int = BYTES) -> None:
        self._kept: deque[Kept] = deque()
        self._most = entries
        self._most_bytes = size
        self._bytes = 0
        self._waiting: list[asyncio.Future[None]] = []
        self.next_serial = 1
        self.dropped = 0
        """Since it was last cleared."""

    def append(self, kept: Kept) -> None:
        self._kept.append(kept)
        self.next_serial += 1
        self._bytes += kept[0] + _OVERHEAD
        if self._bytes > self._most_bytes or len(self._kept) > self._most:
            self._drop()
        if self._waiting:
            self._wake()

    def __len__(self) -> int:
        return len(self._kept)

    @property
    def first_serial(self) -> int:
        """Of the oldest entry that is kept."""
        return self.next_serial - len(self._kept)

    def since(self, serial: int) -> Iterator[Entry]:
        """The entries from that serial on, oldest first."""
        first = max(serial, self.first_serial)
        kept = islice(self._kept, first - self.first_serial, None)
        return (Entry.of(number, each) for number, each in enumerate(kept, first))

    def missing(self, serial: int) -> int:
        """How many entries from that serial on were dropped."""
        return min(self.dropped, max(0, self.first_serial - max(serial, 1)))

    def find(self, wanted: Wanted, since: int) -> Iterator[Entry]:
        return filter(wanted.matches, self.since(since))

    async def wait(self, wanted: Wanted, since: int) -> Entry:
        """The first match at or after `since`, one that is there already or one to come."""
        while True:
            found = next(self.find(wanted, since), None)
            if found is not None:
                return found
            since = max(since, self.next_serial)
            arrival = asyncio.get_running_loop().create_future()
            self._waiting.append(arrival)
            try:
                await arrival
            finally:
                if arrival in self._waiting:
                    self._waiting.remove(arrival)

    def clear(self) -> None:
        self._kept.clear()
        self._bytes = self.dropped = 0

    def _drop(self) -> None:
        while len(self._kept) > self._most or (self._bytes > self._most_bytes and len(self._kept) > 1):
            self._bytes -= self._kept.popleft()[0] + _OVERHEAD
            self.dropped += 1

    def _wake(self) -> None:
        for waiter in self._waiting:
            if not waiter.done():
                waiter.set_result(None)
        self._waiting.clear()
