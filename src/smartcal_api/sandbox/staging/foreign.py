"""Event types that only an edited contract has: nothing changes, and a payload is made up as a mock would (SRC 2)."""

from smartcal_api.contract import Contract
from smartcal_api.contract.document import escape
from smartcal_api.errors import Invalid, shortened
from smartcal_api.mock import Unsatisfiable, ValueGenerator
from smartcal_api.sandbox.staging.change import Change
from smartcal_api.sandbox.staging.completion import Given
from smartcal_api.sandbox.staging.refusal import Conflicting, Unfit

_MEDIA_TYPE = "application/json"


class ForeignEvents:
    """Tells of what no code knows."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._generator = ValueGenerator(contract.data, seed=0)

    def tell(self, change: Change, event_type: str, given: Given) -> None:
        """Records an event of a type of the contract, its data made up, with what was given in it."""
        webhook = self._contract.data["webhooks"][event_type]
        schema = webhook["post"]["requestBody"]["content"][_MEDIA_TYPE]["schema"]
        pointer = f"/webhooks/{escape(event_type)}/post/requestBody/content/{escape(_MEDIA_TYPE)}/schema"
        try:
            payload = self._generator.value(schema, salt=f"staged {change.salt}")
        except Unsatisfiable as error:
            raise Conflicting(f"No {event_type} can be made up under this contract: {error}.") from None
        data = payload["data"] | given
        errors = list(self._contract.schemas.at(pointer).iter_errors({**payload, "data": data}))
        if errors:
            tokens = [[escape(str(token)) for token in error.instance_path] for error in errors]
            raise Unfit(
                *(
                    Invalid(f"does not fit the contract: {shortened(error.message)}.", pointer="/" + "/".join(path[1:]))
                    for error, path in zip(errors, tokens, strict=True)
                )
            )
        change.record(event_type, data, owner=change.owner, now=change.now)
