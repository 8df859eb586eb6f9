"""SQLite, one concrete implementation, in memory or in a file."""

from pathlib import Path

from smartcal_api.contract import Contract
from smartcal_api.store.collection import Collection, Row, collections, quoted
from smartcal_api.store.file import BEGAN, CREDENTIALS, OPENED, open_file, open_image, open_memory
from smartcal_api.store.packed import pack, peek, unpack, write_private
from smartcal_api.store.store import Store


def open_store(contract: Contract, path: Path | None = None, *, image: bytes | None = None) -> Store:
    """The store in a file, a copy in memory of an image, or a new one; raises `UsageError` for a file that can't be."""
    connection = open_file(path) if path else open_image(image) if image else open_memory()
    store = Store(connection, collections(contract))
    store.path = path
    return store


__all__ = [
    "BEGAN",
    "CREDENTIALS",
    "OPENED",
    "Collection",
    "Row",
    "Store",
    "collections",
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
