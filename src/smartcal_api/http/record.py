"""The outermost step: makes the exchange, in the sandbox that the path names, and keeps it in that one's journal."""

from time import monotonic_ns
from typing import Any
from urllib.parse import unquote_to_bytes

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from smartcal_api.errors import Clause, Problem
from smartcal_api.http.exchange import KEY, Exchange
from smartcal_api.journal import Entry, Refusal
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
        sent: list[Message] = []

        def keep(message: Message) -> Any:
            sent.append(message)
            return send(message)

        try:
            await self._app(scope, receive, keep)
        finally:
            # Also of a client that went away, and of a connection that a fault has dropped.
            exchange.sandbox.touched = exchange.started
            exchange.sandbox.journal.append(_entry(exchange, sent))

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


def _entry(exchange: Exchange, sent: list[Message]) -> Entry:
    scope, sandbox, identity, served = exchange.scope, exchange.sandbox, exchange.identity, exchange.served
    size = exchange.head_bytes or _head_bytes(scope)
    for message in sent:
        size += len(message.get("body", b""))
    return Entry(
        sandbox.name,
        scope["method"],
        scope["raw_path"],
        scope["query_string"],
        scope["http_version"],
        scope["headers"],
        exchange.received,
        sent,
        at=exchange.now or sandbox.clock.now(),
        took=monotonic_ns() - exchange.started,
        root=exchange.root or exchange.prefix,
        request_id=exchange.request_id,
        principal=identity.principal if identity is not None else None,
        operation=served.operation if served is not None else None,
        refusal=Refusal.of(exchange.refused) if exchange.refused is not None else None,
        faults=exchange.faults,
        size=size + len(exchange.received),
    )


def _head_bytes(scope: Scope) -> int:
    fields = sum(len(name) + len(value) for name, value in scope["headers"])
    return fields + len(scope["raw_path"]) + len(scope["query_string"])
