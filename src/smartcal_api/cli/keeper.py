"""Keeps a command for as long as whoever asked for it is there, however that ends: a program of its own, in between.

It stays in the same terminal and process group, so that Ctrl-C reaches the command as it would without. Imports nothing
but the standard library: its start is part of the command's.
"""

import ctypes
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

# prctl(2)
_SET_DEATH_SIGNAL, _SET_SUBREAPER = 1, 36
_CANNOT_RUN = 126


class Keeper:
    """All that the command starts are descendants of this process, whatever becomes of their parents.

    `watched` is a pipe whose other end is held by whoever asked; `telling` takes why a command can't be run. SIGTERM is
    passed on to the command; a second one kills it, with all that it has started.
    """

    def __init__(self, watched: int, telling: int) -> None:
        self._watched, self._telling = watched, telling
        self._terminated = False
        self._killing = threading.RLock()

    def run(self, command: list[str]) -> int:
        """The exit code of the command; as a shell has it, 128 and the signal's number where one ended it."""
        _prctl(_SET_SUBREAPER, 1)
        try:
            process = subprocess.Popen(command, preexec_fn=_die_with_parent)  # noqa: S603  # what the user asked to run
        except OSError as error:
            os.write(self._telling, (error.strerror or str(error)).encode())
            return _CANNOT_RUN
        os.close(self._telling)
        for theirs in (signal.SIGINT, signal.SIGHUP):  # of the terminal, which the command has, too
            signal.signal(theirs, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, lambda *_: self._terminate(process))
        threading.Thread(target=self._watch, args=(process,), daemon=True).start()
        code = process.wait()
        with self._killing:  # what it has started may not be over yet
            return code if code >= 0 else 128 - code

    def _terminate(self, process: "subprocess.Popen[bytes]") -> None:
        if self._terminated:
            self._kill(process)
        self._terminated = True
        process.send_signal(signal.SIGTERM)

    def _watch(self, process: "subprocess.Popen[bytes]") -> None:
        os.read(self._watched, 1)  # returns when nobody holds the other end any more
        with self._killing:
            self._kill(process)
            os._exit(128 + signal.SIGKILL)

    def _kill(self, process: "subprocess.Popen[bytes]") -> None:
        """Until there are none: who is killed may have started another in between."""
        with self._killing:
            process.kill()
            while left := _descendants(os.getpid()):
                for each in left:
                    _kill(each)


def _die_with_parent() -> None:
    """In the command's process, before it is the command: for the case that the keeper itself is killed."""
    _prctl(_SET_DEATH_SIGNAL, signal.SIGKILL)


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def _descendants(ancestor: int) -> list[int]:
    """The processes that a process has started, and those that these have; without those that have ended."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            state, parent, *_ = (folder / "stat").read_text(errors="replace").rpartition(")")[2].split()
        except OSError:  # it has ended meanwhile
            continue
        if state not in "ZX":
            children.setdefault(int(parent), []).append(int(folder.name))
    found: list[int] = []
    waiting = [ancestor]
    while waiting:
        below = children.get(waiting.pop(), [])
        found += below
        waiting += below
    return found


def _kill(process: int) -> None:
    try:
        os.kill(process, signal.SIGKILL)
    except ProcessLookupError:  # it has ended meanwhile
        return


if __name__ == "__main__":
    sys.exit(Keeper(int(sys.argv[1]), int(sys.argv[2])).run(sys.argv[3:]))
