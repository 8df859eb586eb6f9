"""SQLite, one concrete implementation, in memory or in a file."""

from pathlib import Path

from smartcal_api.contract import Contract
from smartcal_api.errors import Unavailable, UsageError
from smartcal_api.store.collection import Collection, Row, collections, quoted
from smartcal_api.store.file import BEGAN, OPENED, open_file, open_image, open_memory
from smartcal_api.store.layout import CREDENTIALS
from smartcal_api.store.originals import Edit, Rewritten, Stored
from smartcal_api.store.packed import check_image, is_image, pack, peek, unpack, write_private
from smartcal_api.store.store import Store


def open_store(contract: Contract, path: Path | None = None, *, image: bytes | None = None) -> Store:
    """The store in a file, a copy in memory of an image, or a new one; raises `UsageError` for a file that can't be."""
    if path is None:
        return Store(open_image(image) if image else open_memory(), collections(contract))
    connection = open_file(path)
    try:
        store = Store(connection, collections(contract))
        store.hold(path)
    except Unavailable as error:
        connection.close()
        raise UsageError(f"{path}: can't be opened as a store: {error.cause}.") from None
    except BaseException:
        connection.close()
        raise
    return store


__all__ = [
    "BEGAN",
    "CREDENTIALS",
    "OPENED",
    "Collection",
    "Edit",
    "Rewritten",
    "Row",
    "Store",
    "Stored",
    "check_image",
    "collections",
    "is_image",
    "open_file",
    "open_image",
    "open_memory",
    "open_store",
    "pack",
    "peek",
    "quoted",
    "unpack",
    "write_private",
]
