"""Resources to begin with for what no data set has: made by their schemas, the same for the same seed (law SRC 3)."""

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from smartcal_api.clock import NANOSECONDS, parse_rfc3339
from smartcal_api.contract import Contract
from smartcal_api.contract.shape import Resource
from smartcal_api.contract.shape.fields import fields
from smartcal_api.contract.shape.paths import collection_path, tail
from smartcal_api.contract.shape.words import CREATED, UPDATED, plain
from smartcal_api.mock import ValueGenerator
from smartcal_api.sandbox.identities import Identities
from smartcal_api.sandbox.instants import instant
from smartcal_api.sandbox.sandbox import Sandbox
from smartcal_api.seeding.anchor import ANCHOR, DAY, weeks_to

# More than one page of the default size, and a last page that is short; of the other account a few.
SEEDS = {1: 23, 2: 5}
# Beneath each of the first few resources that a path begins with.
_PARENTS, _CHILDREN = 5, 3
_SHARE = 4
_APART = 3_671 * NANOSECONDS
Document = dict[str, Any]


class Seeds:
    """Those of one resource of a contract."""

    def __init__(self, resource: Resource, contract: Contract, generator: ValueGenerator) -> None:
        self._resource, self._contract, self._generator = resource, contract, generator
        members = fields(contract.document, resource.pointer).members
        self._unseen = [name for name, each in members.items() if each.write_only]
        self._names = tuple(members)
        self._defaults = {
            name: each.schema["default"]
            for name, each in members.items()
            if "default" in each.schema and not each.write_only
        }
        self._moments = [each for name, each in members.items() if plain(name) in CREATED | UPDATED]
        self._identities = Identities(resource, contract, generator) if resource.id is not None else None
        item = resource.path[: resource.path.rindex("}") + 1] if resource.above else ""
        listed = collection_path(item) if item else None
        self._parent = next(
            (each for each in contract.shapes.resources.values() if each.path == listed and each.id), None
        )
        self._parameter = tail(item) if item else ""

    def plant(self, sandbox: Sandbox) -> int:
        """Puts them in, of both accounts; returns how many of the main one. Raises `Unsatisfiable`."""
        made = 0
        for owner, number in SEEDS.items():
            for given in self._above(sandbox, owner):
                count = number if not self._resource.above else _CHILDREN
                if self._identities is not None and self._identities.counts:
                    count = min(count, self._identities.room // _SHARE)  # there is room for what is made
                for _ in range(count):
                    self._put(sandbox, owner, given, f"{self._resource.collection} {made}", stated=made == 0)
                    made += 1
        return made

    def _above(self, sandbox: Sandbox, owner: int) -> Iterator[Mapping[str, Any]]:
        """What the parameters of the path say, of each place where some are put."""
        if not self._resource.above:
            yield {}
        elif self._parent is not None and len(self._resource.above) == 1:
            store = sandbox.store
            table = store.collections[self._parent.collection].table
            rows = store.query(
                f"SELECT document FROM {table} WHERE owner = ? ORDER BY rowid LIMIT {_PARENTS}", (owner,)
            )
            for (text,) in rows:
                yield {self._parameter: orjson.loads(text)[self._parent.id]}

    def _lacking(self, document: Document) -> Document:
        return {name: value for name, value in self._defaults.items() if name not in document}

    def _past(self, sandbox: Sandbox) -> int:
        """An instant of the week before that of the clock, one after the other."""
        now = parse_rfc3339(ANCHOR) + weeks_to(sandbox.clock.now()) * 7 * DAY * NANOSECONDS
        return now - 7 * DAY * NANOSECONDS + sandbox.store.serial("seeds") * _APART

    def _put(self, sandbox: Sandbox, owner: int, given: Mapping[str, Any], salt: str, *, stated: bool) -> None:
        """With `stated`, what the contract's author wrote of values, which would be odd in all of them."""
        resource, pointer = self._resource, self._resource.pointer
        schema = self._contract.sent.resolve(f"#{pointer}")
        document = self._generator.value(schema, salt=salt, name=resource.collection, stated=stated)
        # What has a default is always there once it was made by a request.
        document = {**{n: v for n, v in document.items() if n not in self._unseen}, **self._lacking(document)}
        past = self._past(sandbox)
        document |= {each.name: at for each in self._moments if each.name in document and (at := instant(each, past))}
        document |= {member: given[name] for name, member in resource.above.items() if member is not None}
        if resource.id is None or self._identities is None:
            sandbox.store.put(resource.collection, document, owner=owner, identifier=salt)
            return
        own = document.get(resource.id)
        key = resource.key(own, given)
        if own is None or self._identities.counts or sandbox.store.owner_of(resource.collection, key) is not None:
            own = self._identities.fresh(sandbox, lambda each: resource.key(each, given))
            document[resource.id], key = own, resource.key(own, given)
        document = {name: document[name] for name in (*self._names, *document) if name in document}
        sandbox.store.put(resource.collection, document, owner=owner, identifier=key)
