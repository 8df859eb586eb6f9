"""Gives resources of a data set the ids that the contract's examples send: whoever tries an example finds them."""

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from smartcal_api.bookings import CONFIRMED
from smartcal_api.contract import Contract, Operation
from smartcal_api.sandbox.sandbox import Sandbox
from smartcal_api.sandbox.views import replaced
from smartcal_api.store.collection import Collection

_MAIN = 1


def name_examples(sandbox: Sandbox) -> None:
    """One resource of each kind, of the main account: a booking that can be cancelled, and what that refers to.

    To be called when a data set has just been stored, before anybody has heard of the ids that they had.
    """
    if not sandbox.contract.of_the_product:
        return
    kinds = sandbox.store.collections
    wanted = {name: each for name, each in _wanted(sandbox.contract) if name in kinds}
    named: dict[str, str] = {}
    for name in sorted(wanted, key=lambda each: each != "Booking"):
        if wanted[name] in named.values() or _has(sandbox, kinds[name], wanted[name]):
            continue
        found = _last(sandbox, kinds[name], name)
        if found is None:
            continue
        named[found["id"]] = wanted[name]
        for other in wanted.keys() - {name}:
            about = next((each for each in _texts(found) if _has(sandbox, kinds[other], each)), None)
            if about is not None:
                named.setdefault(about, wanted[other])
    for collection in kinds.values():
        _rename(sandbox, collection, named)


def _wanted(contract: Contract) -> Iterator[tuple[str, str]]:
    """Collection → the id that the operations on one of its resources have as their example."""
    for operation in contract.operations.values():
        if operation.collection is not None and operation.path_names and (example := _example(contract, operation)):
            yield operation.collection, example


def _example(contract: Contract, operation: Operation) -> str | None:
    path = contract.data["paths"][operation.path]
    for each in (*path[operation.method.lower()].get("parameters", ()), *path.get("parameters", ())):
        stated: Mapping[str, Any] = contract.document.resolve(each["$ref"]) if "$ref" in each else each
        if stated["in"] == "path" and stated["name"] == operation.path_names[-1]:
            example = stated.get("example")
            return example if isinstance(example, str) else None
    return None


def _has(sandbox: Sandbox, collection: Collection, identifier: str) -> bool:
    rows = sandbox.store.query(f"SELECT 1 FROM {collection.table} WHERE id = ? AND owner = ?", (identifier, _MAIN))
    return bool(rows)


def _last(sandbox: Sandbox, collection: Collection, name: str) -> dict[str, Any] | None:
    """By its start where it has one, so that it stays ahead for as long as can be; of bookings only confirmed ones."""
    condition = f" AND json_extract(document, '$.status') = '{CONFIRMED}'" if name == "Booking" else ""
    order = "json_extract(document, '$.start_time') DESC, rowid"
    rows = sandbox.store.query(
        f"SELECT document FROM {collection.table} WHERE owner = ?{condition} ORDER BY {order} LIMIT 1", (_MAIN,)
    )
    return orjson.loads(rows[0][0]) if rows else None


def _texts(document: Mapping[str, Any]) -> Iterator[str]:
    return (each for each in document.values() if isinstance(each, str))


def _rename(sandbox: Sandbox, collection: Collection, named: Mapping[str, str]) -> None:
    """In place, so that each keeps its place in every order."""
    for old in named:
        select = f"SELECT rowid, document FROM {collection.table} WHERE instr(document, ?)"
        for rowid, text in sandbox.store.query(select, (f'"{old}"',)):
            document = replaced(orjson.loads(text), named)
            sandbox.store.query(
                f"UPDATE {collection.table} SET id = ?, document = ? WHERE rowid = ?",
                (document["id"], orjson.dumps(document).decode(), rowid),
            )
