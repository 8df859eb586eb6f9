"""Turns what the other steps raise into an answer."""

import logging

from starlette.types import ASGIApp, Receive, Scope, Send

from smartcal_api.errors import Problem
from smartcal_api.http.exchange import KEY, Exchange
from smartcal_api.http.gate import Gate
from smartcal_api.http.problems import as_reference
from smartcal_api.journal import Refusal

_log = logging.getLogger("smartcal")


class Failures:
    """Without `counted`, requests have no budget, and their answers no headers of one."""

    def __init__(self, app: ASGIApp, *, gate: Gate, counted: bool = True) -> None:
        self._app = app
        self._gate = gate
        self._counted = counted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        exchange: Exchange = scope[KEY]
        try:
            await self._app(scope, receive, send)
        except Exception as error:
            await self._fail(exchange, error, send)
        finally:
            # The exchange has the scope: without this they would keep each other until the garbage collector comes.
            scope.pop(KEY, None)  # gone already where a fault had a refusal answered further in

    async def _fail(self, exchange: Exchange, error: Exception, send: Send) -> None:
        if isinstance(error, Problem):
            problem, scope = error, exchange.scope
            log = _log.error if problem.code in ("unavailable", "internal_error") else _log.info
            hidden = exchange.sandbox.secrets.hidden
            path, detail = hidden(as_reference(scope["path"])), hidden(problem.detail)
            line = f"{exchange.request_id} {scope['method']} {path}: {problem.code}: {detail}"
            log("%s%s", line, self._story(exchange))
        else:
            _log.exception("%s: a defect of this server.%s", exchange.request_id, self._story(exchange))
            problem = _defect()
        # Without its traceback, whose frames have the exchange, which may have the problem.
        exchange.refused = Refusal.of(problem.with_traceback(None))
        if self._counted and exchange.admission is None:
            # Failed before it was counted; the headers of a budget are on every response all the same (law RATE 5).
            client = exchange.scope.get("client")
            budget = client[0] if client else "unknown"
            exchange.admission = exchange.sandbox.limits.admit(budget, exchange.sandbox.clock.now())
        await self._gate.refuse(exchange, problem, send)

    def _story(self, exchange: Exchange) -> str:
        """Where to read on. What has no budget is of the control plane, and in no journal."""
        return f" See {exchange.story}" if self._counted else ""


def _defect() -> Problem:
    return Problem(
        "internal_error",
        "This server failed on the request; its log has the reason. Please report it with the request_id.",
    )
