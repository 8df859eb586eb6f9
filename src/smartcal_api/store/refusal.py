"""What SQLite could not do, told apart from what is wrong with a statement."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from smartcal_api.errors import Unavailable

# What is raised about a file that may be anybody's: SQLite's own words about it may quote what can't be decoded.
UNREADABLE = (sqlite3.Error, UnicodeDecodeError)
_FREE = "free it and send the request again"
_REPLACE = "stop the server and start it with a copy of the file from before"
# By SQLite's primary result code: what is the matter, and what to do about it.
_CAUSES = {
    sqlite3.SQLITE_FULL: ("its disk is full", _FREE),
    sqlite3.SQLITE_BUSY: ("its file is locked", _FREE),
    sqlite3.SQLITE_LOCKED: ("its file is locked", _FREE),
    sqlite3.SQLITE_READONLY: ("its file can't be written", "make it writable and send the request again"),
    sqlite3.SQLITE_IOERR: ("its disk can't be read or written", "see to the disk and send the request again"),
    sqlite3.SQLITE_CANTOPEN: ("its file can't be opened", "see to its folder and send the request again"),
}


def unavailable(error: sqlite3.DatabaseError) -> Exception:
    """SQLite's refusal as a 503; a statement that is wrong in itself stays the defect that it is."""
    if "closed database" in str(error):
        return Unavailable("its sandbox was removed meanwhile", "name a sandbox that there is")
    if (found := damage(error)) is not None:
        return Unavailable(f"its file is damaged ({found})", _REPLACE)
    cause = _CAUSES.get(code_of(error))
    return error if cause is None else Unavailable(*cause)


def damage(error: Exception) -> str | None:
    """What is broken in a database, in SQLite's words; None where it refused for another reason."""
    if isinstance(error, UnicodeDecodeError):
        return "it has text that is not UTF-8"
    broken = code_of(error) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
    # The documents are JSON that we wrote, and no statement has any of its own.
    return str(error) if broken or str(error) == "malformed JSON" else None


def code_of(error: Exception) -> int:
    """SQLite's primary result code; 0 for a refusal of Python's."""
    code: int = getattr(error, "sqlite_errorcode", 0)
    return code & 0xFF


@contextmanager
def refusals_told_apart() -> Iterator[None]:
    """What SQLite refuses inside is raised as `unavailable` tells it apart."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise unavailable(error) from error


def in_transaction(connection: sqlite3.Connection) -> bool:
    """Raises `Unavailable` for a connection that was closed, like all else that is asked of one."""
    try:
        return connection.in_transaction
    except sqlite3.ProgrammingError as error:
        raise unavailable(error) from error
