"""The whole of a store as a value, to compare what was with what is."""

from typing import Any

from smartcal_api.contract import Contract
from smartcal_api.store import Store


def dump(store: Store) -> dict[str, list[Any]]:
    """Table → its rows, of every table that the database has."""
    tables = [name.decode() for (name,) in store.query("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return {name: sorted(store.query(f'SELECT * FROM "{name}"'), key=repr) for name in tables}


def pages_of(store: Store, contract: Contract) -> dict[str, Any]:
    """What lists of every kind show of it, through whatever the store remembers between them."""
    listed = {each.listing.collection for each in contract.operations.values() if each.listing}
    return {f"{name} of {owner}": store.page(name, owner=owner, limit=100_000) for name in listed for owner in (1, 2)}
