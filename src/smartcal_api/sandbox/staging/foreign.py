"""Event types that only an edited contract has: nothing changes, and what they tell of is there already (law SRC 2)."""

from collections.abc import Iterator
from typing import Any

from smartcal_api.contract import Contract
from smartcal_api.contract.document import escape
from smartcal_api.errors import Invalid, shortened
from smartcal_api.mock import Unsatisfiable, ValueGenerator
from smartcal_api.sandbox.staging.change import Change, Document
from smartcal_api.sandbox.staging.completion import Given
from smartcal_api.sandbox.staging.refusal import Conflicting, Unfit

_MOST = 50
"""How many resources are looked at for one that such an event can be about."""


class ForeignEvents:
    """Tells of what no code knows."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._generator = ValueGenerator(contract.sent.data, seed=0)

    def tell(self, change: Change, event_type: str, given: Given) -> None:
        """Records an event of a type of the contract, about the resource that `id` names, else the first that fits;
        where there is none, its data are made up. What was given is laid over them."""
        pointer = self._contract.payload(event_type)
        payload = self._invented(change, event_type, pointer)
        validator = self._contract.schemas.at(pointer)
        candidates = [*self._resources(change, event_type, given), payload.get("data", {})]
        data = next(
            (each for each in candidates if validator.is_valid({**payload, "data": each | given})), candidates[0]
        )
        data = data | given
        errors = list(validator.iter_errors({**payload, "data": data}))
        if errors:
            tokens = [[escape(str(token)) for token in error.instance_path] for error in errors]
            raise Unfit(
                *(
                    Invalid(f"does not fit the contract: {shortened(error.message)}.", pointer="/" + "/".join(path[1:]))
                    for error, path in zip(errors, tokens, strict=True)
                )
            )
        change.record(event_type, data, owner=change.owner, now=change.now)

    def _resources(self, change: Change, event_type: str, given: Given) -> Iterator[Document]:
        collection = self._contract.about(event_type)
        if collection not in change.store.collections:
            return
        if "id" in given:
            yield change.named(collection, given["id"])
        else:
            yield from change.some(collection, "1", order=(), most=_MOST)

    def _invented(self, change: Change, event_type: str, pointer: str) -> dict[str, Any]:
        schema = self._contract.sent.resolve(f"#{pointer}")
        try:
            payload = self._generator.value(schema, salt=f"staged {change.salt}")
        except Unsatisfiable as error:
            raise Conflicting(f"No {event_type} can be made up under this contract: {error}.") from None
        payload = payload if isinstance(payload, dict) else {}
        return payload if isinstance(payload.get("data", {}), dict) else {**payload, "data": {}}
