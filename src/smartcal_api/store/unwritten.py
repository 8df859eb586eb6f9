"""What the database could not take yet, and is seen all the same."""

import sqlite3
from collections.abc import Iterable, Sequence

from smartcal_api.store.collection import Collection, column_name, quoted
from smartcal_api.store.originals import Originals

# What is tried again while a disk is full costs no more than this many documents.
_BATCH = 100


class Unwritten:
    """Newer documents of a collection, in memory, and a view of its table that has them in the place of the stored.

    The view is temporary and has the table's name, which SQLite looks up among the temporary ones first: whoever reads
    the table reads the view. Whoever writes begins a transaction, and that writes these first.
    """

    def __init__(self, connection: sqlite3.Connection, name: str, collection: Collection) -> None:
        self.collection = collection
        self._name = name
        self._connection = connection
        self._view = f"temp.{collection.table}"
        self._stored = f"main.{collection.table}"
        self._newer = f"temp.{quoted(f'unwritten {collection.name}')}"

    def show(self, rows: Iterable[tuple[str, str]]) -> None:
        """Puts documents as JSON text, by id, over those that are stored."""
        if not self._connection.execute("SELECT 1 FROM temp.sqlite_master LIMIT 1").fetchone():
            self._make()
        self._connection.executemany(
            f"INSERT OR REPLACE INTO {self._newer} (rowid, id, owner, document) "
            f"SELECT rowid, id, owner, ? FROM {self._stored} WHERE id = ?",
            ((document, identifier) for identifier, document in rows),
        )

    def write(self, originals: Originals) -> bool:
        """Stores the first of them, in the caller's transaction; whether that was all."""
        rows = self._rows(f"LIMIT {_BATCH}")
        self._store_in(self._connection, rows, originals)
        if len(rows) < _BATCH:
            self.forget()
            return True
        self._connection.executemany(f"DELETE FROM {self._newer} WHERE id = ?", [(row[0],) for row in rows])
        return False

    def forget(self) -> None:
        self._connection.execute(f"DROP VIEW IF EXISTS {self._view}")
        self._connection.execute(f"DROP TABLE IF EXISTS {self._newer}")

    def store_in(self, image: sqlite3.Connection) -> None:
        """Stores them in a copy of the database."""
        self._store_in(image, self._rows(), Originals(image).read())

    def _rows(self, some: str = "") -> list[tuple[str, int, str]]:
        found = self._connection.execute(f"SELECT id, owner, document FROM {self._newer} {some}")
        return [(identifier.decode(), owner, document.decode()) for identifier, owner, document in found]

    def _store_in(
        self, database: sqlite3.Connection, rows: Sequence[tuple[str, int, str]], originals: Originals
    ) -> None:
        if self._name in originals.edits:
            rows = list(originals.carried(self.collection, self._name, rows))
        update = f"UPDATE {self._stored} SET document = ? WHERE id = ?"
        database.executemany(update, [(document, identifier) for identifier, _, document in rows])

    def _make(self) -> None:
        # In memory: a disk that is full has no room for temporary files either.
        self._connection.execute("PRAGMA temp_store = MEMORY")
        fields = "".join(f", {quoted(name)} {definition}" for name, definition in self.collection.columns())
        self._connection.execute(f"CREATE TABLE {self._newer} (id UNIQUE, owner, document{fields})")
        columns = ", ".join(quoted(column_name(field)) for field in ("id", *self.collection.fields))
        select = f"SELECT rowid AS rowid, owner, document, {columns} FROM"
        self._connection.execute(
            f"CREATE VIEW {self._view} AS {select} {self._stored} WHERE id NOT IN (SELECT id FROM {self._newer}) "
            f"UNION ALL {select} {self._newer}"
        )
