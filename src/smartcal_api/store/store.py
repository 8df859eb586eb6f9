"""Resources as JSON documents in SQLite, beside the few columns that filters and order need."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any

import orjson

from smartcal_api.errors import Unavailable
from smartcal_api.store.collection import Row
from smartcal_api.store.file import deserialised, image_of, replace_by_image
from smartcal_api.store.held import Held
from smartcal_api.store.originals import EDITS, Edit, Originals, Rewritten, Stored, write_edits
from smartcal_api.store.reading import Reading, Shapes
from smartcal_api.store.refusal import in_transaction, refusals_told_apart
from smartcal_api.store.schema import Indexes, make_indexes, make_tables, outgrown
from smartcal_api.store.turn import Turn
from smartcal_api.store.unwritten import Unwritten

_SMALL = 500  # resources, see `make_indexes`


class Store(Reading):
    """One SQLite connection, used by one thread at a time. Documents go in as dicts and come out as JSON bytes.

    Whatever SQLite can't do (a full disk, a lock) is `Unavailable`, and nothing has changed (law STORE 3).
    """

    def __init__(self, connection: sqlite3.Connection, collections: Shapes, *, small: int = _SMALL) -> None:
        super().__init__(connection)
        self.path: Path | None = None
        """Of its file."""
        self._held: Held | None = None
        self.turn = Turn()
        self._small = small
        self._originals = Originals(connection)
        self.behind = False
        """Whether something that is seen could not be written yet."""
        self.adopt(collections)

    def hold(self, path: Path) -> None:
        """From now on nothing is written unless this file is what our last change has left (law STORE 4)."""
        self.path, self._held = path, Held(path, self._pages)

    # -- writing

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside happens, or nothing. One inside of another is part of it."""
        if in_transaction(self._connection):
            yield
            return
        if self.behind:
            self.catch_up()
        self._check_file()
        self.query("BEGIN IMMEDIATE")
        indexes, edits = self._indexes, self._originals.edits
        try:
            yield
            self.query("COMMIT")
        except BaseException:
            self._forget_all()
            self._indexes, self._originals.edits = indexes, edits
            # A failed COMMIT leaves the transaction open; some failures have rolled it back already.
            if in_transaction(self._connection):
                self._connection.rollback()
            raise
        finally:
            self._remember_file()

    def show(self, collection: str, documents: Iterable[Mapping[str, Any]]) -> None:
        """Has everybody see these in the place of what is stored by their ids, which can't be replaced just now.

        They are of one collection, and are written before anything else is.
        """
        with refusals_told_apart():
            self._unwritten = self._unwritten or Unwritten(self._connection, collection, self.collections[collection])
            self._unwritten.show((each["id"], orjson.dumps(each).decode()) for each in documents)
        self.behind = True
        self._forget(collection)

    def catch_up(self) -> None:
        """Writes what could only be shown, in transactions of its own; raises `Unavailable` where it still can't."""
        while self.behind and self._unwritten is not None:
            self.behind = False
            try:
                with self.transaction(), refusals_told_apart():
                    all_written = self._unwritten.write(self._originals)
            except BaseException:
                self.behind = True
                raise
            self.behind = not all_written
        self._unwritten = None

    def put(self, collection: str, document: Mapping[str, Any], *, owner: int, identifier: str | None = None) -> None:
        """Inserts a document, or replaces the one of the same id; a document without one is known by `identifier`."""
        self._write(collection, [(identifier or document["id"], owner, orjson.dumps(document).decode())])

    def load(self, rows: Iterable[Row]) -> None:
        """Inserts many, in batches, so that a million documents are never in memory at once."""
        batch: dict[str, list[tuple[str, int, str]]] = {}
        for row in rows:
            pending = batch.setdefault(row.collection, [])
            pending.append((row.document["id"], row.owner, orjson.dumps(row.document).decode()))
            if len(pending) >= 1000:
                self._write(row.collection, pending)
                pending.clear()
        for collection, pending in batch.items():
            self._write(collection, pending)

    def delete(self, collection: str, identifier: str, *, owner: int) -> bool:
        """Whether there was one to delete."""
        table = self.collections[collection].table
        with self.transaction():
            gone = self.query(f"DELETE FROM {table} WHERE id = ? AND owner = ? RETURNING 1", (identifier, owner))
            if gone and collection in self._originals.edits:
                with refusals_told_apart():
                    self._originals.delete(collection, identifier)
        self._forget(collection)
        return bool(gone)

    def serial(self, kind: str) -> int:
        """The next number of a kind, from 0. It is part of the data, so a restored snapshot counts on from its own."""
        statement = (
            "INSERT INTO serials VALUES (?, 1) ON CONFLICT (kind) DO UPDATE SET next = next + 1 RETURNING next - 1"
        )
        number: int = self.query(statement, (kind,))[0][0]
        return number

    def set_meta(self, name: str, value: str) -> None:
        with self.transaction():
            self.query("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))

    # -- what an edited contract makes of documents

    def stored(self, collection: str) -> Iterator[Stored]:
        """Every resource, with the document that it was before the contract was edited."""
        with refusals_told_apart():
            yield from self._originals.stored(self.collections[collection], collection)

    def rewrite(self, collection: str, resources: Iterable[Rewritten]) -> dict[str, str]:
        """Has all resources of a collection seen otherwise; returns old id → new one. Belongs in a transaction."""
        self._forget(collection)
        with refusals_told_apart():
            return self._originals.rewrite(self.collections[collection], collection, resources)

    def renamed(self) -> dict[str, str]:
        """Id that a resource is seen by → that of its document, where an edited contract has made a new one."""
        with refusals_told_apart():
            return self._originals.renamed()

    def set_edits(self, edits: Mapping[str, Edit]) -> None:
        """Belongs after the rewriting of the collections."""
        self.set_meta(EDITS, write_edits(edits))
        with refusals_told_apart():
            self._originals.read()

    # -- the whole database

    def adopt(self, collections: Shapes) -> None:
        """Gives every collection its table and its columns; those of an older contract stay, unused."""
        make_tables(self, collections.values())
        self.collections = dict(collections)
        self._forget_all()
        with refusals_told_apart():
            self._originals.read()
        self._indexes = Indexes({}, {})

    def index(self) -> None:
        """Makes the indexes and tallies that the contract's filters and orders want, and drops unwanted indexes.

        Apart from `adopt`, because loading a million documents first and indexing them then takes half the time.
        """
        self._indexes = make_indexes(self, self.collections.values(), small=self._small)

    def image(self) -> bytes:
        """The whole database as bytes, from which `load_image` and `open_store` make it again."""
        image = image_of(self._connection)
        if self._unwritten is None:
            return image
        with closing(deserialised(image)) as copy:
            self._unwritten.store_in(copy)
            return image_of(copy)

    def size(self) -> int:
        """Of the whole database, in bytes; the store has to be free."""
        (pages,), (page,) = (self.query(f"PRAGMA {each}")[0] for each in ("page_count", "page_size"))
        return int(pages * page)

    def load_image(self, image: bytes, *statements: str) -> None:
        """Puts an image in the place of all data that is there, in one transaction; `statements` change it before."""
        self._check_file()
        try:
            with refusals_told_apart():
                replace_by_image(image, self._connection, statements)
                if self._unwritten is not None:
                    self._unwritten.forget()
                # With the next statement, whatever it is, SQLite writes the WAL of a backup into the file.
                self._connection.execute("SELECT 1").fetchall()
        finally:
            self._remember_file()
        self.behind, self._unwritten = False, None
        self.adopt(self.collections)
        self.index()

    def close(self) -> None:
        """One that is being worked on ends with its process: what was not committed has not happened."""
        if self.turn.taken:
            return
        with suppress(Unavailable):  # of a store that was behind to its end
            self.catch_up()
        with self._held.closing() if self._held is not None else nullcontext():
            self._connection.close()

    def _pages(self) -> int:
        """The size of the database in bytes, as SQLite knows it."""
        ((count,),), ((size,),) = (self.query(f"PRAGMA {each}") for each in ("page_count", "page_size"))
        return int(count) * int(size)

    def _check_file(self) -> None:
        if self._held is not None:
            self._held.check()

    def _remember_file(self) -> None:
        if self._held is not None:
            self._held.remember()

    def _write(self, collection: str, rows: Sequence[tuple[str, int, str]]) -> None:
        statement = (
            f"INSERT INTO {self.collections[collection].table} (id, owner, document) VALUES (?, ?, ?) "
            "ON CONFLICT (id) DO UPDATE SET owner = excluded.owner, document = excluded.document"
        )
        self._forget(collection)
        with self.transaction():
            with refusals_told_apart():
                if collection in self._originals.edits:
                    rows = list(self._originals.carried(self.collections[collection], collection, rows))
                self._connection.executemany(statement, rows)
            # In the transaction of the write that makes it large.
            if outgrown(self, self._indexes, self.collections[collection], by=len(rows), small=self._small):
                self.index()
