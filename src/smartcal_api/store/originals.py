"""What documents were before an edited contract made something else of them, so that undoing the edit brings it back.

A table has what is seen, which filters, order and tallies go by; beside it is the document itself, where that differs.
What a request changes is changed in both.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple, Self

import orjson

from smartcal_api.contract.named import MemberPath
from smartcal_api.store.collection import Collection

ORIGINALS = (
    "CREATE TABLE originals (collection TEXT NOT NULL, id TEXT NOT NULL, former TEXT NOT NULL, document TEXT NOT NULL, "
    "PRIMARY KEY (collection, id)) WITHOUT ROWID"
)
"""`id` is the one that the resource is seen by, `former` that of the document itself."""

EDITS = "edits"
"""In `meta`: collection → its `Edit`, as JSON."""

_BATCH = 1000
# Stands before the names of collections and ids while all of a collection are being renamed, so that none meets another
# on the way.
_ON_THE_WAY = "on the way to "
# Where an id of a subscription is kept beside its document.
_OF_WEBHOOKS = (("webhook_secrets", "webhook"), ("webhook_failures", "webhook"), ("deliveries", "webhook"))
_REFERENCES = {"Webhook": _OF_WEBHOOKS}

_Row = tuple[str, int, str]


class Edit(NamedTuple):
    """What tells the documents of a collection from what is seen of them, whatever their values are.

    `gone`: members that a contract had once and the one that is served hasn't; `was`: new ones → their old names.
    """

    gone: tuple[MemberPath, ...] = ()
    was: Mapping[MemberPath, str] = {}

    def seen(self, document: dict[str, Any]) -> dict[str, Any]:
        """The document without what is gone; the same one where that is all of it."""
        for path in self.gone:
            document = _without(document, path)
        return document


class Stored(NamedTuple):
    """A resource as the database has it; its `original` is None where that is the document."""

    row: int
    id: str
    owner: int
    document: bytes
    former: str
    original: bytes | None


class Rewritten(NamedTuple):
    """A resource as it is to be seen, by that id; `original` where that isn't all that there is to keep."""

    stored: Stored
    id: str
    document: bytes
    original: bytes | None


_NONE: Mapping[str, Edit] = MappingProxyType({})  # one for all the sandboxes that no edit has touched


