"""What the connections of a server may take: time and number."""

import logging
import resource
from collections.abc import Callable
from typing import NamedTuple

# What this server has been seen to serve well; each takes a few kilobytes.
_MOST = 4096
_log = logging.getLogger("smartcal")
# So many more are told before they are hung up on, and others without a word: that, too, takes a connection.
_TOLD = 64


class Patience(NamedTuple):
    """Seconds, None for ever: for a whole head since it began, and for a body since anything of it came."""

    head: float | None = None
    body: float | None = None


class Connections:
    """`patience` is asked for by each new connection, for a contract that is saved may have another."""

    def __init__(self, *, most: int | None = None, patience: Callable[[], Patience] = Patience) -> None:
        self.patience = patience
        self._most = most
        self._told = False

    def full(self, open_now: int) -> bool:
        """Whether there are too many with the newest; logged once."""
        if self._most is None or open_now <= self._most:
            return False
        if not self._told:
            self._told = True
            _log.warning(
                "%d connections are open, which is the most that --max-connections allows here: more are answered 503.",
                self._most,
            )
        return True

    def overrun(self, open_now: int) -> bool:
        """Whether there are too many even to be told so."""
        return self._most is not None and open_now > self._most + _TOLD


def most_connections() -> int:
    """So many that a quarter of the files that this process may open are left for stores and deliveries."""
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return _MOST if files == resource.RLIM_INFINITY else max(1, min(_MOST, files * 3 // 4))
