"""Keeps the latest entries of a sandbox, and wakes those who wait for one."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from smartcal_api.journal.entry import Entry, Kept
from smartcal_api.journal.masked import MaskedBodies
from smartcal_api.journal.wanted import Wanted

ENTRIES = 1_000
BYTES = 8 * 1024 * 1024
HEAD_BYTES = 1024
"""A head of no more than that is small: nobody adds it up."""
# What is shown of large bodies may take so many times that: masked and percent-encoded they are longer.
_MASKED = 3
# What an entry takes besides the bytes that came and went.
_OVERHEAD = 512


class Journal:
    """Bounded in entries and in bytes; `dropped` says how many went for that. Serials count on whatever goes.

    It tells what happened, so no restored snapshot takes anything back from it.
    """

    def __init__(self, sandbox: str, *, entries: int = ENTRIES, size: int = BYTES) -> None:
        self._sandbox = sandbox
        self._kept: deque[Kept] = deque(maxlen=entries)
        # As many small ones as there may be take half of the bytes, and nobody has to add them up.
        self._small = size // 2 // entries - _OVERHEAD - 2 * HEAD_BYTES
        self.small = self._small
        """The largest body, in bytes, that takes no making room, where it is the only one and the heads are small."""
        self._large: list[tuple[int, int]] = []
        """Serial and bytes of those for which room had to be made, as far as they are not known to have gone."""
        self._large_bytes = 0
        self._most_large_bytes = size - size // 2
        self.listed: object = None
        """The documents of the latest list. Who polls gets the same again and again, which are charged once."""
        self.masked = MaskedBodies(_MASKED * size)
        self._waiting: list[asyncio.Future[None]] = []
        self._begun = 1
        self.next_serial = self._begun
        """Of the entry to be appended next; who appends it counts on."""
        self.append: Callable[[Kept], None] = self._kept.append
        """Runs with every request, and no code of ours is in the way unless somebody waits."""

    def make_room(self, serial: int, size: int) -> None:
        """To be asked before that entry, of so many bytes, is appended, unless it is small."""
        kept, large, room = self._kept, self._large, self._most_large_bytes
        large.append((serial, size + _OVERHEAD))
        self._large_bytes += size + _OVERHEAD
        self._forget(self.first_serial)  # what went for the number of entries
        while self._large_bytes > room and kept:
            self._forget(kept.popleft()[0] + 1)
            self.listed = None  # the entry that was charged for it may be gone
        # What is too large beside any other goes before the next, of whatever size.
        self.small = -1 if self._large_bytes > room else self._small

    def _forget(self, first: int) -> None:
        """Charges no more for what has gone before that serial."""
        large = self._large
        while large[0][0] < first:
            self._large_bytes -= large.pop(0)[1]

    def __len__(self) -> int:
        return len(self._kept)

    @property
    def dropped(self) -> int:
        """Since it was last cleared."""
        return self.first_serial - self._begun

    @property
    def first_serial(self) -> int:
        """Of the oldest entry that is kept."""
        return self._kept[0][0] if self._kept else self._begun

    def since(self, serial: int) -> Iterator[Entry]:
        """The entries from that serial on that there are now, oldest first; to be read when and wherever one likes."""
        first = max(serial, self.first_serial)
        kept = list(islice(self._kept, first - self.first_serial, None))
        return (Entry.of(self._sandbox, each) for each in kept)

    def latest(self, most: int) -> list[Kept]:
        """The last ones as they are kept, oldest first."""
        return list(self._kept)[-most:]

    def budgets(self) -> set[str]:
        """Those of the credentials that what is kept came with."""
        return {each[9].budget for each in self._kept if each[9] is not None}

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

    def resume(self, entries: Iterable[Kept]) -> None:
        """Goes on, in an empty journal, from what another process has kept."""
        for each in entries:
            if not self._kept:
                self._begun = self.next_serial = max(1, each[0])
            body = each[4] if isinstance(each[4], bytes) else b""
            self.make_room(self.next_serial, sum(map(len, (*each[1:4], body))))
            self._kept.append((self.next_serial, *each[1:]))
            self.next_serial += 1

    def clear(self) -> None:
        self._begun = self.next_serial
        self._kept.clear()
        self.masked.clear()
        self.listed = None
        self._large.clear()
        self._large_bytes = 0
        self.small = self._small

    def _append_and_wake(self, kept: Kept) -> None:
        self._kept.append(kept)
        self.append = self._kept.append
        for waiter in self._waiting:
            if not waiter.done():
                waiter.set_result(None)
        self._waiting.clear()
