"""Tables, columns, indexes and tallies of a database, as the contract's collections want them."""

from collections.abc import Collection as Sized
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any, NamedTuple, Protocol

from smartcal_api.store.collection import Collection, quoted
from smartcal_api.store.originals import ORIGINALS
from smartcal_api.store.tally import Tally


class Database(Protocol):
    """What is asked of a store here."""

    def query(self, statement: str, parameters: Sequence[object] = ...) -> list[Any]: ...
    def transaction(self) -> Any: ...
    def meta(self, name: str) -> str | None: ...
    def set_meta(self, name: str, value: str) -> None: ...


def make_tables(database: Database, collections: Sized[Collection]) -> None:
    """A table for each collection, with its columns. Nothing is looked at where it was all made before."""
    wanted = _digest([ORIGINALS, *((each.table, *each.columns()) for each in collections)])
    if database.meta("tables") == wanted:
        return
    with database.transaction():
        database.query(ORIGINALS.replace("TABLE", "TABLE IF NOT EXISTS", 1))
        for collection in collections:
            database.query(
                f"CREATE TABLE IF NOT EXISTS {collection.table} "
                "(id TEXT NOT NULL UNIQUE, owner INTEGER NOT NULL, document TEXT NOT NULL)"
            )
            present = {
                row[0].decode()
                for row in database.query("SELECT name FROM pragma_table_xinfo(?)", (f"resources {collection.name}",))
            }
            for name, definition in collection.columns():
                if name not in present:
                    database.query(f"ALTER TABLE {collection.table} ADD COLUMN {quoted(name)} {definition}")
        database.set_meta("tables", wanted)


class Indexes(NamedTuple):
    """What a database has for reading: tallies by collection, and how many more resources fit into those without."""

    tallies: dict[str, Tally]
    room: dict[str, int]


def make_indexes(database: Database, collections: Sized[Collection], *, small: int) -> Indexes:
    """The indexes and tallies that are wanted, and no index besides. Nothing is looked at where it was all made.

    A collection of up to `small` resources has one index for each order, and is counted by a walk over that: more would
    take a third of the memory of a sandbox, to save microseconds. What it has got once, it keeps.
    """
    room = {each.name: room for each in collections if each.equal and (room := _room_in(database, each, small)) >= 0}
    indexes = {
        name: f"CREATE INDEX {quoted(name)} ON {collection.table} ({columns})"
        for collection in collections
        for name, columns in collection.indexes(combined=collection.name not in room)
    }
    tallies = {each.name: Tally(each) for each in collections if each.order and each.filtered and each.name not in room}
    statements = {name: list(tally.statements()) for name, tally in tallies.items()}
    wanted = _digest([*sorted(indexes.values()), statements])
    if database.meta("indexes") != wanted:
        with database.transaction():
            _index(database, indexes)
            _tally(database, statements)
            database.set_meta("indexes", wanted)
    return Indexes(tallies, room)


def outgrown(database: Database, indexes: Indexes, collection: Collection, *, by: int, small: int) -> bool:
    """Whether a collection that was small until now has become large by writing so many resources."""
    room = indexes.room
    if collection.name not in room:
        return False
    room[collection.name] -= by
    if room[collection.name] < 0:  # at the most, for some of them may have replaced others
        room[collection.name] = _room_in(database, collection, small)
    return room[collection.name] < 0


def _room_in(database: Database, collection: Collection, small: int) -> int:
    """How many more resources a collection may have and still count as small; less than 0: it is none, or was once."""
    if database.meta(_made(collection.name)) is not None:
        return -1
    rows = database.query(f"SELECT count(*) FROM (SELECT 1 FROM {collection.table} LIMIT ?)", (small + 1,))
    number: int = rows[0][0]
    return small - number


def _index(database: Database, wanted: dict[str, str]) -> None:
    for name, statement in database.query(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql NOT NULL AND tbl_name LIKE 'resources %'"
    ):
        if wanted.get(name.decode()) == statement.decode():
            del wanted[name.decode()]
        else:
            database.query(f"DROP INDEX {quoted(name.decode())}")
    for statement in wanted.values():
        database.query(statement)


def _tally(database: Database, wanted: Mapping[str, list[str]]) -> None:
    for name, statements in wanted.items():
        digest = _digest(statements)
        if database.meta(_made(name)) != digest:
            for statement in statements:
                database.query(statement)
            database.set_meta(_made(name), digest)


def _made(collection: str) -> str:
    """Where the database says which tally it has."""
    return f"tally {collection}"


def _digest(stated: Iterable[object]) -> str:
    return sha256(repr(list(stated)).encode()).hexdigest()
