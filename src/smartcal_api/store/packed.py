"""An image as a file of its own: the database, with what belongs to it beside the data in its `meta` table."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

from smartcal_api.errors import Unavailable, UsageError
from smartcal_api.input import read_bytes
from smartcal_api.output import head, replace_file
from smartcal_api.store.file import deserialised, image_of, without_wal
from smartcal_api.store.layout import APPLICATION_ID, check, check_objects
from smartcal_api.store.refusal import UNREADABLE, damage

_PREFIX = "image."
_MOST_BYTES = 4 * 1024 * 1024 * 1024
_INSTEAD = "give a snapshot or a bundle"
# SQLite file format, section 1.3.
_MAGIC, _APPLICATION_ID_AT = b"SQLite format 3\0", 68


def pack(database: bytes, members: Mapping[str, str]) -> bytes:
    with closing(deserialised(database)) as connection:
        rows = [(_PREFIX + name, value) for name, value in members.items()]
        connection.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", rows)
        return image_of(connection)


def unpack(path: Path) -> tuple[bytes, dict[str, str]]:
    """The database without its members, and those; raises `UsageError` for a file that is no image, or broken."""
    with _reading(path):
        content = read_bytes(path, most=_MOST_BYTES)
        if not content:
            raise UsageError(f"{path}: is empty.")
        with closing(deserialised(without_wal(content))) as connection:
            check(connection, path, instead=_INSTEAD)
            members = _members(connection, path)
            connection.execute("DELETE FROM meta WHERE name LIKE ?", (f"{_PREFIX}%",))
            return image_of(connection), members


def check_image(database: bytes, path: Path) -> None:
    """Raises `UsageError` for an image within a file that isn't ours to the letter, or is damaged."""
    with _reading(path), closing(deserialised(database)) as connection:
        check(connection, path, instead=_INSTEAD)


def peek(path: Path) -> dict[str, str]:
    """The members alone, of a file of any size; raises `UsageError`."""
    with _reading(path), closing(_opened(path)) as connection:
        check_objects(connection, path, instead=_INSTEAD)
        return _members(connection, path)


def write_private(path: Path, content: bytes) -> None:
    """All of it or nothing, readable by its owner alone, there even after a power cut; raises `Unavailable`."""
    try:
        replace_file(path, content, mode=0o600, durable=True)
    except OSError as error:
        raise Unavailable(f"{path.name} can't be written: {error.strerror}") from None


def is_image(path: Path) -> bool:
    """Whether a file is an image that smartcal made, be it damaged; a store is not. Raises `OSError`."""
    begins = head(path)[: _APPLICATION_ID_AT + 4]
    if not begins.startswith(_MAGIC) or begins[_APPLICATION_ID_AT:] != APPLICATION_ID.to_bytes(4):
        return False
    try:
        with closing(_opened(path)) as connection:
            check_objects(connection, path, instead=_INSTEAD)
            return bool(_read_members(connection))
    except UsageError:
        return False
    except UNREADABLE:
        return True


def _opened(path: Path) -> sqlite3.Connection:
    # Immutable, or SQLite would look for a journal beside it, and ask for locks.
    return sqlite3.connect(f"file:{quote(str(path.absolute()))}?mode=ro&immutable=1", uri=True)


def _members(connection: sqlite3.Connection, path: Path) -> dict[str, str]:
    members = _read_members(connection)
    if not members:
        raise UsageError(f"{path}: is a store and no image of a sandbox; give it to --store.")
    return members


def _read_members(connection: sqlite3.Connection) -> dict[str, str]:
    rows = connection.execute(
        "SELECT substr(name, ?), value FROM meta WHERE name LIKE ?", (len(_PREFIX) + 1, "image.%")
    )
    return dict(rows.fetchall())


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UsageError(f"{path}: can't be read: {error.strerror}.") from None
    except UNREADABLE as error:
        raise UsageError(f"{path}: is not an image of a sandbox, or a damaged one: {damage(error) or error}.") from None
