"""The outermost step: makes the exchange, in the sandbox that the path names, and keeps it in that one's journal."""

from time import monotonic_ns
from urllib.parse import unquote_to_bytes

from starlette.types import ASGIApp, Receive, Scope, Send

from smartcal_api.errors import Clause, Problem
from smartcal_api.http.exchange import KEY, Exchange
from smartcal_api.journal import Kept, Refusal, packed
from smartcal_api.sandbox.registry import Registry

# What a path begins with that names its sandbox, before the sandbox's name.
_MARK = "/~"


class Record:
    """Wherever it is served, a sandbox's paths are those of the contract: what names it is taken off, and kept."""

    def __init__(self, app: ASGIApp, *, registry: Registry) -> None:
        self._app = app
        self._registry = registry

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        named = scope["path"].startswith(_MARK)
        exchange = self._named(scope) if named else Exchange(scope, self._registry.default)
        scope[KEY] = exchange
        exchange.started = monotonic_ns()
        try:
            await self._app(scope, receive, send)
        finally:
            # Also of a client that went away, and of a connection that a fault has dropped.
            exchange.sandbox.touched = exchange.started
            exchange.sandbox.journal.append(_kept(exchange))

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


def _kept(exchange: Exchange) -> Kept:
    """Runs for every request, so it only takes what there is, and leaves all else to whoever reads it.

    A list is kept as its documents, which the store holds as well: to keep every body would push what is read again
    and again out of the processor's caches.
    """
    scope, sandbox, identity, served = exchange.scope, exchange.sandbox, exchange.identity, exchange.served
    answer = exchange.answer
    head = packed(
        sandbox.name,
        scope["method"],
        scope["raw_path"],
        scope["query_string"],
        scope["http_version"],
        scope["headers"],
        None if answer is None else answer.status,
        exchange.fields,
        exchange.now or sandbox.clock.now(),
        monotonic_ns() - exchange.started,
        exchange.root or exchange.prefix,
        exchange.request_id,
    )
    return (
        len(head) + len(exchange.received) + (0 if answer is None else len(answer.body)),
        head,
        exchange.received,
        b"" if answer is None else answer.body if answer.listed is None else answer.listed.text,
        None if identity is None else identity.principal,
        None if served is None else served.operation,
        None if exchange.refused is None else Refusal.of(exchange.refused),
        exchange.faults,
    )
