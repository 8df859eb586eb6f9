"""Keeps each request and its answer in its sandbox's journal, whatever became of it."""

from time import monotonic_ns

from starlette.types import ASGIApp, Receive, Scope, Send

from smartcal_api.clock import MICROSECOND
from smartcal_api.http.exchange import KEY, REQUEST, Exchange
from smartcal_api.http.failures import Failures
from smartcal_api.http.gate import Gate
from smartcal_api.journal import RequestHead, write_request, write_response
from smartcal_api.journal.counts import Counts


class Record(Failures):
    """Renders failures too, as they belong into the journal, and counts; steps of their own would cost every request
    more."""

    def __init__(self, app: ASGIApp, *, gate: Gate, counts: Counts) -> None:
        super().__init__(app, gate=gate)
        self._counts = counts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        exchange: Exchange = scope[KEY]
        try:
            await self._app(scope, receive, send)
        except Exception as error:
            await self._fail(exchange, error, send)
        finally:
            scope.pop(KEY, None)  # as in `Failures`
            if not exchange.handed_over:
                self._keep(exchange, scope)

    def _keep(self, exchange: Exchange, scope: Scope) -> None:
        # Also of a client that went away, and of a connection that a fault has dropped. Runs for every request, so
        # it only takes what there is, and leaves all else to whoever reads it. A list is kept as its documents,
        # which the store holds as well: to keep every body would push what is read again and again out of the
        # processor's caches.
        sandbox, identity, served = exchange.sandbox, exchange.identity, exchange.served
        journal, answer = sandbox.journal, exchange.answer
        serial, listed = journal.next_serial, answer.listed
        took = (monotonic_ns() - exchange.started) // MICROSECOND  # Python keeps no objects for small numbers
        self._counts.add(None if served is None else served.operation.id, answer.status, took)
        journal.next_serial = serial + 1
        request, response = scope.get(REQUEST), exchange.sent
        # Small heads are there, and with them all but a large body, or a list other than the latest, is small.
        new = len(answer.body) > journal.small if listed is None else listed.documents is not journal.listed
        if new or not request or not response:
            request = request or _request(exchange)
            response = response or write_response(answer.status, exchange.fields)
            body = len(answer.body) if new or listed is None else 0
            if exchange.refused is not None:
                body *= 2  # what is refused is kept by its parts as well
            journal.make_room(serial, len(request) + len(response) + len(exchange.received) + body)
            if listed is not None:
                journal.listed = listed.documents
        journal.append(
            (
                serial,
                request,
                response,
                exchange.received,
                listed or answer.body,
                exchange.now or sandbox.clock.now(),
                took,
                exchange.root,
                exchange.drawn or exchange.request_id,
                None if identity is None else identity.principal,
                None if served is None else served.operation,
                exchange.refused,
                exchange.faults,
            )
        )


def _request(exchange: Exchange) -> bytes:
    """The head of a request that did not come in one piece, or came with a body."""
    scope = exchange.scope
    path = exchange.prefix.encode() + scope["raw_path"]
    head = RequestHead(scope["method"], path, scope["query_string"], scope["http_version"], scope["headers"])
    return write_request(head)
