"""Ids of new resources: as `x-ids` has them, else as the schema does (law SBX 2)."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from smartcal_api.contract import Contract
from smartcal_api.contract.shape import Resource
from smartcal_api.contract.shape.fields import fields
from smartcal_api.mock import Unsatisfiable, ValueGenerator
from smartcal_api.sandbox.sandbox import Sandbox

_TRIES = 512
_MANY = 1 << 40
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
        bounds = [member.schema, *_named_by(contract, resource)]
        self._first = max(1, *(int(each.get("minimum", 1)) for each in bounds))
        self.room = min((int(each["maximum"]) - self._first + 1 for each in bounds if "maximum" in each), default=_MANY)
        """How many there can be, where they are numbers: as many as the path takes."""

    def fresh(self, sandbox: Sandbox, key: Callable[[Any], str]) -> Any:
        """One that no resource has; `key` says what it would be stored by. Belongs in a transaction."""
        store, collection = sandbox.store, self._resource.collection
        for _ in range(_TRIES):
            made = self._made(sandbox, store.serial(f"{collection} ids"))
            if store.owner_of(collection, key(made)) is None:
                return made
        raise Unsatisfiable(f"/{self._resource.id}", f"there are not enough ids of this form for every {collection}")

    def _made(self, sandbox: Sandbox, serial: int) -> Any:
        number = self._first + serial % max(self.room, 1)
        if self.counts and self._validator.is_valid(number):
            return number
        if self._kind is not None:
            minted = sandbox.mint(self._kind)
            if self._validator.is_valid(minted):
                return minted
        salt = f"{sandbox.seed} {self._resource.collection} {serial}"
        return self._generator.value(self._schema, salt=salt, name=str(self._resource.id))


def _named_by(contract: Contract, resource: Resource) -> Iterator[Mapping[str, Any]]:
    """The schemas of the parameters that paths name such a resource by."""
    for name, use in contract.shapes.uses.items():
        operation = contract.operations[name]
        if use.resource == resource and operation.path.rstrip("/").endswith("}"):
            tail = operation.path_names[-1]
            yield from (each.schema for each in operation.parameters if (each.name, each.location) == (tail, "path"))
