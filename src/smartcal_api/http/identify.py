"""Finds out whose request it is, and counts it against that budget."""

from collections.abc import Awaitable, Callable

from starlette.types import ASGIApp, Receive, Scope, Send

from smartcal_api.auth import Identification, Presented
from smartcal_api.contract import Contract
from smartcal_api.errors import Problem
from smartcal_api.http.exchange import KEY, Exchange
from smartcal_api.http.handing_over import HandingOver
from smartcal_api.http.rate_refusal import RateRefusal
from smartcal_api.http.raw import RawPaths
from smartcal_api.sandbox.registry import Registry


class Identify:
    """Refuses nothing: which credential an operation wants is known after routing.

    At the bare root the credential, or the OAuth client, says which sandbox the request is in (law SBX 1).
    """

    def __init__(
        self, app: ASGIApp, *, registry: Registry, contract: Contract, identification: Identification, raw: RawPaths
    ) -> None:
        self._app = app
        self._handing_over = HandingOver(contract, registry)
        self._registry = registry
        self._identification = identification
        self._raw = raw

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        exchange: Exchange = scope[KEY]
        if scope["path"] in self._raw:
            exchange.no_store = True
            exchange.identity = self._identification.nobody()
            if exchange.refusal is None:
                return self._read(scope, receive, send)
        elif exchange.refusal is None:
            presented = self._identification.presented(exchange.headers, scope["headers"], scope["query_string"])
            if not exchange.named and isinstance(presented, Presented):
                exchange.sandbox = self._registry.of_credential(presented.secret)
            if exchange.sandbox.store.turn.taken:
                return self._wait(presented, scope, receive, send)
            exchange.identity = self._identification.identify(presented, exchange.sandbox)
        return self._app(scope, receive, send)

    async def _wait(self, presented: Presented | Problem, scope: Scope, receive: Receive, send: Send) -> None:
        exchange: Exchange = scope[KEY]
        await exchange.sandbox.store.turn.free()
        if self._handing_over.is_due(exchange):
            await self._handing_over.do(exchange, scope, receive, send)
            return
        exchange.identity = self._identification.identify(presented, exchange.sandbox)
        await self._app(scope, receive, send)

    async def _read(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._raw.read(scope[KEY], receive, self._registry)
        await self._app(scope, receive, send)


class Limit:
    """Admits a request to the budget of its credential or client, or of its address where there is none (laws RATE).

    Where a sandbox has faults armed, what was admitted goes on by way of `fail`.
    """

    def __init__(self, app: ASGIApp, *, refusal: RateRefusal, fail: Callable[[ASGIApp], ASGIApp]) -> None:
        self._app = app
        self._fail = fail(app)
        self._refusal = refusal

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        exchange: Exchange = scope[KEY]
        identity = exchange.identity
        if identity is not None and identity.principal is not None:
            budget = identity.principal.budget
        elif exchange.budget is not None:
            budget = exchange.budget
        else:
            client = scope.get("client")
            budget = client[0] if client else "unknown"
        exchange.budget = budget
        sandbox = exchange.sandbox
        sandbox.touched = exchange.started
        # Counted before what fell due is done: should the store fail at that, the request had its budget all the same.
        exchange.now = now = sandbox.clock.now()
        exchange.admission = admission = sandbox.limits.admit(budget, now)
        if admission.retry_after is not None:
            raise self._refusal.of(sandbox, admission)
        if exchange.refusal is not None:
            raise exchange.refusal
        sandbox.catch_up(now)
        if sandbox.faults.armed:
            return self._fail(scope, receive, send)
        return self._app(scope, receive, send)
