"""The outermost step: makes the exchange, in the sandbox that the path names, and keeps it in that one's journal."""

from time import monotonic_ns
from urllib.parse import unquote_to_bytes

from starlette.types import ASGIApp, Receive, Scope, Send

from smartcal_api.errors import Clause, Problem
from smartcal_api.http.answer import Answer
from smartcal_api.http.exchange import HEADS, KEY, Exchange
from smartcal_api.journal import RequestHead, write_request, write_response
from smartcal_api.sandbox.registry import Registry

# What a path begins with that names its sandbox, before the sandbox's name.
_MARK = "/~"
_NOTHING = Answer(0)
_UNTOLD = (b"", b"")


class Record:
    """Wherever it is served, a sandbox's paths are those of the contract: what names it is taken off, and kept."""

    def __init__(self, app: ASGIApp, *, registry: Registry) -> None:
        self._app = app
        self._registry = registry

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        exchange = self._enter(scope)
        try:
            await self._app(scope, receive, send)
        finally:
            # Also of a client that went away, and of a connection that a fault has dropped. Runs for every request, so
            # it only takes what there is, and leaves all else to whoever reads it. A list is kept as its documents,
            # which the store holds as well: to keep every body would push what is read again and again out of the
            # processor's caches.
            sandbox, identity, served = exchange.sandbox, exchange.identity, exchange.served
            journal, answer = sandbox.journal, exchange.answer or _NOTHING
            listed = answer.listed
            request, response = scope.get(HEADS, _UNTOLD)
            if not request:
                request = _request(exchange)
            if not response:
                response = write_response(answer.status, exchange.fields)
            heads = response + request  # as one object: two cost more to keep than to join
            if listed is None:
                size = len(heads) + len(exchange.received) + len(answer.body)
            elif listed.documents is not journal.listed:
                size = len(heads) + len(answer.body)
                journal.listed = listed.documents
            else:  # they are held already
                size = len(heads)
            if size > journal.small:
                journal.make_room(size)
            sandbox.touched = exchange.started
            journal.append(
                (
                    journal.number(),
                    size,
                    heads,
                    exchange.received,
                    listed or answer.body,
                    exchange.now or sandbox.clock.now(),
                    monotonic_ns() - exchange.started,
                    exchange.root,
                    exchange.drawn or exchange.request_id,
                    None if identity is None else identity.principal,
                    None if served is None else served.operation,
                    exchange.refused,
                    exchange.faults,
                )
            )

    def _enter(self, scope: Scope) -> Exchange:
        named = scope["path"].startswith(_MARK)
        exchange = scope[KEY] = self._named(scope) if named else Exchange(scope, self._registry.default)
        exchange.started = monotonic_ns()
        return exchange

    def _named(self, scope: Scope) -> Exchange:
        first, _, rest = scope["raw_path"][1:].partition(b"/")
        name = unquote_to_bytes(first).decode("utf-8", "replace")[1:]
        sandbox = self._registry.get(name)
        if sandbox is None:
            exchange = Exchange(scope, self._registry.default)
            exchange.refusal = Problem(
                "not_found",
                f"There is no sandbox {name[:64]!r} here. Create it, or leave /~NAME out for the default one.",
                clause=Clause("/paths", {"sandbox": name[:64]}),
            )
            return exchange
        prefix = _MARK + name
        scope["path"] = scope["path"][len(prefix) :]
        scope["raw_path"] = b"/" + rest
        return Exchange(scope, sandbox, prefix=prefix)


def _request(exchange: Exchange) -> bytes:
    """The head of a request that did not come in one piece, or came with a body."""
    scope = exchange.scope
    path = exchange.prefix.encode() + scope["raw_path"]
    head = RequestHead(scope["method"], path, scope["query_string"], scope["http_version"], scope["headers"])
    return write_request(head)
