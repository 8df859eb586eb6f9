"""An operation with everything compiled that a request to it needs, built once at start."""

from collections.abc import Callable, Mapping

from smartcal_api.auth import Authorization, Identification
from smartcal_api.contract import Description, Operation
from smartcal_api.http.answer import Answer, Success
from smartcal_api.http.body import BodyReader
from smartcal_api.http.deprecation import standing_headers
from smartcal_api.http.exchange import Exchange
from smartcal_api.http.judge import Judge, Judges
from smartcal_api.http.parameters import ParameterReader

Handler = Callable[[Exchange], Answer]


class Served:
    """Raises `ContractError` where an answer of its own to an error can't be made up."""

    __slots__ = (
        *("authorization", "body", "handler", "judges", "mocked", "operation", "parameters", "refusals"),
        *("standing", "success"),
    )

    def __init__(
        self,
        operation: Operation,
        handler: Handler,
        contract: Description,
        identification: Identification,
        *,
        judges: Judges,
        mocked: bool,
        refuse_unknown: bool,
        now: int,
    ) -> None:
        self.standing = standing_headers(operation, now)
        """Of every answer, whatever is asked."""
        self.operation = operation
        self.handler = handler
        self.mocked = mocked
        self.authorization = Authorization(operation, contract.data, identification)
        self.parameters = ParameterReader(
            operation,
            contract.schemas,
            refuse_unknown=refuse_unknown,
            keys=identification.key_queries,
            strict=contract.ours,
        )
        limits = contract.policy.request_limits
        self.body = BodyReader(operation.body, contract.taken, limits) if operation.body else None
        self.judges: Mapping[int, Judge] = {
            status: judges.of(response) for status, response in operation.responses.items()
        }
        # One that is not understood has no responses.
        responses = operation.responses
        self.success = Success(operation.success, responses[operation.success].media_types) if responses else None
        # Where the contract answers an error with something else than a problem, its own words are sent.
        self.refusals = judges.refusals.of(operation.responses)
