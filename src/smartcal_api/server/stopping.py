"""Stopping: in order, as far as that takes no more than a few seconds, and after those all the same."""

import os
import threading
from collections.abc import Callable
from types import TracebackType

REQUESTS_SECONDS = 2.5
"""How long what is in flight may take when the server stops."""
DELIVERIES_SECONDS = 1.0
"""And how long deliveries may after that: what is broken off is delivered again when the store is opened next."""
ALL_SECONDS = 4.5
"""How long the process may take, whatever hangs: a container's runtime kills it after ten."""


class Stopping:
    """From the first `begin` the process has `ALL_SECONDS`, from the second none.

    Ending it at any instant loses nothing that was acknowledged (law STORE 2). Within the context, `farewell` is called
    before it is ended like that.
    """

    def __init__(self, farewell: Callable[[], None]) -> None:
        self._farewell = farewell
        self._timer: threading.Timer | None = None

    def begin(self) -> None:
        """May be called by a signal handler."""
        if self._timer is not None:
            self._end()
        self._timer = threading.Timer(ALL_SECONDS, self._end)
        self._timer.daemon = True
        self._timer.start()

    def __enter__(self) -> "Stopping":
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _end(self) -> None:
        """Says nothing: whoever holds the lock of a log may be what hangs."""
        self._farewell()
        os._exit(0)


def leave_threads() -> None:
    """Ends the process if a thread would keep it, such as one that waits for a name server; all else is done."""
    threads = threading.enumerate()
    if any(each is not threading.main_thread() and not each.daemon for each in threads):
        os._exit(0)
