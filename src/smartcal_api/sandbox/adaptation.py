"""Stored documents under an edited contract: they stay as they were, and what is seen of them fits (law SRC 5).

What is seen is worked out once, when the contract has been edited, and follows from the documents alone: an edit that
is undone leaves nothing behind.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from hashlib import sha256
from itertools import chain
from typing import NamedTuple

import orjson

from smartcal_api.clock import Clock
from smartcal_api.contract import Contract
from smartcal_api.mock import Unsatisfiable, ValueGenerator
from smartcal_api.sandbox.sandbox import Sandbox
from smartcal_api.sandbox.subscriptions import COLLECTION as WEBHOOK
from smartcal_api.sandbox.views import Views, replaced
from smartcal_api.sandbox.vocabulary import edits
from smartcal_api.store import Edit, Rewritten, Store, open_store

_META = "schemas"
_AS_BEFORE = "as before the edit"
# An id that is free is found at once, unless there are hardly any of its form.
_TRIES = 64
# Of ids that mean something else now: beyond so many all is worked out again, and they are not looked for in documents.
_DOUBTFUL = 50
_Changes = Counter[tuple[str, str, str]]


class Adaptation(NamedTuple):
    """One kind of change to what is seen of a collection's documents, and how many it was made to."""

    collection: str
    pointer: str
    done: str
    documents: int

    def __str__(self) -> str:
        return f"{self.collection}{self.pointer}: {self.done} in {self.documents} documents"


class Ahead:
    """What was worked out on a copy of a database, so that nobody had to wait for it.

    It holds for documents that have stayed the same, as long as whatever else a view follows from has.
    """

    def __init__(self) -> None:
        self._basis: object = None
        self._known: dict[tuple[str, bytes], _Worked] = {}
        self._names: dict[str, str] = {}
        self._doubtful: list[bytes] = []
        self.renamed: dict[str, str] = {}
        """Own id → new one."""

    def use(self, basis: object, names: Mapping[str, str]) -> None:
        """From now on for these: what a view follows from besides its document, and the names of ids in that."""
        changed = [old for old, _ in names.items() ^ self._names.items()]
        if self._basis != basis or len(changed) > _DOUBTFUL:
            self._known, changed = {}, []
        self._basis, self._names, self._doubtful = basis, {**names}, [each.encode() for each in changed]

    def get(self, collection: str, text: bytes) -> "_Worked | None":
        if any(each in text for each in self._doubtful):
            return None
        return self._known.get((collection, text))

    def forget(self) -> None:
        """Piece by piece: to free it all at once would stop every other thread for as long as that takes (GUARD 3)."""
        while self._known:
            self._known.popitem()

    def keep(self, collection: str, text: bytes, worked: "_Worked") -> None:
        self._known[collection, text] = worked


class _Worked(NamedTuple):
    """A document under its own ids, and as it is seen; `done` of it. The `id` that it is seen by where that is another
    than its `own_id`."""

    own: bytes
    seen: bytes
    id: str | None
    own_id: str | None
    done: tuple[tuple[str, str], ...]

    def key(self, former: str) -> str:
        """What it is stored by, which may be more than its id: what is above it in its path stands before that."""
        return former if self.id is None else f"{former.removesuffix(self.own_id or former)}{self.id}"


def is_adapted(store: Store, contract: Contract) -> bool:
    return store.meta(_META) == _digest(contract)


def look_ahead(database: bytes, contract: Contract, *, now: int, seed: int) -> Ahead:
    """Works out on a copy what `adapt` will need; raises `Unsatisfiable` as that does."""
    ahead = Ahead()
    with closing(open_store(contract, image=database)) as store:
        adapt(Sandbox("", contract, store, Clock(now, frozen=True), seed=seed), contract, ahead)
    return ahead


