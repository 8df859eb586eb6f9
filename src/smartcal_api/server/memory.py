"""Memory given back to the system: what a process frees, the C library may keep (glibc's `mallopt`, `malloc_trim`)."""

import ctypes
from contextlib import suppress
from typing import Any

_M_MMAP_THRESHOLD, _M_ARENA_MAX = -3, -8
# Blocks from so many bytes on are the system's again when they are freed, as long as nobody else raises that.
_OWN_BLOCK = 1 << 17
# Threads beside the loop share their places with it: each with places of its own would keep what it once needed.
_ARENAS = 1


class Memory:
    """Does nothing where the C library is another one."""

    def __init__(self) -> None:
        self._library: Any = None
        with suppress(OSError, AttributeError, TypeError):
            library = ctypes.CDLL(None)
            library.mallopt(_M_MMAP_THRESHOLD, _OWN_BLOCK)
            library.mallopt(_M_ARENA_MAX, _ARENAS)
            library.malloc_trim.argtypes = (ctypes.c_size_t,)
            self._library = library

    def give_back(self) -> None:
        """What is free. It takes some milliseconds for a hundred megabytes, and other threads go on."""
        if self._library is not None:
            self._library.malloc_trim(0)
