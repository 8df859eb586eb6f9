"""What was last asked of sandboxes that are gone: of the one that a failed test had, everybody wants to know."""

from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

from smartcal_api.journal.entry import Entry, Kept
from smartcal_api.journal.journal import Journal

ENTRIES = 20
SANDBOXES = 100
BYTES = 2 * 1024 * 1024
# What an entry takes besides its bytes.
_OVERHEAD = 512
# An error of OAuth says in its body why it refused, and is never longer.
_BODY = 1024


class Leavings(NamedTuple):
    """The latest entries of a sandbox that is gone, oldest first, and the bytes that they take."""

    sandbox: str
    kept: list[Kept]
    size: int

    @property
    def entries(self) -> Iterator[Entry]:
        return (Entry.of(self.sandbox, each) for each in self.kept)


class Departed:
    """Bounded in sandboxes, in entries of each and in bytes of all; `forgotten` says how many sandboxes went for that.

    Bodies are not kept, but for those that say why a request was refused.
    """

    def __init__(self, *, sandboxes: int = SANDBOXES, size: int = BYTES) -> None:
        self._sandboxes = sandboxes
        self._room = size
        self._left: deque[Leavings] = deque()
        self._size = 0
        self.forgotten = 0

    def __iter__(self) -> Iterator[Leavings]:
        """In the order in which they went."""
        return iter(tuple(self._left))

    def keep(self, sandbox: str, journal: Journal) -> None:
        """To be asked when a sandbox goes; one that was asked nothing leaves nothing."""
        kept = [_without_bodies(each) for each in journal.latest(ENTRIES)]
        size = sum(len(each[1]) + len(each[2]) + _BODY + _OVERHEAD for each in kept)
        if kept:
            self._left.append(Leavings(sandbox, kept, size))
            self._size += size
        while len(self._left) > self._sandboxes or self._size > self._room:
            self._size -= self._left.popleft().size
            self.forgotten += 1


def _without_bodies(kept: Kept) -> Kept:
    head, body = kept[2], kept[4]
    told = isinstance(body, bytes) and len(body) <= _BODY and head.partition(b" ")[2][:1] in (b"3", b"4")
    return (*kept[:3], b"", body if told else b"", *kept[5:])
