"""Stored documents under an edited contract: what lacks is filled in, what no longer fits is made anew (law SRC 5)."""

from collections import Counter
from hashlib import sha256
from typing import NamedTuple

import orjson

from smartcal_api.contract import Contract
from smartcal_api.mock import ValueGenerator, repair
from smartcal_api.sandbox.sandbox import Sandbox

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
    with store.transaction():
        for name in store.collections:
            if name not in schemas:
                continue
            validator = contract.schemas.at(f"/components/schemas/{name}")
            for owner, text in store.all(name):
                document = orjson.loads(text)
                if validator.is_valid(document):
                    continue
                identifier = document.get("id")
                repaired = repair(
                    document,
                    validator=validator,
                    schema=schemas[name],
                    generator=generator,
                    salt=f"{name} {identifier}",
                )
                changes.update((name, pointer, "filled in") for pointer in repaired.filled)
                changes.update((name, pointer, "made anew") for pointer in repaired.remade)
                store.put(name, repaired.document, owner=owner, identifier=identifier)
        store.set_meta(_META, digest)
    sandbox.plan()
    return [Adaptation(*key, count) for key, count in sorted(changes.items())]
