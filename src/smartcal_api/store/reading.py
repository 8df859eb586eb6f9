"""What a store is asked: documents by id, pages of lists, totals, rows of any statement."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from smartcal_api.contract import Clause
from smartcal_api.store.collection import Collection
from smartcal_api.store.refusal import unavailable
from smartcal_api.store.remembered import Remembered, weight
from smartcal_api.store.schema import Indexes
from smartcal_api.store.tally import Counts
from smartcal_api.store.unwritten import Unwritten

# Of counts.
_COUNTED_BYTES = 512 * 1024
# Of documents, by page and by id. Polling gets the very same objects again, which know their hash already.
_REMEMBERED_BYTES = 256 * 1024
Shapes = Mapping[str, Collection]


class Reading:
    """The reading half of a `Store`. What was read of a collection is remembered until the collection changes."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        # Documents leave as they came in, UTF-8 bytes; decoding them to text and back would cost more than the query.
        connection.text_factory = bytes
        self._connection = connection
        self.collections: dict[str, Collection] = {}
        self._indexes = Indexes({}, {})
        self._unwritten: Unwritten | None = None
        self._totals: Remembered[int] = Remembered(_COUNTED_BYTES)
        self._sums: Remembered[int] = Remembered(_COUNTED_BYTES)
        self._documents: Remembered[Sequence[bytes]] = Remembered(_REMEMBERED_BYTES, size=weight)
        self._memories = (self._totals, self._sums, self._documents)

    @property
    def changes(self) -> int:
        """How many rows were ever written, deleted or changed; another number whenever something may have changed."""
        return self._connection.total_changes

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
        keys = order or shape.order
        count = min(limit, total - offset)
        backwards = offset > total // 2
        skipped = total - offset - count if backwards else offset
        by = ", ".join(shape.sorting(key, backwards=backwards) for key in keys)
        if not shape.order:  # without an index, and perhaps without a member that tells all apart
            by += f"{', ' if by else ''}rowid{' DESC' if backwards else ''}"
        rows = self.query(
            f"SELECT document FROM {shape.table} WHERE {where} ORDER BY {by} LIMIT ? OFFSET ?",
            (owner, *parameters, count, skipped),
        )
        documents = tuple(document for (document,) in (reversed(rows) if backwards else rows))
        self._documents.keep(collection, question, documents)
        return documents, total

    def following(
        self,
        collection: str,
        clauses: Sequence[Clause],
        *,
        owner: int,
        limit: int,
        order: Sequence[str],
        after: Sequence[object] | None,
    ) -> Sequence[bytes]:
        """So many of the owner's documents in an order, from behind the one with these keys; None: from the first."""
        shape = self.collections[collection]
        where, parameters = shape.where(clauses)
        if after is not None:
            behind, values = shape.behind(order, after)
            where, parameters = f"{where} AND ({behind})", [*parameters, *values]
        by = ", ".join(map(shape.sorting, order))
        statement = f"SELECT document FROM {shape.table} WHERE {where} ORDER BY {by} LIMIT ?"
        return tuple(document for (document,) in self.query(statement, (owner, *parameters, limit)))

    def _count(self, shape: Collection, clauses: Sequence[Clause], owner: int) -> int:
        shown = self._unwritten is not None and self._unwritten.collection.name == shape.name
        tally = None if shown else self._indexes.tallies.get(shape.name)
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

    def _forget(self, collection: str) -> None:
        for memory in self._memories:
            memory.forget(collection)

    def _forget_all(self) -> None:
        for memory in self._memories:
            memory.clear()
