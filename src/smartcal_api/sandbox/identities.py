"""Ids of new resources: as `x-ids` has them, else as the schema does (law SBX 2)."""

import re
from collections.abc import Callable
from typing import Any

from smartcal_api.contract import Contract
from smartcal_api.contract.shape import Resource
from smartcal_api.contract.shape.fields import fields
from smartcal_api.mock import Unsatisfiable, ValueGenerator
from smartcal_api.sandbox.sandbox import Sandbox

_TRIES = 512
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


class Identities:
    """Those of one resource."""

    def __init__(self, resource: Resource, contract: Contract, generator: ValueGenerator) -> None:
        self._resource, self._generator = resource, generator
        assert resource.id is not None
        member = fields(contract.document, resource.pointer).members[resource.id]
        self._schema = contract.sent.resolve(f"#{member.pointer}")
        self._validator = contract.schemas.at(member.pointer)
        kind = _HUMP.sub("_", resource.collection).lower()
        self._kind = kind if kind in contract.policy.ids["prefixes"] else None
        self.counts = bool(member.types & {"integer", "number"}) and "string" not in member.types
        """Whether they are numbers."""
        self._first = max(1, int(member.schema.get("minimum", 1)))

    def fresh(self, sandbox: Sandbox, key: Callable[[Any], str]) -> Any:
        """One that no resource has; `key` says what it would be stored by. Belongs in a transaction."""
        store, collection = sandbox.store, self._resource.collection
        for _ in range(_TRIES):
            made = self._made(sandbox, store.serial(f"{collection} ids"))
            if store.owner_of(collection, key(made)) is None:
                return made
        raise Unsatisfiable(f"/{self._resource.id}", f"there are not enough ids of this form for every {collection}")

    def _made(self, sandbox: Sandbox, serial: int) -> Any:
        if self.counts and self._validator.is_valid(self._first + serial):
            return self._first + serial
        if self._kind is not None:
            minted = sandbox.mint(self._kind)
            if self._validator.is_valid(minted):
                return minted
        salt = f"{sandbox.seed} {self._resource.collection} {serial}"
        return self._generator.value(self._schema, salt=salt, name=str(self._resource.id))
