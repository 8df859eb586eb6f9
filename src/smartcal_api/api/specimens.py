"""Documents such as a handler works with, made of one contract, so that it can be seen what it would send."""

from typing import Any

from smartcal_api.contract import Contract, Operation, Response
from smartcal_api.contract.media_type import is_json
from smartcal_api.mock import ValueGenerator

AT = "2026-03-04T12:00:00Z"


class Specimens:
    """For the answers of one operation."""

    def __init__(
        self, operation: Operation, contract: Contract, generator: ValueGenerator, made: dict[tuple[str, int], Any]
    ) -> None:
        self.contract = contract
        self._made = made
        self._operation, self._generator = operation, generator

    @property
    def response(self) -> Response:
        """That of its success."""
        return self._operation.responses[self._operation.success]

    @property
    def success(self) -> str:
        """The pointer to the schema of its JSON, followed to its end; empty where any body will do."""
        return self.pointer(self._operation.success)

    def pointer(self, status: int) -> str:
        """As `success`, of any status."""
        response = self._operation.responses.get(status) or self.contract.unrouted.get(status)
        declared = response.media_types.items() if response else ()
        stated = next((at for key, at in declared if is_json(key)), None)
        return self.contract.end_of(stated) if stated else ""

    def pointer_to(self, resource: str) -> str:
        """That to the schema of a resource, followed to its end."""
        return self.contract.end_of(self.contract.resource_pointer(resource))

    def document(self, resource: str, number: int = 0) -> dict[str, Any]:
        """One of a resource; raises `Unsatisfiable`, and `TypeError` where its schema describes no object."""
        made = self._made.get((resource, number))
        if made is None:
            made = self._shown(resource) if number == 0 else None
            made = self.value(self.contract.resource_pointer(resource), number) if made is None else made
            self._made[resource, number] = made
        if not isinstance(made, dict):
            raise TypeError(f"{resource} is not an object")
        return made

    def _shown(self, resource: str) -> Any:
        """The first that the contract shows, which was found to be valid."""
        for operation in self.contract.operations.values():
            if operation.collection == resource and operation.listing is None:
                for key, examples in operation.responses[operation.success].examples.items():
                    stated = operation.responses[operation.success].media_types[key]
                    if examples and stated and self.contract.end_of(stated) == self.pointer_to(resource):
                        return next(iter(examples.values()))
        return None

    def value(self, pointer: str, number: int) -> Any:
        """One that fits the schema there; raises `Unsatisfiable`."""
        return self._generator.value(self.contract.sent.resolve(f"#{pointer}"), salt=f"specimen {number}")

    def minted(self, kind: str) -> str:
        """An id as `x-ids` has them."""
        return self.contract.policy.specimen_id(kind)
