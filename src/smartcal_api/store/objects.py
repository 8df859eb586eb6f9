"""Tells whether a database holds to the letter what we make in one, before anything else is asked of it (STORE 4).

A file may come from anybody. A trigger in it would run with our first change and a view with our first question, and
a single one of them can run for ever.
"""

import re
import sqlite3
from collections.abc import Iterable, Iterator

from smartcal_api.store.collection import Collection, quoted
from smartcal_api.store.originals import ORIGINALS
from smartcal_api.store.tally import Tally

_QUOTED = r'"(?:[^"]|"")*"'
_TABLE = re.compile(r'CREATE TABLE "(resources|tally) ((?:[^"]|"")*)" \(')
_FIELD = re.compile(r', "field ((?:[^"]|"")*)"')
_BY = re.compile(r'CREATE TRIGGER "tally ((?:[^"]|"")*) on INSERT" .*CASE typeof\(new\."((?:[^"]|"")*)"\) ', re.DOTALL)
_INDEX = re.compile(rf"CREATE INDEX {_QUOTED} ON \"resources (?:[^\"]|\"\")*\" \(owner(?:, {_QUOTED}(?: DESC)?)*\)")
# What SQLite's own ANALYZE leaves.
_STATISTICS = "CREATE TABLE sqlite_stat1(tbl,idx,stat)"


def strange(connection: sqlite3.Connection, always: Iterable[str]) -> str | None:
    """What of a database isn't ours, or is missing, in words; None for one that is to the letter as we make it.

    `always` are the statements of what every database has. Only the text of statements is looked at, for it is from
    that text, and not from the names beside it, that SQLite makes what a database holds.
    """
    # As bytes, for a stranger's text may be none.
    columns = ", ".join(f"CAST({column} AS BLOB)" for column in ("type", "name", "sql"))
    rows = connection.execute(f"SELECT {columns} FROM sqlite_schema WHERE sql NOT NULL")
    found = {_text(sql): f"the {_text(kind)} {_text(name)!r}" for kind, name, sql in rows}
    needed = {*always, *_tallies(found)}
    ours = needed | {_STATISTICS, ORIGINALS, *map(table_of, _collections(found))}
    for statement, words in found.items():
        if statement not in ours and not _INDEX.fullmatch(statement):
            return f"{words} in it isn't as smartcal makes it"
    missing = sorted(needed - found.keys())
    return f"{missing[0].partition(' (')[0]!r} is missing in it" if missing else None


def table_of(collection: Collection) -> str:
    """The statement of a collection's table, as the database has it once all columns have been added."""
    columns = "".join(f", {quoted(name)} {definition}" for name, definition in collection.columns())
    head = f"CREATE TABLE {collection.table} (id TEXT NOT NULL UNIQUE, owner INTEGER NOT NULL, document TEXT NOT NULL"
    return f"{head}{columns})"


def _collections(statements: Iterable[str]) -> Iterator[Collection]:
    """Those whose tables these statements seem to make."""
    for statement in statements:
        if (table := _TABLE.match(statement)) and table[1] == "resources":
            yield Collection(_unquoted(table[2]), fields=_fields(statement))


def _tallies(statements: Iterable[str]) -> Iterator[str]:
    """The statements of the tallies of which one of these is a part."""
    statements = list(statements)
    by = {found[1]: found[2] for each in statements if (found := _BY.match(each))}
    for statement in statements:
        if (table := _TABLE.match(statement)) and table[1] == "tally" and table[2] in by:
            ordered = _unquoted(by[table[2]]).removeprefix("field ")
            name, fields = _unquoted(table[2]), _fields(statement)
            tally = Tally(Collection(name, order=(ordered,), equal=fields, fields=(*fields, ordered)))
            yield from (each for each in tally.statements() if each.startswith("CREATE "))


def _fields(statement: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_unquoted(name) for name in _FIELD.findall(statement)))


def _unquoted(name: str) -> str:
    return name.replace('""', '"')


def _text(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
