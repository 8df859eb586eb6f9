"""The outermost step: makes the exchange, in the sandbox that the path names."""

from collections.abc import Awaitable, Sequence
from time import monotonic_ns
from urllib.parse import unquote_to_bytes

from starlette.types import ASGIApp, Receive, Scope, Send

from smartcal_api.errors import Clause, Problem
from smartcal_api.http.exchange import KEY, Exchange
from smartcal_api.http.paths import decoded
from smartcal_api.sandbox.registry import Registry

# What a path begins with that names its sandbox, before the sandbox's name.
_MARK = "/~"
# An issuer with a path has its metadata where that path comes last (RFC 8414 section 3.1).
_WELL_KNOWN = "/.well-known/"
_NAMED = (_MARK, _WELL_KNOWN)


class Enter:
    """Wherever it is served, a sandbox's paths are those of the contract: what names it is taken off, and kept.

    So is the path of a server of the contract, one of `bases`, which clients have before every path.
    """

    def __init__(self, app: ASGIApp, *, registry: Registry, bases: Sequence[str] = ()) -> None:
        self._app = app
        self._registry = registry
        self._bases = bases
        self._prefixes = (*_NAMED, *(f"{base}/" for base in bases))

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] != "http":
            return _nothing()
        if b"%2" in scope["raw_path"]:
            scope["path"] = decoded(scope["raw_path"])
        longer = scope["path"].startswith(self._prefixes)
        exchange = scope[KEY] = self._below(scope) if longer else Exchange(scope, self._registry.default)
        exchange.started = monotonic_ns()
        return self._app(scope, receive, send)

    def _below(self, scope: Scope) -> Exchange:
        named = scope["path"].startswith(_NAMED)
        exchange = self._named(scope) if named else Exchange(scope, self._registry.default)
        for base in self._bases:
            if scope["path"].startswith(f"{base}/") and scope["raw_path"].startswith(base.encode()):
                scope["path"], scope["raw_path"] = scope["path"][len(base) :], scope["raw_path"][len(base) :]
                exchange.prefix += base
                break
        return exchange

    def _named(self, scope: Scope) -> Exchange:
        first, _, rest = scope["raw_path"][1:].partition(b"/")
        inserted = scope["path"].startswith(_WELL_KNOWN)
        if inserted:
            rest, _, first = scope["raw_path"].rpartition(b"/")
            if not unquote_to_bytes(first).startswith(b"~"):
                return Exchange(scope, self._registry.default)
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
        scope["path"] = scope["path"].removesuffix(prefix) if inserted else scope["path"][len(prefix) :]
        scope["raw_path"] = rest if inserted else b"/" + rest
        return Exchange(scope, sandbox, prefix=prefix)


async def _nothing() -> None:
    """For what is no request: a server's start and end."""
