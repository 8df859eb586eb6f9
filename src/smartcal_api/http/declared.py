"""What an operation's contract has done around its handler, decided once: most have nothing of it (law SRC 2)."""

from smartcal_api.contract import Description, Operation
from smartcal_api.http.entity_tags import tagged
from smartcal_api.http.idempotency import idempotent
from smartcal_api.http.negotiation import negotiated
from smartcal_api.http.raw import RawHandler
from smartcal_api.http.served import Handler
from smartcal_api.mock import ValueGenerator


def as_declared(
    handler: Handler, operation: Operation, contract: Description, *, generator: ValueGenerator, chooses: bool
) -> Handler:
    """`chooses`: whether the handler chooses among media types. One that reads its own requests is left alone."""
    if isinstance(handler, RawHandler):
        return handler
    handler = idempotent(handler, operation, contract)
    if not chooses:
        handler = negotiated(handler, operation, contract, generator=generator)
    return tagged(handler, operation, contract)
