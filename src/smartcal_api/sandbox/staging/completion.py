"""Partial documents made whole, by a draft or by what is there, and judged by the contract (law SRC 5)."""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

import orjson

from smartcal_api.contract import Contract
from smartcal_api.contract.document import escape
from smartcal_api.contract.shape.fields import fields
from smartcal_api.errors import Invalid, hint
from smartcal_api.mock import Unsatisfiable, ValueGenerator, repair
from smartcal_api.sandbox.staging.instants import Instants
from smartcal_api.sandbox.staging.refusal import Absent, Conflicting, Unfit, unfit
from smartcal_api.sandbox.subscriptions import COLLECTION as WEBHOOK
from smartcal_api.seeding.zones import zone

Given = Mapping[str, Any]
_FAULTS = 20
# What can be given with a resource and is none of its members: the secret that signs a subscription's deliveries.
SECRET = "secret"  # noqa: S105  # the name of a member
WRITE_ONLY: Mapping[str, tuple[str, ...]] = {WEBHOOK: (SECRET,)}


class Completion:
    """Knows the component schemas of one contract."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._generator = ValueGenerator(contract.sent.data, seed=0)

    def read(self, collection: str, given: Any, *, now: int) -> dict[str, Any]:
        """What was given, times written out; raises `Unfit` for what is not an object of known members."""
        self._find(collection)
        if not isinstance(given, dict):
            raise unfit("", "is not an object; give the members that matter, the others are filled in.")
        instants = Instants(self._contract.document.resolve, now)
        settled: dict[str, Any] = instants.settle(given, self._contract.resource(collection))
        known = dict.fromkeys(self.members(collection))
        known |= dict.fromkeys(WRITE_ONLY.get(collection, ())) if known else {}
        faults = [Invalid(detail, pointer=pointer) for pointer, detail in instants.faults.items()]
        for name in settled if known else ():
            if name not in known:
                faults.append(
                    Invalid(f"is not a member of {collection}; {hint(name, known)}", pointer=f"/{escape(name)}")
                )
        if faults:
            raise Unfit(*faults[:_FAULTS])
        return settled

    def drafted(self, collection: str, draft: Given, *, salt: str) -> dict[str, Any]:
        """A draft, with whatever an edited contract wants beside it made up as a mock would."""
        self._find(collection)
        try:
            return repair(
                dict(draft),
                validator=self._contract.schemas.at(self._contract.resource_pointer(collection)),
                schema=self._contract.resource(collection),
                generator=self._generator,
                salt=f"staged {salt}",
            ).document
        except Unsatisfiable as error:
            raise _impossible(collection, error) from None

    def invented(self, collection: str, *, salt: str) -> dict[str, Any]:
        """A document of a collection that is mocked."""
        try:
            made = self._generator.value(self._contract.resource(collection), salt=f"staged {salt}", name=collection)
        except Unsatisfiable as error:
            raise _impossible(collection, error) from None
        return made if isinstance(made, dict) else {}

    def laid_over(self, collection: str, whole: Given, given: Given) -> dict[str, Any]:
        """`whole` with what was given in its place; an object that isn't whole itself is laid over the one there."""
        document = dict(whole)
        for name, value in given.items():
            there = document.get(name)
            if isinstance(there, dict) and isinstance(value, dict) and not self._fits(collection, name, value):
                value = {**there, **value}
            document[name] = value
        return document

    def check(self, collection: str, document: Given) -> None:
        """Raises `Unfit` for what breaks the contract, can't be kept, or names a time zone that there isn't."""
        validator = self._contract.schemas.at(self._contract.resource_pointer(collection))
        errors = islice(validator.iter_errors(document), _FAULTS) if not validator.is_valid(document) else ()
        faults = [
            Invalid(
                f"does not fit the contract: {self._contract.schemas.explain(error)}",
                pointer="".join("/" + escape(str(token)) for token in error.instance_path),
            )
            for error in self._contract.schemas.meant(errors)
        ]
        if not faults:
            faults = list(_beyond_schema(document))
        if faults:
            raise Unfit(*faults)

    def members(self, collection: str) -> Iterator[str]:
        """The names that the schema of a collection has for members."""
        return self._contract.members(self._contract.resource_pointer(collection))

    def identity(self, collection: str) -> str:
        """The member that a collection's resources are known by."""
        shaped = self._contract.shapes.resources.get(collection)
        return shaped.id if shaped is not None and shaped.id is not None else "id"

    def named(self, collection: str, identifier: str) -> dict[str, Any]:
        """That member of the resource of an id, as a text or as a number; nothing where it has none."""
        member = self.identity(collection)
        if member not in set(self.members(collection)):
            return {}
        found = fields(self._contract.document, self._contract.resource_pointer(collection)).members.get(member)
        counts = found is not None and found.types == {"integer"} and identifier.isascii() and identifier.isdigit()
        return {member: int(identifier) if counts else identifier}

    def _find(self, collection: str) -> None:
        """Raises `Absent` where the contract has no such resources."""
        if collection not in self._contract.resources:
            raise Absent(f"Nothing in the contract shows a {collection}, and it has no schema of that name.")

    def _fits(self, collection: str, name: str, value: Any) -> bool:
        if name not in self._contract.resource(collection).get("properties", {}):
            return False
        pointer = self._contract.resource_pointer(collection, "properties", name)
        return self._contract.schemas.at(pointer).is_valid(value)


def _beyond_schema(document: Given) -> Iterator[Invalid]:
    try:
        orjson.dumps(document)
    except TypeError as error:
        yield Invalid(f"can't be kept as JSON: {error}.", pointer="")
    name = document.get("timezone")
    if isinstance(name, str):
        try:
            zone(name)
        except ValueError as error:
            yield Invalid(f"{error}.", pointer="/timezone")


def _impossible(collection: str, error: Unsatisfiable) -> Conflicting:
    return Conflicting(f"No {collection} can be made up under this contract: {error}. Give it whole.")
