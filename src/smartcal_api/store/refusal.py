"""What SQLite could not do, told apart from what is wrong with a statement."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from smartcal_api.errors import Unavailable

_CAUSES = {"full": "its disk is full", "locked": "its file is locked", "readonly": "its file can't be written"}


def unavailable(error: sqlite3.DatabaseError) -> Exception:
    """SQLite's refusal as a 503; a statement that is wrong in itself stays the defect that it is."""
    if "closed database" in str(error):
        return Unavailable("its sandbox was removed meanwhile")
    if isinstance(error, sqlite3.OperationalError) or type(error) is sqlite3.DatabaseError:
        message = str(error)
        if not message.startswith(("no such", "near ")):
            return Unavailable(next((words for sign, words in _CAUSES.items() if sign in message), message))
    return error


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
