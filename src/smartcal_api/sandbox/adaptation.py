"""Stored documents under an edited contract: what lacks is filled in, what no longer fits is made anew (law SRC 5)."""

from collections import Counter
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, NamedTuple

import orjson

from smartcal_api.contract import Contract
from smartcal_api.contract.document import escape
from smartcal_api.mock import ValueGenerator, repair
from smartcal_api.sandbox.sandbox import Sandbox
from smartcal_api.store import Store

_META = "schemas"


class Adaptation(NamedTuple):
    """One kind of change to a collection's documents, and how many it was made to."""

    collection: str
    pointer: str
    done: str
    documents: int

    def __str__(self) -> str:
        return f"{self.collection}{self.pointer}: {self.done} in {self.documents} documents"


def adapt(sandbox: Sandbox, contract: Contract) -> list[Adaptation]:
    """Checks every stored document against the contract's schemas, unless it was done for the same ones before.

    One transaction: raises `Unsatisfiable`, with nothing changed, where a schema can't be satisfied.
    """
    store = sandbox.store
    schemas = contract.data["components"]["schemas"]
    # Not the file's bytes: a new description must not cost a look at a million documents.
    digest = sha256(orjson.dumps(schemas)).hexdigest()
    if store.meta(_META) == digest:
        return []
    changes: Counter[tuple[str, str, str]] = Counter()
    generator = ValueGenerator(contract.data, seed=sandbox.seed)
    known = [name for name in store.collections if name in schemas]
    with store.transaction():
        renamed = _renamed(store, known, contract, generator)
        for name in known:
            validator = contract.schemas.at(f"/components/schemas/{name}")
            for owner, text in store.all(name):
                stored = orjson.loads(text)
                document = _replaced(stored, renamed) if renamed else stored
                if document == stored and validator.is_valid(document):
                    continue
                identifier, former = document.get("id"), stored.get("id")
                repaired = repair(
                    document,
                    validator=validator,
                    schema=schemas[name],
                    generator=generator,
                    salt=f"{name} {identifier}",
                )
                changes.update((name, pointer, "filled in") for pointer in repaired.filled)
                changes.update((name, pointer, "made anew") for pointer in repaired.remade)
                if identifier != former:
                    changes[name, "/id", "made anew"] += 1
                    store.delete(name, former, owner=owner)
                    store.query("UPDATE webhook_secrets SET webhook = ? WHERE webhook = ?", (identifier, former))
                store.put(name, repaired.document, owner=owner, identifier=identifier)
        store.set_meta(_META, digest)
    sandbox.plan()
    return [Adaptation(*key, count) for key, count in sorted(changes.items())]


def _renamed(store: Store, names: list[str], contract: Contract, generator: ValueGenerator) -> dict[str, str]:
    """Old id → new one, for ids that no longer fit: whatever refers to a resource must go on referring to it."""
    renamed: dict[str, str] = {}
    for name in names:
        schema = contract.schema(name).get("properties", {}).get("id")
        if schema is None:
            continue
        validator = contract.schemas.at(f"/components/schemas/{escape(name)}/properties/id")
        for _, text in store.all(name):
            identifier = orjson.loads(text).get("id")
            if isinstance(identifier, str) and not validator.is_valid(identifier):
                renamed[identifier] = str(generator.value(schema, salt=f"{name} {identifier}", name="id"))
    return renamed


def _replaced(value: Any, renamed: Mapping[str, str]) -> Any:
    """The value with every renamed id in it under its new name."""
    if isinstance(value, dict):
        return {name: _replaced(member, renamed) for name, member in value.items()}
    if isinstance(value, list):
        return [_replaced(item, renamed) for item in value]
    return renamed.get(value, value) if isinstance(value, str) else value
