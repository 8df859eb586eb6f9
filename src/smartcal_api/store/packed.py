"""An image as a file of its own: the database, with what belongs to it beside the data in its `meta` table."""

import os
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

from smartcal_api.errors import Unavailable, UsageError
from smartcal_api.store.file import deserialised, without_wal
from smartcal_api.store.layout import check, check_objects
from smartcal_api.store.refusal import UNREADABLE, damage

_PREFIX = "image."
_INSTEAD = "give a snapshot or a bundle"


def pack(database: bytes, members: Mapping[str, str]) -> bytes:
    with closing(deserialised(database)) as connection:
        rows = [(_PREFIX + name, value) for name, value in members.items()]
        connection.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", rows)
        return connection.serialize()


def unpack(path: Path) -> tuple[bytes, dict[str, str]]:
    """The database without its members, and those; raises `UsageError` for a file that is no image, or broken."""
    with _reading(path):
        content = path.read_bytes()
        if not content:
            raise UsageError(f"{path}: is empty.")
        with closing(deserialised(without_wal(content))) as connection:
            check(connection, path, instead=_INSTEAD)
            members = _members(connection, path)
            connection.execute("DELETE FROM meta WHERE name LIKE ?", (f"{_PREFIX}%",))
            return connection.serialize(), members


def check_image(database: bytes, path: Path) -> None:
    """Raises `UsageError` for an image within a file that isn't ours to the letter, or is damaged."""
    with _reading(path), closing(deserialised(database)) as connection:
        check(connection, path, instead=_INSTEAD)


def peek(path: Path) -> dict[str, str]:
    """The members alone, of a file of any size; raises `UsageError`."""
    # Immutable, or SQLite would look for a journal beside it, and ask for locks.
    name = f"file:{quote(str(path.absolute()))}?mode=ro&immutable=1"
    with _reading(path), closing(sqlite3.connect(name, uri=True)) as connection:
        check_objects(connection, path, instead=_INSTEAD)
        return _members(connection, path)


def write_private(path: Path, content: bytes) -> None:
    """All of it or nothing, readable by its owner alone, there even after a power cut; raises `Unavailable`."""
    try:
        # mkstemp makes it 0600; in the same folder, so that the rename is atomic.
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:64]}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(name, path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise Unavailable(f"{path.name} can't be written: {error.strerror}") from None


def _members(connection: sqlite3.Connection, path: Path) -> dict[str, str]:
    rows = connection.execute(
        "SELECT substr(name, ?), value FROM meta WHERE name LIKE ?", (len(_PREFIX) + 1, "image.%")
    )
    members = dict(rows.fetchall())
    if not members:
        raise UsageError(f"{path}: is a store and no image of a sandbox; give it to --store.")
    return members


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UsageError(f"{path}: can't be read: {error.strerror}.") from None
    except UNREADABLE as error:
        raise UsageError(f"{path}: is not an image of a sandbox, or a damaged one: {damage(error) or error}.") from None
