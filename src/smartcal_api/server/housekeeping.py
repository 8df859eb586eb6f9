"""What a server does now and then while it serves."""

import asyncio
import logging
import os
from collections.abc import Callable
from pathlib import Path

from smartcal_api.journal.counts import Counts
from smartcal_api.sandbox.registry import Registry
from smartcal_api.server.memory import Memory

_LOOK_SECONDS = 1.0
_REAP_SECONDS = 30.0
_STALL_SECONDS = 0.25
_log = logging.getLogger("smartcal")


async def reap_idle(registry: Registry) -> None:
    """Removes sandboxes whose test runs were killed before they could, and gives back what the removed ones took."""
    memory, removed = Memory(), 0
    while True:
        await asyncio.sleep(_REAP_SECONDS)
        for name in registry.reap():
            _log.info("the sandbox %s was idle for its ttl and is gone", name)
        if registry.removed != removed:
            removed = registry.removed
            await registry.background.run(memory.give_back)


async def watch_stalls(counts: Counts) -> None:
    """Looks how late the loop comes to what was due, which is how long somebody held it up."""
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + _STALL_SECONDS
        await asyncio.sleep(_STALL_SECONDS)
        counts.longest_stall = max(counts.longest_stall, loop.time() - due)


async def stop_with(process: int, stop: Callable[[], None]) -> None:
    """Stops the server once a process has ended, for whoever started it may be killed."""
    while is_running(process):
        await asyncio.sleep(_LOOK_SECONDS)
    _log.warning("the process %s has ended, and so does this server", process)
    stop()


def is_running(process: int) -> bool:
    """Whether a process is there, by its id, and has not ended yet."""
    try:
        os.kill(process, 0)
        # One that has ended is still there until its parent asks how.
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:  # no such file system here
        return True
    except ProcessLookupError:
        return False
    except PermissionError:  # somebody else's, and there
        return True
