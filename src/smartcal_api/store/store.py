"""Resources as JSON documents in SQLite, beside the few columns that filters and order need."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson

from smartcal_api.contract import Clause
from smartcal_api.store.collection import Collection, Row, column
from smartcal_api.store.file import image_of, replace_by_image
from smartcal_api.store.refusal import in_transaction, refusals_told_apart, unavailable
from smartcal_api.store.remembered import Remembered, weight
from smartcal_api.store.schema import Indexes, make_indexes, make_tables, outgrown
from smartcal_api.store.tally import Counts

# Of counts.
_COUNTED_BYTES = 512 * 1024
# Of documents, by page and by id. Polling gets the very same objects again, which know their hash already.
_REMEMBERED_BYTES = 256 * 1024
_SMALL = 500  # resources, see `make_indexes`
Shapes = Mapping[str, Collection]


class Store:
    """One SQLite connection, used by one thread at a time. Documents go in as dicts and come out as JSON bytes.

    Whatever SQLite can't do (a full disk, a lock) is `Unavailable`, and nothing has changed (law STORE 3).
    """

    def __init__(self, connection: sqlite3.Connection, collections: Shapes, *, small: int = _SMALL) -> None:
        # Documents leave as they came in, UTF-8 bytes; decoding them to text and back would cost more than the query.
        connection.text_factory = bytes
        self._connection = connection
        self.path: Path | None = None  # of its file
        self._totals: Remembered[int] = Remembered(_COUNTED_BYTES)
        self._sums: Remembered[int] = Remembered(_COUNTED_BYTES)
        self._documents: Remembered[Sequence[bytes]] = Remembered(_REMEMBERED_BYTES, size=weight)
        self._memories = (self._totals, self._sums, self._documents)
        self._small = small
        self._indexes = Indexes({}, {})
        self.collections: dict[str, Collection] = {}
        self.adopt(collections)

    # -- reading

    def get(self, collection: str, identifier: str, *, owner: int) -> bytes | None:
        """The document of that id as JSON bytes, or None where this owner has none."""
        if (known := self._documents.get(collection, (owner, identifier))) is not None:
            return known[0]
        table = self.collections[collection].table
        found = self.query(f"SELECT document FROM {table} WHERE id = ? AND owner = ?", (identifier, owner))
        for (document,) in found:
            self._documents.keep(collection, (owner, identifier), (document,))
        return found[0][0] if found else None

    def page(
        self,
        collection: str,
        clauses: Sequence[Clause] = (),
        *,
        owner: int,
        limit: int,
        offset: int = 0,
        order: Sequence[str] | None = None,
    ) -> tuple[Sequence[bytes], int]:
        """A page of the owner's documents, in the collection's order or another one, and how many there are in all."""
        shape = self.collections[collection]
        where, parameters = shape.where(clauses)
        condition = (owner, where, *parameters)
        total = self._totals.get(collection, condition)
        if total is None:
            total = self._count(shape, clauses, owner)
            self._totals.keep(collection, condition, total)
        if offset >= total:
            return (), total
        question = (*condition, limit, offset, order and tuple(order))
        if (known := self._documents.get(collection, question)) is not None:
            return known, total
        # SQLite walks over what an offset skips, so a page of the second half is read from the end.
        sorting = [column(field) for field in order or shape.order] or ["rowid"]
        count = min(limit, total - offset)
        backwards = offset > total // 2
        skipped = total - offset - count if backwards else offset
        by = ", ".join(f"{each} DESC" if backwards else each for each in sorting)
        rows = self.query(
            f"SELECT document FROM {shape.table} WHERE {where} ORDER BY {by} LIMIT ? OFFSET ?",
            (owner, *parameters, count, skipped),
        )
        documents = tuple(document for (document,) in (reversed(rows) if backwards else rows))
        self._documents.keep(collection, question, documents)
        return documents, total

    def _count(self, shape: Collection, clauses: Sequence[Clause], owner: int) -> int:
        tally = self._indexes.tallies.get(shape.name)
        counts = tally.counts(clauses, owner) if tally is not None else None
        if counts is None:
            where, parameters = shape.where(clauses)
            counts = Counts((f"SELECT count(*) FROM {shape.table} WHERE {where}", [owner, *parameters]), [])
        # Bounds of one day have the days beyond it in common.
        statement, values = counts.whole
        whole = self._sums.get(shape.name, (statement, *values))
        if whole is None:
            whole = self.query(statement, values)[0][0]
            self._sums.keep(shape.name, (statement, *values), whole)
        total: int = whole + sum(self.query(statement, values)[0][0] for statement, values in counts.within)
        return total

    def all(self, collection: str) -> Iterator[tuple[int, bytes]]:
        """(owner, document) of every resource of a collection, in the order of insertion, a batch at a time."""
        table, last = self.collections[collection].table, -1
        while rows := self.query(
            f"SELECT rowid, owner, document FROM {table} WHERE rowid > ? ORDER BY rowid LIMIT 1000",
            (last,),
        ):
            yield from ((owner, document) for _, owner, document in rows)
            last = rows[-1][0]

    def owner_of(self, collection: str, identifier: str) -> int | None:
        found = self.query(f"SELECT owner FROM {self.collections[collection].table} WHERE id = ?", (identifier,))
        return found[0][0] if found else None

    def count(self, collection: str) -> int:
        """How many resources a collection has, whoever owns them."""
        number: int = self.query(f"SELECT count(*) FROM {self.collections[collection].table}")[0][0]
        return number

    def is_empty(self, *names: str) -> bool:
        """Whether none of these collections, or none at all, holds anything."""
        tables = [self.collections[name].table for name in names or self.collections]
        return not any(self.query(f"SELECT 1 FROM {table} LIMIT 1") for table in tables)

    def meta(self, name: str) -> str | None:
        found = self.query("SELECT value FROM meta WHERE name = ?", (name,))
        return found[0][0].decode() if found else None

    def query(self, statement: str, parameters: Sequence[object] = ()) -> list[Any]:
        """All rows of a statement; text columns are bytes."""
        try:
            return self._connection.execute(statement, parameters).fetchall()
        except sqlite3.DatabaseError as error:
            raise unavailable(error) from error

    # -- writing, inside a transaction

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside happens, or nothing. One inside of another is part of it."""
        if in_transaction(self._connection):
            yield
            return
        self.query("BEGIN IMMEDIATE")
        indexes = self._indexes
        try:
            yield
            self.query("COMMIT")
        except BaseException:
            self._forget_all()
            self._indexes = indexes
            # A failed COMMIT leaves the transaction open; some failures have rolled it back already.
            if in_transaction(self._connection):
                self._connection.rollback()
            raise

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
        gone = self.query(f"DELETE FROM {table} WHERE id = ? AND owner = ? RETURNING 1", (identifier, owner))
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
        self.query("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))

    # -- the whole database

    def adopt(self, collections: Shapes) -> None:
        """Gives every collection its table and its columns; those of an older contract stay, unused."""
        make_tables(self, collections.values())
        self.collections = dict(collections)
        self._forget_all()
        self._indexes = Indexes({}, {})

    def index(self) -> None:
        """Makes the indexes and tallies that the contract's filters and orders want, and drops unwanted indexes.

        Apart from `adopt`, because loading a million documents first and indexing them then takes half the time.
        """
        self._indexes = make_indexes(self, self.collections.values(), small=self._small)

    def image(self) -> bytes:
        """The whole database as bytes, from which `load_image` and `open_store` make it again."""
        return image_of(self._connection)

    def load_image(self, image: bytes, *statements: str) -> None:
        """Puts an image in the place of all data that is there, in one transaction; `statements` change it before."""
        with refusals_told_apart():
            replace_by_image(image, self._connection, statements)
        self.adopt(self.collections)
        self.index()

    def close(self) -> None:
        self._connection.close()

    def _write(self, collection: str, rows: Sequence[tuple[str, int, str]]) -> None:
        statement = (
            f"INSERT INTO {self.collections[collection].table} (id, owner, document) VALUES (?, ?, ?) "
            "ON CONFLICT (id) DO UPDATE SET owner = excluded.owner, document = excluded.document"
        )
        self._forget(collection)
        with refusals_told_apart():
            self._connection.executemany(statement, rows)
        # In the transaction of the write that makes it large.
        if outgrown(self, self._indexes, self.collections[collection], by=len(rows), small=self._small):
            self.index()

    def _forget(self, collection: str) -> None:
        for memory in self._memories:
            memory.forget(collection)

    def _forget_all(self) -> None:
        for memory in self._memories:
            memory.clear()
