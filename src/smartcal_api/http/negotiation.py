"""Which of its media types a handler's success is sent in, as Accept has it (RFC 9110 section 12.5.1)."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from smartcal_api.contract import Description, Operation
from smartcal_api.contract.media_type import acceptable, is_json
from smartcal_api.errors import ContractError, Foreseen
from smartcal_api.http.answer import Answer, Success
from smartcal_api.http.exchange import Exchange
from smartcal_api.http.mocked_response import MockedResponse
from smartcal_api.http.served import Handler
from smartcal_api.mock import ValueGenerator

NOT_ACCEPTABLE = 406
Refuse = Callable[[], Answer]


def negotiated(handler: Handler, operation: Operation, contract: Description, *, generator: ValueGenerator) -> Handler:
    """The handler, where there is anything to choose or to refuse. What it can't write itself is as the contract shows
    it: the example of that media type, or what is made up from its schema."""
    response = operation.responses[operation.success]
    own = Success(operation.success, response.media_types).media_type
    refuse = refusal(operation, contract, generator=generator)
    if own not in response.media_types or (len(response.media_types) == 1 and refuse is None):
        return handler
    others: dict[str, MockedResponse | None] = {}
    for key, pointer in response.media_types.items():
        stated = response.media_types[own]
        alike = pointer is not None and stated is not None and contract.end_of(pointer) == contract.end_of(stated)
        if key != own and is_json(key) and alike:
            others[key] = None  # the same bytes
        elif key != own:
            alone = replace(response, media_types={key: pointer}, items=None)
            try:
                others[key] = MockedResponse(operation.success, alone, contract, generator=generator)
            except ContractError:
                continue  # one that can't be rendered is never sent
    return _Negotiated(handler, own, others, refuse)


def shown(operation: Operation) -> list[str]:
    """The media types of a success that a handler doesn't write, so that they are as the contract shows them."""
    response = operation.responses[operation.success]
    own = Success(operation.success, response.media_types).media_type
    return [key for key in response.media_types if own in response.media_types and key != own and not is_json(key)]


def refusal(operation: Operation, contract: Description, *, generator: ValueGenerator) -> Refuse | None:
    """What an operation answers where Accept takes none of its media types; None: it declares nothing for that."""
    declared = operation.responses.get(NOT_ACCEPTABLE)
    if declared is None:
        return None
    code = next((code for code, kind in contract.policy.problems.items() if kind.status == NOT_ACCEPTABLE), None)
    listed = ", ".join(operation.responses[operation.success].media_types)
    stated = MockedResponse(NOT_ACCEPTABLE, declared, contract, generator=generator)

    def refuse() -> Answer:
        if code is not None:
            raise Foreseen(code, f"The header Accept takes nothing that this operation answers in. Accept {listed}.")
        return stated.make(operation.id)

    return refuse


class _Negotiated:
    def __init__(
        self, handler: Handler, own: str, others: Mapping[str, MockedResponse | None], refuse: Refuse | None
    ) -> None:
        self._handler, self._own, self._others, self._refuse = handler, own, others, refuse
        self._offers = [own, *others]

    def __call__(self, exchange: Exchange) -> Answer:
        wanted = acceptable(self._offers, exchange.accept)
        if not wanted and self._refuse is not None:
            return self._refuse()
        answer = self._handler(exchange)
        chosen = wanted[0] if wanted else self._own
        if chosen == self._own or answer.media_type != self._own:
            return answer
        made = self._others[chosen]
        if made is None:
            answer.media_type = chosen
            return answer
        return made.make(f"{exchange.sandbox.seed} {exchange.operation.id}", headers=answer.headers)
