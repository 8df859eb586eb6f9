"""Keeps the latest entries of a sandbox, and wakes those who wait for one."""

import asyncio
from collections import deque
from collections.abc import Iterator
from itertools import islice

from smartcal_api.journal.entry import Entry
from smartcal_api.journal.wanted import Wanted

ENTRIES = 1_000
BYTES = 8 * 1024 * 1024
# What an entry takes besides the bytes that came and went.
_OVERHEAD = 2_048


class Journal:
    """Bounded in entries and in bytes; `dropped` says how many went for that. Serials count on whatever goes.

    It tells what happened, so no restored snapshot takes anything back from it.
    """

    def __init__(self, *, entries: int = ENTRIES, size: int = BYTES) -> None:
        self._entries: deque[Entry] = deque()
        self._most = entries
        self._most_bytes = size
        self._bytes = 0
        self._waiting: list[asyncio.Future[None]] = []
        self.next_serial = 1
        self.dropped = 0
        """Since it was last cleared."""

    def append(self, entry: Entry) -> None:
        entries = self._entries
        entry.serial = self.next_serial
        self.next_serial += 1
        entry.size += _OVERHEAD
        self._bytes += entry.size
        entries.append(entry)
        while len(entries) > self._most or (self._bytes > self._most_bytes and len(entries) > 1):
            self._bytes -= entries.popleft().size
            self.dropped += 1
        if self._waiting:
            for waiter in self._waiting:
                if not waiter.done():
                    waiter.set_result(None)
            self._waiting.clear()

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def first_serial(self) -> int:
        """Of the oldest entry that is kept."""
        return self.next_serial - len(self._entries)

    def since(self, serial: int) -> Iterator[Entry]:
        """The entries from that serial on, oldest first."""
        return islice(self._entries, max(0, serial - self.first_serial), None)

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
        self._entries.clear()
        self._bytes = self.dropped = 0
