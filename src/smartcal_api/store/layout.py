"""What every database has, whatever the contract: its header, and the tables beside those of the collections."""

import sqlite3
from pathlib import Path

from smartcal_api.errors import UsageError
from smartcal_api.store.collection import quoted
from smartcal_api.store.objects import strange
from smartcal_api.store.refusal import UNREADABLE, damage

FORMAT = 2
APPLICATION_ID = 0x5343_4150  # "SCAP", in the header of every file that we write

# The tables of what lets somebody in.
CREDENTIALS = ("keys", "oauth_clients", "oauth_tokens", "oauth_grants", "oauth_tickets")

_TABLES = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE serials (kind TEXT PRIMARY KEY, next INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE keys (
    digest BLOB PRIMARY KEY, owner INTEGER NOT NULL, scopes TEXT NOT NULL, label TEXT NOT NULL,
    created_at INTEGER NOT NULL, expires_at INTEGER, revoked_at INTEGER
) WITHOUT ROWID;
CREATE TABLE webhook_secrets (webhook TEXT PRIMARY KEY, secret TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE webhook_failures (webhook TEXT PRIMARY KEY, exhausted INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE webhook_events (
    id TEXT PRIMARY KEY, owner INTEGER NOT NULL, type TEXT NOT NULL, created_at INTEGER NOT NULL, body BLOB NOT NULL
);
CREATE TABLE deliveries (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, event TEXT NOT NULL, webhook TEXT NOT NULL, url TEXT NOT NULL,
    state TEXT NOT NULL, cause TEXT NOT NULL, tries INTEGER NOT NULL, attempts INTEGER NOT NULL, due_at INTEGER
);
CREATE INDEX deliveries_due ON deliveries (due_at, number) WHERE state = 'pending';
CREATE INDEX deliveries_of ON deliveries (webhook, state);
CREATE TABLE attempts (
    delivery TEXT NOT NULL, number INTEGER NOT NULL, cause TEXT NOT NULL, at INTEGER NOT NULL,
    duration INTEGER NOT NULL, status INTEGER, error TEXT, detail TEXT NOT NULL, head BLOB NOT NULL, next_at INTEGER,
    misbehaviour TEXT, PRIMARY KEY (delivery, number)
) WITHOUT ROWID;
CREATE TABLE oauth_clients (
    id TEXT PRIMARY KEY, secret BLOB, name TEXT NOT NULL, redirect_uris TEXT NOT NULL, scopes TEXT,
    development INTEGER NOT NULL, created_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE oauth_grants (
    id INTEGER PRIMARY KEY, code BLOB NOT NULL UNIQUE, client TEXT NOT NULL, owner INTEGER NOT NULL,
    scopes TEXT NOT NULL, redirect_uri TEXT NOT NULL, challenge TEXT, expires_at INTEGER NOT NULL,
    used_at INTEGER, revoked_at INTEGER, kept_until INTEGER NOT NULL
);
CREATE TABLE oauth_tokens (
    digest BLOB PRIMARY KEY, grant_id INTEGER NOT NULL, kind TEXT NOT NULL, scopes TEXT NOT NULL,
    expires_at INTEGER NOT NULL, used_at INTEGER, revoked_at INTEGER
) WITHOUT ROWID;
CREATE TABLE oauth_tickets (digest BLOB PRIMARY KEY, expires_at INTEGER NOT NULL) WITHOUT ROWID;
"""


def prepare(connection: sqlite3.Connection) -> None:
    """Makes a new database one of ours."""
    connection.executescript(
        f"BEGIN IMMEDIATE; PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {FORMAT}; {_TABLES} COMMIT;"
    )


def check(connection: sqlite3.Connection, path: Path, *, instead: str) -> None:
    """Raises `UsageError` for a database that another program or another version made, and for a damaged one.

    In this order, so that no statement of a stranger's runs: a trigger, a view, the expression of a column (STORE 4).
    """
    check_objects(connection, path, instead=instead)
    try:
        found = _damage(connection)
    except UNREADABLE as error:
        found = damage(error)
        if found is None:
            raise
    if found is not None:
        raise UsageError(f"{path}: is damaged ({found}); {instead}, or a copy from before.")


def _damage(connection: sqlite3.Connection) -> str | None:
    """What a look at every page and every document finds: about 3 ms for each MB."""
    ((verdict,),) = connection.execute("PRAGMA quick_check(1)")
    if verdict != "ok":
        return " ".join(verdict.split())
    for (table,) in connection.execute(
        "SELECT name FROM sqlite_schema WHERE (name LIKE 'resources %' OR name = 'originals') AND type = 'table'"
    ):
        broken = f"SELECT id FROM {quoted(table)} WHERE NOT json_valid(document) LIMIT 1"
        for (identifier,) in connection.execute(broken):
            return f"{table.removeprefix('resources ')} {identifier!r} is not JSON"
    return None


def check_objects(connection: sqlite3.Connection, path: Path, *, instead: str) -> None:
    """`check` without looking at every page."""
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if application != APPLICATION_ID:
        raise UsageError(f"{path}: is a database of another program; {instead}.")
    if version != FORMAT:
        raise UsageError(
            f"{path}: has store format {version}, and this version of smartcal reads format {FORMAT}; "
            "use the version that wrote it, or a new file."
        )
    found = strange(connection, always=[each.strip() for each in _TABLES.split(";") if each.strip()])
    if found is not None:
        raise UsageError(f"{path}: {found}, so that nothing of it is run; {instead} that nobody else has changed.")
