"""The answers that faults give: the contract's where it has them, and otherwise what it doesn't allow."""

from http import HTTPStatus

from starlette.types import Send

from smartcal_api.contract import Operation
from smartcal_api.errors import ContractError
from smartcal_api.http.answer import PROBLEM, Answer, json_bytes
from smartcal_api.http.exchange import Exchange
from smartcal_api.http.gate import Gate
from smartcal_api.http.problems import as_reference
from smartcal_api.http.stated import Stated
from smartcal_api.mock import Unsatisfiable

_LOWEST_ERROR = 400


class Forgery:
    def __init__(self, gate: Gate, stated: Stated) -> None:
        self._gate = gate
        self._stated = stated

    async def answer(self, exchange: Exchange, status: int, send: Send) -> None:
        """Any status, past the judge: what a fault asks for may break the contract."""
        operation = None if exchange.served is None else exchange.served.operation
        await self._gate.respond(exchange, self._answer(exchange, operation, status), send, judged=False)

    def _answer(self, exchange: Exchange, operation: Operation | None, status: int) -> Answer:
        if status in self._stated.statuses(operation):
            try:
                return self._stated.answer(exchange, operation, status)
            except (ContractError, Unsatisfiable):
                pass  # the contract says what no value satisfies; a fault needs none that does
        if status < _LOWEST_ERROR:
            return Answer(status)
        return _plain(exchange, status)


def _plain(exchange: Exchange, status: int) -> Answer:
    """A problem of no kind of its own (RFC 9457 section 4.2.1), as a proxy on the way might make it."""
    known = {each.value: each.phrase for each in HTTPStatus}
    document = {
        "type": "about:blank",
        "title": known.get(status, "Unknown"),
        "status": status,
        "detail": "A fault that is armed in this sandbox answers so. GET /_sandbox/sandboxes/NAME/faults lists them.",
        "instance": as_reference(exchange.prefix + exchange.scope["raw_path"].decode("ascii", "replace")),
        "request_id": exchange.request_id,
    }
    return Answer(status, json_bytes(document), media_type=PROBLEM)
