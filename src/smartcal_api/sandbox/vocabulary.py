"""Which members the documents of a sandbox have ever been named by, so that one which an edit takes out is known."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import orjson

from smartcal_api.contract import Contract
from smartcal_api.contract.named import MemberPath, named
from smartcal_api.store import Edit, Store

_META = "named"


def learn(store: Store, found: Mapping[str, Iterable[MemberPath]]) -> dict[str, set[MemberPath]]:
    """Remembers more members; returns all of them, by collection. Belongs in a transaction."""
    known = {name: {*map(tuple, paths)} for name, paths in orjson.loads(store.meta(_META) or "{}").items()}
    for name, paths in found.items():
        known.setdefault(name, set()).update(paths)
    store.set_meta(_META, orjson.dumps({name: sorted(paths) for name, paths in sorted(known.items())}).decode())
    return known


def edits(store: Store, contract: Contract, collections: Iterable[str]) -> dict[str, Edit]:
    """What a contract has renamed, and what it no longer names of what one has named before."""
    stated = {name: list(named(contract.document, contract.resource(name))) for name in collections}
    now = {name: {each.path for each in members} for name, members in stated.items()}
    ever = learn(store, now)
    found = {}
    for name, members in stated.items():
        gone = ever[name] - now[name]
        outermost = sorted(path for path in gone if not any(path[:end] in gone for end in range(1, len(path))))
        edit = Edit(tuple(outermost), {each.path: each.was for each in members if each.was is not None})
        if edit != Edit():
            found[name] = edit
    return found


def members(value: Any, path: MemberPath = ()) -> Iterator[MemberPath]:
    """Those of a document."""
    if isinstance(value, dict):
        for name, member in value.items():
            yield (*path, name)
            yield from members(member, (*path, name))
    elif isinstance(value, list):
        for item in value:
            yield from members(item, (*path, "*"))
