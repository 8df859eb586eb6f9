"""Keeps the latest entries of a sandbox, and wakes those who wait for one."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from itertools import count, islice

from smartcal_api.journal.entry import Entry, Kept
from smartcal_api.journal.wanted import Wanted

ENTRIES = 1_000
BYTES = 5 * 1024 * 1024
# What an entry takes besides the bytes that came and went.
_OVERHEAD = 512


class Journal:
    """Bounded in entries and in bytes; `dropped` says how many went for that. Serials count on whatever goes.

    It tells what happened, so no restored snapshot takes anything back from it.
    """

    def __init__(self, sandbox: str, *, entries: int = ENTRIES, size: int = BYTES) -> None:
        self._sandbox = sandbox
        self._kept: deque[Kept] = deque(maxlen=entries)
        # As many small ones as there may be take two fifths of the bytes, and nobody has to add them up.
        self._small = size * 2 // 5 // entries - _OVERHEAD
        self.small = self._small
        """The size, in bytes, of the largest entry for which no room has to be made."""
        self._most_large_bytes = size - size * 2 // 5
        self._large_bytes = 0
        """At most what the others take: what went for the number of entries is found out when it would be too much."""
        self.listed: object = None
        """The documents of the latest list. Who polls gets the same again and again, which are charged once."""
        self._waiting: list[asyncio.Future[None]] = []
        self._begun = 1
        self.number = count(self._begun).__next__
        """Draws the serial of an entry, which is then appended. Both run with every request, and no code of ours is in
        the way unless somebody waits."""
        self.append: Callable[[Kept], None] = self._kept.append

    def make_room(self, size: int) -> None:
        """To be asked before an entry of so many bytes is appended that is not small."""
        kept, small, room = self._kept, self._small, self._most_large_bytes
        own = size + _OVERHEAD if size > small else 0
        left = self._large_bytes + own
        if left > room and len(kept) == kept.maxlen:
            left = own + sum(each[1] + _OVERHEAD for each in kept if each[1] > small)
            room -= room // 4  # more than has to go, so that not every entry has them added up anew
        while left > room and kept:
            gone = kept.popleft()[1]
            if gone > small:
                left -= gone + _OVERHEAD
        self._large_bytes = left
        # What is too large beside any other goes before the next, of whatever size.
        self.small = -1 if left > self._most_large_bytes else small

    def __len__(self) -> int:
        return len(self._kept)

    @property
    def next_serial(self) -> int:
        return self._kept[-1][0] + 1 if self._kept else self._begun

    @property
    def dropped(self) -> int:
        """Since it was last cleared."""
        return self.first_serial - self._begun

    @property
    def first_serial(self) -> int:
        """Of the oldest entry that is kept."""
        return self._kept[0][0] if self._kept else self._begun

    def since(self, serial: int) -> Iterator[Entry]:
        """The entries from that serial on, oldest first."""
        first = max(serial, self.first_serial)
        return (Entry.of(self._sandbox, each) for each in islice(self._kept, first - self.first_serial, None))

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
            self.append = self._append_and_wake
            try:
                await arrival
            finally:
                if arrival in self._waiting:
                    self._waiting.remove(arrival)

    def clear(self) -> None:
        self._begun = self.next_serial
        self._kept.clear()
        self.listed = None
        self._large_bytes = 0

    def _append_and_wake(self, kept: Kept) -> None:
        self._kept.append(kept)
        self.append = self._kept.append
        for waiter in self._waiting:
            if not waiter.done():
                waiter.set_result(None)
        self._waiting.clear()
