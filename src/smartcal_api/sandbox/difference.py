"""What lies between two databases: the resources that were added, changed and removed."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from smartcal_api.store import quoted

_PREFIX = "resources "


class Resource(NamedTuple):
    """Which one: a name of the contract's schemas, its id there, and the number of the account that it is of."""

    collection: str
    id: str
    owner: int


@dataclass(slots=True)
class Difference:
    """`changed` has for each member that differs what it was and what it is, each absent where there was none."""

    added: list[Resource] = field(default_factory=list)
    removed: list[Resource] = field(default_factory=list)
    changed: list[tuple[Resource, dict[str, dict[str, Any]]]] = field(default_factory=list)


def difference(before: bytes, after: bytes) -> Difference:
    """By collection and id."""
    found = Difference()
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.execute("ATTACH ':memory:' AS later")
        connection.deserialize(before)
        connection.deserialize(after, name="later")
        for collection in _collections(connection):
            for identifier, owner, document, other_owner, other in _rows(connection, collection):
                if document is None:
                    found.added.append(Resource(collection, identifier, other_owner))
                elif other is None:
                    found.removed.append(Resource(collection, identifier, owner))
                else:
                    members = _members(json.loads(document), json.loads(other))
                    if members or owner != other_owner:
                        found.changed.append((Resource(collection, identifier, other_owner), members))
    return found


def _collections(connection: sqlite3.Connection) -> list[str]:
    tables = connection.execute(
        "SELECT name FROM main.sqlite_schema WHERE type = 'table' UNION "
        "SELECT name FROM later.sqlite_schema WHERE type = 'table' ORDER BY 1"
    )
    names = [name.removeprefix(_PREFIX) for (name,) in tables if name.startswith(_PREFIX)]
    for database in ("main", "later"):
        for name in names:
            # A contract that was edited in between has given the one of them more collections.
            table = f"{database}.{quoted(_PREFIX + name)}"
            connection.execute(f"CREATE TABLE IF NOT EXISTS {table} (id, owner, document)")
    return names


def _rows(connection: sqlite3.Connection, collection: str) -> Iterator[Any]:
    table = quoted(_PREFIX + collection)
    return connection.execute(
        "SELECT a.id, a.owner, a.document, b.owner, b.document "
        f"FROM main.{table} a LEFT JOIN later.{table} b ON b.id = a.id "
        "WHERE b.id IS NULL OR a.owner != b.owner OR a.document != b.document "
        "UNION ALL SELECT b.id, NULL, NULL, b.owner, b.document "
        f"FROM later.{table} b LEFT JOIN main.{table} a ON a.id = b.id WHERE a.id IS NULL ORDER BY 1"
    )


def _members(before: dict[str, Any], after: dict[str, Any]) -> dict[str, dict[str, Any]]:
    changed = {}
    for name in sorted({*before, *after}):
        sides = {side: has[name] for side, has in (("from", before), ("to", after)) if name in has}
        if len(sides) < 2 or sides["from"] != sides["to"]:
            changed[name] = sides
    return changed
