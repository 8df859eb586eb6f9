"""A database that fails where a test wants it to."""

import sqlite3
from collections.abc import Sequence
from typing import Any

FULL, LOCKED, BROKEN = "database or disk is full", "database is locked", "disk I/O error"
DAMAGED = "database disk image is malformed"
CODES = {
    FULL: sqlite3.SQLITE_FULL,
    LOCKED: sqlite3.SQLITE_BUSY,
    BROKEN: sqlite3.SQLITE_IOERR_WRITE,
    DAMAGED: sqlite3.SQLITE_CORRUPT_INDEX,
}


class FailingConnection:
    """A connection whose n-th statement from now on fails, before it does anything, or each one that begins so."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.real = connection
        self.statements_left: int | None = None
        self.message, self.rolls_back = "", False
        self.failed, self.committed = "", False
        self._refused: tuple[str, ...] = ()

    def refuse(self, message: str, *beginnings: str) -> None:
        self._refused, self.message = beginnings, message

    def arm(self, nth: int, message: str, *, rolls_back: bool = False) -> None:
        self.statements_left, self.message, self.rolls_back = nth, message, rolls_back
        self.failed, self.committed = "", False

    def disarm(self) -> None:
        self.statements_left, self._refused = None, ()

    def execute(self, statement: str, parameters: Sequence[object] = ()) -> sqlite3.Cursor:
        self._count(statement)
        return self.real.execute(statement, parameters)

    def executemany(self, statement: str, rows: Any) -> sqlite3.Cursor:
        self._count(statement)
        return self.real.executemany(statement, rows)

    def rollback(self) -> None:
        self.real.rollback()

    def close(self) -> None:
        self.real.close()

    @property
    def in_transaction(self) -> bool:
        return self.real.in_transaction

    @property
    def text_factory(self) -> Any:
        return self.real.text_factory

    @text_factory.setter
    def text_factory(self, factory: Any) -> None:
        self.real.text_factory = factory

    def serialize(self) -> bytes:
        return self.real.serialize()

    def _count(self, statement: str) -> None:
        if statement.startswith(self._refused):
            raise self._error()
        if self.statements_left is None or self.failed:
            return
        if self.statements_left == 0:
            self.failed = statement
            if self.rolls_back and self.in_transaction:
                self.real.rollback()  # as SQLite itself does at some failures
            raise self._error()
        self.statements_left -= 1
        self.committed |= statement == "COMMIT"

    def _error(self) -> sqlite3.OperationalError:
        error = sqlite3.OperationalError(self.message)
        error.sqlite_errorcode = CODES[self.message]
        return error