def adapt(sandbox: Sandbox, contract: Contract, ahead: Ahead | None = None) -> list[Adaptation]:
    """Has every stored document seen as the contract's schemas want it, unless it was done for the same ones before.

    One transaction: raises `Unsatisfiable`, with nothing changed, where a schema can't be satisfied.
    """
    store = sandbox.store
    if is_adapted(store, contract):
        return []
    changes: _Changes = Counter()
    generator = ValueGenerator(contract.sent.data, seed=sandbox.seed)
    known = [name for name in store.collections if name in contract.resources]
    moved: Mapping[str, str] = {}
    with store.transaction():
        edited = edits(store, contract, known)
        back = store.renamed()
        renamed = _renamed(store, known, contract, generator, ahead.renamed if ahead is not None else {})
        if ahead is not None:
            ahead.use((_digest(contract), edited), {**renamed, **back})
        for name in known:
            views = Views(name, contract, generator, edited.get(name, Edit()), renamed)
            names = store.rewrite(name, _seen(store, name, views, back, changes, ahead))
            moved = names if name == WEBHOOK else moved
        store.set_edits(edited)
        store.set_meta(_META, _digest(contract))
    sandbox.outbox.rename(moved)
    sandbox.plan()
    return [Adaptation(*key, count) for key, count in sorted(changes.items())]


def _digest(contract: Contract) -> str:
    """Not of the file's bytes: a new description must not cost a look at a million documents."""
    shaped = {name: contract.document.resolve(f"#{each.pointer}") for name, each in contract.shapes.resources.items()}
    stated = [contract.data["components"]["schemas"], [*contract.data.get("webhooks", {})], dict(contract.resources)]
    stated += [shaped] if any(name not in contract.data["components"]["schemas"] for name in shaped) else []
    return sha256(orjson.dumps(stated)).hexdigest()


def _seen(
    store: Store,
    collection: str,
    views: Views,
    back: Mapping[str, str],
    changes: _Changes,
    ahead: Ahead | None,
) -> Iterator[Rewritten]:
    """Every resource as it is seen from now on; `back` has the own ids of those that were seen by another."""
    for stored in store.stored(collection):
        text = stored.original or stored.document
        worked = ahead.get(collection, text) if ahead is not None else None
        if worked is None:
            worked = _worked_out(text, views, back)
            if ahead is not None:
                ahead.keep(collection, text, worked)
        if worked.seen != stored.document:
            changes.update((collection, pointer, what) for pointer, what in worked.done or [("", _AS_BEFORE)])
        original = None if worked.seen is worked.own else worked.own
        yield Rewritten(stored, worked.key(stored.former), worked.seen, original)


def _worked_out(text: bytes, views: Views, back: Mapping[str, str]) -> _Worked:
    document = orjson.loads(text)
    if back and (own := replaced(document, back)) is not document:
        document, text = own, orjson.dumps(own)
    seen, done = views.of(document)
    identifier, own_id = seen.get("id"), document.get("id")
    return _Worked(
        own=text,
        seen=text if seen is document else orjson.dumps(seen),
        id=identifier if isinstance(identifier, str) and identifier != own_id else None,
        own_id=own_id if isinstance(own_id, str) else None,
        done=tuple(done),
    )


def _renamed(
    store: Store, names: list[str], contract: Contract, generator: ValueGenerator, known: dict[str, str]
) -> dict[str, str]:
    """Own id → new one, for ids that no longer fit: whatever refers to a resource must go on referring to it.

    What is `known` is taken, and what isn't is put into it.
    """
    renamed: dict[str, str] = {}
    for name in names:
        schema = contract.resource(name).get("properties", {}).get("id")
        if schema is None:
            continue
        validator = contract.schemas.at(contract.resource_pointer(name, "properties", "id"))
        unfit = [each for each in _ids(store, name) if not validator.is_valid(each)]
        taken = {*_ids(store, name)} if unfit else set()
        for identifier in unfit:
            salts = (f"{name} {identifier}{f' {attempt}' * (attempt > 0)}" for attempt in range(_TRIES))
            made = (str(generator.value(schema, salt=salt, name="id")) for salt in salts)
            proposed = chain([known[identifier]] if identifier in known else [], made)
            free = next((each for each in proposed if each not in taken), None)
            if free is None:
                raise Unsatisfiable("/id", f"there are not enough ids of this form for every {name}")
            taken.add(free)
            known[identifier] = renamed[identifier] = free
    return renamed


def _ids(store: Store, collection: str) -> Iterator[str]:
    """The own ids of all resources that have one."""
    for stored in store.stored(collection):
        identifier = orjson.loads(stored.original or stored.document).get("id")
        if isinstance(identifier, str):
            yield identifier
