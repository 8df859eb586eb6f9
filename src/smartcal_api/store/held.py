"""The files that a store holds open, which others can delete, replace or change all the same (law STORE 4)."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from smartcal_api.errors import Unavailable

_SAVE = "save what there is (smartcal snapshot save), stop the server, and see to the file"
_REPLACE = "stop the server and start it with a copy of the file from before"


# Of a file: its device, inode, size in bytes, and when its content was last changed, in nanoseconds.
_State = tuple[int, int, int, int]


class Held:
    """A database file and its WAL, as our own last change has left them.

    By their names and times alone: to open a file and close it again would drop SQLite's locks on it.
    """

    def __init__(self, path: Path, pages: Callable[[], int]) -> None:
        """`pages` is what SQLite takes the database to be, in bytes."""
        self._pages = pages
        path = path.absolute()  # a server may change its folder
        self._path, self._wal = path, wal_of(path)
        # As text, for this is asked twice for each change.
        self._names = (str(path), str(self._wal))
        self._known: dict[str, _State] = {}
        self.remember()

    def check(self) -> None:
        """Raises `Unavailable` where something else has changed them, for what is written now would be lost."""
        for name, known in self._known.items():
            state = _state(name)
            if state != known:
                raise Unavailable(*_happened(os.path.basename(name), known, state))

    def remember(self) -> None:
        """To be called whenever we may have changed them.

        One that is smaller was cut off by somebody else, unless it is as large as SQLite takes the database to be: it
        cuts the file itself where a restored database is smaller, whenever the WAL is written into it.
        """
        for name in self._names:
            state = _state(name)
            known = self._known.get(name, state)
            if state is None or known is None or state[:2] != known[:2]:
                continue
            if state[2] >= known[2] or (name == self._names[0] and state[2] == self._pages()):
                self._known[name] = state

    @contextmanager
    def closing(self) -> Iterator[None]:
        """Closed inside, SQLite writes the WAL into the file, whatever that is by now: only if it is ours still.

        Else the WAL is kept under a name of its own, where nothing applies it to a file that it isn't of.
        """
        try:
            self.check()
        except Unavailable:
            if self._wal.exists():
                content = self._wal.read_bytes()
                os.truncate(self._wal, 0)
                yield
                self._wal.unlink(missing_ok=True)
                _write(kept_of(self._path), content)
                return
        yield


def wal_of(path: Path) -> Path:
    """Where SQLite has the changes that it hasn't written into a database file yet."""
    return path.with_name(f"{path.name}-wal")


def kept_of(path: Path) -> Path:
    """Where a server leaves the changes that it couldn't write into a database file, since that wasn't its own."""
    return path.with_name(f"{path.name}-wal.kept")


def _state(name: str) -> _State | None:
    try:
        status = os.stat(name)
    except OSError:
        return None
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def _happened(name: str, known: _State, state: _State | None) -> tuple[str, str]:
    """What somebody has done to a file, and what is to be done about it."""
    if state is None:
        return f"its file {name} was deleted while it was open", _SAVE
    if state[:2] != known[:2]:
        return f"its file {name} was replaced by another while it was open", _SAVE
    how = "was cut off" if state[2] < known[2] else "was changed by something else"
    return f"its file {name} {how} while it was open", _REPLACE


def _write(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY | os.O_CLOEXEC, 0o600), "wb") as file:
        file.write(content)