class Originals:
    """Those of one database. Nothing is asked of it for a collection that no edit has touched."""

    __slots__ = ("_connection", "edits")

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.edits: Mapping[str, Edit] = _NONE
        """By collection, of those whose documents may differ from what is seen of them."""

    def read(self) -> Self:
        """To be called when the database has been changed by something else."""
        found = self._connection.execute("SELECT value FROM meta WHERE name = ?", (EDITS,)).fetchone()
        edits = read_edits(found[0]) if found is not None else {}
        rows = self._connection.execute("SELECT DISTINCT collection FROM originals").fetchall()
        kept = [name.decode() if isinstance(name, bytes) else name for (name,) in rows]
        self.edits = dict.fromkeys(kept, Edit()) | edits or _NONE
        return self

    def carried(self, shape: Collection, collection: str, rows: Sequence[_Row]) -> Iterator[_Row]:
        """What is to be seen of documents that are about to be written, once their originals have the same changes."""
        edit = self.edits[collection]
        for identifier, owner, text in rows:
            document = orjson.loads(text)
            seen = edit.seen(document)
            found = self._connection.execute(
                f"SELECT o.document, r.document FROM originals o JOIN main.{shape.table} r ON r.id = o.id "
                "WHERE o.collection = ? AND o.id = ?",
                (collection, identifier),
            ).fetchone()
            if found is not None:
                original = _changed(orjson.loads(found[0]), orjson.loads(found[1]), document, edit.was)
            elif seen is document:
                yield identifier, owner, text
                continue
            else:
                original = document
            self._connection.execute(
                "INSERT INTO originals VALUES (?1, ?2, ?2, ?3) "
                "ON CONFLICT (collection, id) DO UPDATE SET document = excluded.document",
                (collection, identifier, orjson.dumps(original).decode()),
            )
            yield identifier, owner, orjson.dumps(seen).decode()

    def delete(self, collection: str, identifier: str) -> None:
        self._connection.execute("DELETE FROM originals WHERE collection = ? AND id = ?", (collection, identifier))

    def renamed(self) -> dict[str, str]:
        """Id that a resource is seen by → its own, where they differ."""
        found = self._connection.execute("SELECT id, former FROM originals WHERE id != former")
        return {identifier.decode(): former.decode() for identifier, former in found}

    def stored(self, shape: Collection, collection: str) -> Iterator[Stored]:
        """Every resource of a collection, in the order of insertion, a batch at a time."""
        last = -1
        select = (
            "SELECT r.rowid, r.id, r.owner, r.document, ifnull(o.former, r.id), o.document "
            f"FROM main.{shape.table} r LEFT JOIN originals o ON o.collection = ? AND o.id = r.id "
            f"WHERE r.rowid > ? ORDER BY r.rowid LIMIT {_BATCH}"
        )
        while rows := self._connection.execute(select, (collection, last)).fetchall():
            for row, identifier, owner, document, former, original in rows:
                yield Stored(row, identifier.decode(), owner, document, former.decode(), original)
            last = rows[-1][0]

    def rewrite(self, shape: Collection, collection: str, resources: Iterable[Rewritten]) -> dict[str, str]:
        """Puts all resources of a collection in the place of what it has; returns old id → new one."""
        on_the_way = _ON_THE_WAY + collection
        moved: dict[str, str] = {}
        for stored, identifier, document, original in resources:
            if document != stored.document:
                self._connection.execute(
                    f"UPDATE main.{shape.table} SET document = ? WHERE rowid = ?", (document.decode(), stored.row)
                )
            if identifier != stored.id:
                moved[stored.id] = identifier
            if original is not None:
                self._connection.execute(
                    "INSERT INTO originals VALUES (?, ?, ?, ?)",
                    (on_the_way, identifier, stored.former, original.decode()),
                )
        self._connection.execute("DELETE FROM originals WHERE collection = ?", (collection,))
        self._connection.execute("UPDATE originals SET collection = ? WHERE collection = ?", (collection, on_the_way))
        places = [(shape.table, "id"), *_REFERENCES.get(collection, ())] if moved else []
        for table, column in places:
            rename = f"UPDATE main.{table} SET {column} = ? WHERE {column} = ?"
            self._connection.executemany(rename, [(_ON_THE_WAY + new, old) for old, new in moved.items()])
            self._connection.executemany(rename, [(new, _ON_THE_WAY + new) for new in moved.values()])
        return moved


def read_edits(text: bytes | str) -> dict[str, Edit]:
    return {
        collection: Edit(tuple(tuple(path) for path in gone), {tuple(path): old for path, old in was})
        for collection, (gone, was) in orjson.loads(text).items()
    }


def write_edits(edits: Mapping[str, Edit]) -> str:
    return orjson.dumps({name: [each.gone, list(each.was.items())] for name, each in edits.items()}).decode()


def _without(value: Any, path: MemberPath) -> Any:
    """The value without that member; the same one where it has none."""
    name, *below = path
    if name == "*" and isinstance(value, list):
        items = [_without(item, tuple(below)) for item in value] if below else value
        return items if any(new is not old for new, old in zip(items, value, strict=True)) else value
    if not isinstance(value, dict) or name not in value:
        return value
    if not below:
        return {other: member for other, member in value.items() if other != name}
    member = _without(value[name], tuple(below))
    return value if member is value[name] else {**value, name: member}


def _changed(original: Any, before: Any, after: Any, was: Mapping[MemberPath, str], path: MemberPath = ()) -> Any:
    """The original with whatever differs between `before` and `after`, which are of what is seen."""
    if _same(before, after):
        return original
    if all(isinstance(each, dict) for each in (original, before, after)):
        result = dict(original)
        for name in {**before, **after}:
            old = was.get((*path, name), name)
            own = old if old in original and name not in original else name
            if name not in after:
                result.pop(own, None)
            elif name not in before or not _same(before[name], after[name]):
                result[own] = _changed(original.get(own), before.get(name), after[name], was, (*path, name))
        return result
    if all(isinstance(each, list) and len(each) == len(after) for each in (original, before, after)):
        items = zip(original, before, after, strict=True)
        return [_changed(*each, was, (*path, "*")) for each in items]
    return after


def _same(one: Any, other: Any) -> bool:
    """Not by `==`, which takes true for 1."""
    return orjson.dumps(one, option=orjson.OPT_SORT_KEYS) == orjson.dumps(other, option=orjson.OPT_SORT_KEYS)
