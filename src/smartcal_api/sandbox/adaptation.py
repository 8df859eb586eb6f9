"""Stored documents under an edited contract: they stay as they were, and what is seen of them fits (law SRC 5).

What is seen is worked out once, when the contract has been edited, and follows from the documents alone: an edit that
is undone leaves nothing behind.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import NamedTuple

import orjson

from smartcal_api.contract import Contract
from smartcal_api.contract.document import escape
from smartcal_api.mock import Unsatisfiable, ValueGenerator
from smartcal_api.sandbox.sandbox import Sandbox
from smartcal_api.sandbox.subscriptions import COLLECTION as WEBHOOK
from smartcal_api.sandbox.views import Views, replaced
from smartcal_api.sandbox.vocabulary import edits
from smartcal_api.store import Edit, Rewritten, Store

_META = "schemas"
_AS_BEFORE = "as before the edit"
# An id that is free is found at once, unless there are hardly any of its form.
_TRIES = 64
_Changes = Counter[tuple[str, str, str]]


class Adaptation(NamedTuple):
    """One kind of change to what is seen of a collection's documents, and how many it was made to."""

    collection: str
    pointer: str
    done: str
    documents: int

    def __str__(self) -> str:
        return f"{self.collection}{self.pointer}: {self.done} in {self.documents} documents"


def adapt(sandbox: Sandbox, contract: Contract) -> list[Adaptation]:
    """Has every stored document seen as the contract's schemas want it, unless it was done for the same ones before.

    One transaction: raises `Unsatisfiable`, with nothing changed, where a schema can't be satisfied.
    """
    store = sandbox.store
    schemas = contract.data["components"]["schemas"]
    # Not the file's bytes: a new description must not cost a look at a million documents.
    digest = sha256(orjson.dumps([schemas, [*contract.data.get("webhooks", {})]])).hexdigest()
    if store.meta(_META) == digest:
        return []
    changes: _Changes = Counter()
    generator = ValueGenerator(contract.data, seed=sandbox.seed)
    known = [name for name in store.collections if name in schemas]
    moved: Mapping[str, str] = {}
    with store.transaction():
        edited = edits(store, contract, known)
        back = store.renamed()
        renamed = _renamed(store, known, contract, generator)
        for name in known:
            views = Views(name, contract, generator, edited.get(name, Edit()), renamed)
            names = store.rewrite(name, _seen(store, name, views, back, changes))
            moved = names if name == WEBHOOK else moved
        store.set_edits(edited)
        store.set_meta(_META, digest)
    sandbox.outbox.rename(moved)
    sandbox.plan()
    return [Adaptation(*key, count) for key, count in sorted(changes.items())]


def _seen(
    store: Store, collection: str, views: Views, back: Mapping[str, str], changes: _Changes
) -> Iterator[Rewritten]:
    """Every resource as it is seen from now on; `back` has the own ids of those that were seen by another."""
    for stored in store.stored(collection):
        text = stored.original or stored.document
        document = orjson.loads(text)
        if back and (own := replaced(document, back)) is not document:
            document, text = own, orjson.dumps(own)
        seen, done = views.of(document)
        same = seen is document
        shown = text if same else orjson.dumps(seen)
        if shown != stored.document:
            changes.update((collection, pointer, what) for pointer, what in done or [("", _AS_BEFORE)])
        identifier = seen.get("id")
        known_by = identifier if isinstance(identifier, str) and identifier else stored.former
        yield Rewritten(stored, known_by, shown, None if same else text)


def _renamed(store: Store, names: list[str], contract: Contract, generator: ValueGenerator) -> dict[str, str]:
    """Own id → new one, for ids that no longer fit: whatever refers to a resource must go on referring to it."""
    renamed: dict[str, str] = {}
    for name in names:
        schema = contract.schema(name).get("properties", {}).get("id")
        if schema is None:
            continue
        validator = contract.schemas.at(f"/components/schemas/{escape(name)}/properties/id")
        unfit = [each for each in _ids(store, name) if not validator.is_valid(each)]
        taken = {*_ids(store, name)} if unfit else set()
        for identifier in unfit:
            salts = (f"{name} {identifier}{f' {attempt}' * (attempt > 0)}" for attempt in range(_TRIES))
            made = (str(generator.value(schema, salt=salt, name="id")) for salt in salts)
            free = next((each for each in made if each not in taken), None)
            if free is None:
                raise Unsatisfiable("/id", f"there are not enough ids of this form for every {name}")
            taken.add(free)
            renamed[identifier] = free
    return renamed


def _ids(store: Store, collection: str) -> Iterator[str]:
    """The own ids of all resources that have one."""
    for stored in store.stored(collection):
        identifier = orjson.loads(stored.original or stored.document).get("id")
        if isinstance(identifier, str):
            yield identifier
