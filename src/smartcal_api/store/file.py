"""Opens the SQLite database of a store, in memory or in a file that one process holds alone."""

import errno
import os
import sqlite3
import stat
from collections.abc import Iterable
from contextlib import closing, suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

from smartcal_api.errors import UsageError
from smartcal_api.store.held import kept_of, wal_of
from smartcal_api.store.layout import check, prepare
from smartcal_api.store.refusal import UNREADABLE, code_of, damage

# Where a file's header says that it is in WAL mode, and what says that it is not (SQLite file format, section 1.3).
_MODE_AT, _NO_WAL = 18, b"\x01\x01"
# From so many bytes on, copying them at once would stop the whole process for too long.
_LARGE = 16 * 1024 * 1024

# In `meta`, what is of a store and not of its data: an image that takes their place leaves it as it is.
BEGAN, OPENED = "began", "opened"
_OWN = (BEGAN, OPENED)

_INSTEAD = "give --store a file of its own"
# Of a WAL that holds no change yet (SQLite file format, section 4.1).
_WAL_HEADER_BYTES = 32


def open_memory() -> sqlite3.Connection:
    connection = _connect()
    prepare(connection)
    return connection


def image_of(connection: sqlite3.Connection) -> bytes:
    """The whole database as bytes."""
    (pages,), (size,) = (connection.execute(f"PRAGMA {each}").fetchone() for each in ("page_count", "page_size"))
    if pages * size >= _LARGE:
        with suppress(OSError, sqlite3.Error):  # no room for it there
            return _by_way_of_a_file(connection)
    return without_wal(connection.serialize())


def _by_way_of_a_file(connection: sqlite3.Connection) -> bytes:
    """Other threads go on: neither a backup nor reading a file keeps the interpreter, as `serialize` does."""
    with NamedTemporaryFile(prefix="smartcal-", buffering=0) as file:
        with closing(sqlite3.connect(file.name, isolation_level=None)) as copy:
            copy.execute("PRAGMA journal_mode = OFF")
            copy.execute("PRAGMA synchronous = OFF")
            connection.backup(copy)
        file.seek(_MODE_AT)
        file.write(_NO_WAL)
        file.seek(0)
        return file.read()


def without_wal(database: bytes) -> bytes:
    """A file is in WAL mode, which a database in memory can't be opened in (SQLite file format, section 1.3.3)."""
    end = _MODE_AT + len(_NO_WAL)
    if database[_MODE_AT:end] == _NO_WAL:
        return database
    return b"".join((database[:_MODE_AT], _NO_WAL, memoryview(database)[end:]))


def open_image(image: bytes) -> sqlite3.Connection:
    """A copy in memory of what `Store.image` gave."""
    connection = _connect()
    copy_image(image, connection)
    return connection


def copy_image(image: bytes, connection: sqlite3.Connection) -> None:
    """Page by page: a database that is deserialised stays beside its own page cache, and takes twice the memory."""
    with closing(deserialised(image)) as source:
        source.backup(connection)


def replace_by_image(image: bytes, connection: sqlite3.Connection, statements: Iterable[str]) -> None:
    """Puts an image, as these statements leave it, in the place of all but what is the store's own."""
    own = connection.execute("SELECT CAST(name AS BLOB), CAST(value AS BLOB) FROM meta WHERE name IN (?, ?)", _OWN)
    kept = [(name.decode(), value.decode()) for name, value in own]
    with closing(deserialised(image)) as source:
        for statement in statements:
            source.execute(statement)
        source.execute("DELETE FROM meta WHERE name IN (?, ?)", _OWN)
        source.executemany("INSERT INTO meta VALUES (?, ?)", kept)
        source.backup(connection)


def deserialised(image: bytes) -> sqlite3.Connection:
    """A database in memory for a short while: it is there at once, and its pages are those of the image."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.deserialize(image)
    return connection


def open_file(path: Path) -> sqlite3.Connection:
    """The database in `path`, made if there is none, readable by its owner alone; raises `UsageError`.

    One connection holds it exclusively for as long as it is open: SQLite up to 3.51.2 can corrupt a WAL database that
    two connections write, and a second server would serve answers out of date.
    """
    try:
        _make_private(path)
        connection = sqlite3.connect(path.absolute(), isolation_level=None, check_same_thread=False, timeout=0)
    except OSError as error:
        raise UsageError(f"{path}: can't be opened as a store: {error.strerror}.") from None
    except sqlite3.Error as error:
        raise UsageError(f"{path}: {_refusal(error)}") from None
    try:
        _claim(connection, path)
    except UNREADABLE as error:
        connection.close()
        raise UsageError(f"{path}: {_refusal(error)}") from None
    except BaseException:
        connection.close()
        raise
    return connection


def _connect() -> sqlite3.Connection:
    return sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False, cached_statements=64)


def _refuse_remains(path: Path) -> None:
    """Changes that no file has taken tell that there was data: that file was deleted, emptied or replaced meanwhile."""
    kept, wal = kept_of(path), wal_of(path)
    if kept.exists():
        raise UsageError(
            f"{path}: was changed by something else while a server had it open, whose last changes are in {kept.name}; "
            f"see that the file is the one you want, and move {kept.name} away."
        )
    empty = not path.exists() or path.stat().st_size == 0
    if empty and _has_changes(wal):
        state = "is empty" if path.exists() else "is missing"
        raise UsageError(
            f"{path}: {state}, but {wal.name} beside it has the last changes of a store that was there; put a copy of "
            f"the store back, or move {wal.name} away to begin anew."
        )


def _has_changes(wal: Path) -> bool:
    return wal.exists() and wal.stat().st_size > _WAL_HEADER_BYTES


def _make_private(path: Path) -> None:
    """Makes the file here and not by SQLite, for the mode: webhook secrets are in it in clear.

    One that is there is not opened: closing it again would drop the locks that this process may have on it.
    """
    if path.name:  # else it is a folder
        _refuse_remains(path)
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o600))
    except FileExistsError:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            kind = "Is a directory" if stat.S_ISDIR(status.st_mode) else "Is not a regular file"
            raise OSError(errno.EINVAL, kind) from None
        if not os.access(path, os.R_OK | os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES)) from None
        if status.st_size == 0:
            path.chmod(0o600)


def _claim(connection: sqlite3.Connection, path: Path) -> None:
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")
    connection.execute("BEGIN EXCLUSIVE")
    (objects,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    # SQLite takes a file of a single byte for an empty one, and reads what a page lacks as zeros.
    ((size,), (pages,)) = (connection.execute(f"PRAGMA {name}").fetchone() for name in ("page_size", "page_count"))
    if 0 < path.stat().st_size < size * max(pages, 1) and not _has_changes(wal_of(path)):
        raise UsageError(f"{path}: is not a database, or was cut off; {_INSTEAD}, or a copy from before.")
    if objects:
        check(connection, path, instead=_INSTEAD)
    connection.execute("COMMIT")
    connection.execute("PRAGMA journal_mode = WAL")
    # With WAL, NORMAL loses nothing committed when the process is killed; only a power cut can take the last commits.
    connection.execute("PRAGMA synchronous = NORMAL")
    if not objects:
        prepare(connection)


def _refusal(error: Exception) -> str:
    code = code_of(error)
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return "is in use by another smartcal; stop that one, or give --store another file."
    if code == sqlite3.SQLITE_NOTADB:
        return "is not a database; give --store a file that smartcal made, or one that doesn't exist yet."
    if (found := damage(error)) is not None:
        return f"is damaged ({found}); {_INSTEAD}, or a copy from before."
    return f"can't be used as a store: {error}."
