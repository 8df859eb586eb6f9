"""SQLite, one concrete implementation, in memory or in a file."""

from pathlib import Path

from smartcal_api.contract import Contract
from smartcal_api.store.collection import Collection, collections
from smartcal_api.store.file import open_file, open_memory
from smartcal_api.store.store import Row, Store


def open_store(contract: Contract, path: Path | None = None) -> Store:
    """The store in a file, or a new one in memory; raises `UsageError` for a file that can't be one."""
    return Store(open_file(path) if path else open_memory(), collections(contract))


__all__ = ["Collection", "Row", "Store", "collections", "open_file", "open_memory", "open_store"]
