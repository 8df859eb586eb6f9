"""Opens the SQLite database of a store, in memory or in a file that one process holds alone."""

import errno
import os
import sqlite3
import stat
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from smartcal_api.errors import UsageError

FORMAT = 2
_APPLICATION_ID = 0x5343_4150  # "SCAP", in the header of every file that we write

# In `meta`, what is of a store and not of its data: an image that takes their place leaves it as it is.
BEGAN, OPENED = "began", "opened"
_OWN = (BEGAN, OPENED)

# The tables of what lets somebody in.
CREDENTIALS = ("keys", "oauth_clients", "oauth_tokens", "oauth_grants", "oauth_tickets")

_TABLES = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE serials (kind TEXT PRIMARY KEY, next INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE keys (
    digest BLOB PRIMARY KEY, owner INTEGER NOT NULL, scopes TEXT NOT NULL, label TEXT NOT NULL,
    created_at INTEGER NOT NULL, expires_at INTEGER, revoked_at INTEGER
) WITHOUT ROWID;
CREATE TABLE webhook_secrets (webhook TEXT PRIMARY KEY, secret TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE webhook_failures (webhook TEXT PRIMARY KEY, exhausted INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE webhook_events (
    id TEXT PRIMARY KEY, owner INTEGER NOT NULL, type TEXT NOT NULL, created_at INTEGER NOT NULL, body BLOB NOT NULL
);
CREATE TABLE deliveries (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, event TEXT NOT NULL, webhook TEXT NOT NULL, url TEXT NOT NULL,
    state TEXT NOT NULL, cause TEXT NOT NULL, tries INTEGER NOT NULL, attempts INTEGER NOT NULL, due_at INTEGER
);
CREATE INDEX deliveries_due ON deliveries (due_at, number) WHERE state = 'pending';
CREATE INDEX deliveries_of ON deliveries (webhook, state);
CREATE TABLE attempts (
    delivery TEXT NOT NULL, number INTEGER NOT NULL, cause TEXT NOT NULL, at INTEGER NOT NULL,
    duration INTEGER NOT NULL, status INTEGER, error TEXT, detail TEXT NOT NULL, head BLOB NOT NULL, next_at INTEGER,
    misbehaviour TEXT, PRIMARY KEY (delivery, number)
) WITHOUT ROWID;
CREATE TABLE oauth_clients (
    id TEXT PRIMARY KEY, secret BLOB, name TEXT NOT NULL, redirect_uris TEXT NOT NULL, scopes TEXT,
    development INTEGER NOT NULL, created_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE oauth_grants (
    id INTEGER PRIMARY KEY, code BLOB NOT NULL UNIQUE, client TEXT NOT NULL, owner INTEGER NOT NULL,
    scopes TEXT NOT NULL, redirect_uri TEXT NOT NULL, challenge TEXT, expires_at INTEGER NOT NULL,
    used_at INTEGER, revoked_at INTEGER, kept_until INTEGER NOT NULL
);
CREATE TABLE oauth_tokens (
    digest BLOB PRIMARY KEY, grant_id INTEGER NOT NULL, kind TEXT NOT NULL, scopes TEXT NOT NULL,
    expires_at INTEGER NOT NULL, used_at INTEGER, revoked_at INTEGER
) WITHOUT ROWID;
CREATE TABLE oauth_tickets (digest BLOB PRIMARY KEY, expires_at INTEGER NOT NULL) WITHOUT ROWID;
"""


def open_memory() -> sqlite3.Connection:
    connection = _connect()
    _prepare(connection)
    return connection


def image_of(connection: sqlite3.Connection) -> bytes:
    """The whole database as bytes."""
    return without_wal(connection.serialize())


def without_wal(database: bytes) -> bytes:
    """A file is in WAL mode, which a database in memory can't be opened in (SQLite file format, section 1.3.3)."""
    return b"".join((database[:18], b"\x01\x01", memoryview(database)[20:]))


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
    except sqlite3.Error as error:
        connection.close()
        raise UsageError(f"{path}: {_refusal(error)}") from None
    except BaseException:
        connection.close()
        raise
    return connection


def _connect() -> sqlite3.Connection:
    return sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False, cached_statements=64)


def _make_private(path: Path) -> None:
    """Makes the file here and not by SQLite, for the mode: webhook secrets are in it in clear.

    One that is there is not opened: closing it again would drop the locks that this process may have on it.
    """
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
    if objects:
        check_format(connection, path, instead="give --store a file of its own")
    connection.execute("COMMIT")
    connection.execute("PRAGMA journal_mode = WAL")
    # With WAL, NORMAL loses nothing committed when the process is killed; only a power cut can take the last commits.
    connection.execute("PRAGMA synchronous = NORMAL")
    if not objects:
        _prepare(connection)


def check_format(connection: sqlite3.Connection, path: Path, *, instead: str) -> None:
    """Raises `UsageError` for a database that another program made, or another version of this one."""
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if application != _APPLICATION_ID:
        raise UsageError(f"{path}: is a database of another program; {instead}.")
    if version != FORMAT:
        raise UsageError(
            f"{path}: has store format {version}, and this version of smartcal reads format {FORMAT}; "
            "use the version that wrote it, or a new file."
        )


def _prepare(connection: sqlite3.Connection) -> None:
    connection.executescript(
        f"BEGIN IMMEDIATE; PRAGMA application_id = {_APPLICATION_ID}; PRAGMA user_version = {FORMAT}; {_TABLES} COMMIT;"
    )


def _refusal(error: sqlite3.Error) -> str:
    message = str(error)
    if "locked" in message:
        return "is in use by another smartcal; stop that one, or give --store another file."
    if "not a database" in message:
        return "is no database; give --store a file that smartcal made, or one that doesn't exist yet."
    return f"can't be used as a store: {message}."
