"""The outermost step: makes the exchange, and turns what the others raise into an answer."""

import logging

from starlette.types import ASGIApp, Receive, Scope, Send

from smartcal_api.errors import Problem
from smartcal_api.http.exchange import KEY, Exchange
from smartcal_api.http.gate import Gate
from smartcal_api.http.problems import as_reference
from smartcal_api.sandbox import Sandbox

_log = logging.getLogger("smartcal")


class Failures:
    def __init__(self, app: ASGIApp, *, sandbox: Sandbox, gate: Gate) -> None:
        self._app = app
        self._sandbox = sandbox
        self._gate = gate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        exchange = scope[KEY] = Exchange(scope, self._sandbox)
        try:
            await self._app(scope, receive, send)
        except Problem as problem:
            log = _log.error if problem.code in ("unavailable", "internal_error") else _log.info
            path = as_reference(scope["path"])
            log("%s %s %s: %s: %s", exchange.request_id, scope["method"], path, problem.code, problem.detail)
            await self._refuse(exchange, problem, send)
        except Exception:
            _log.exception("%s: a defect of this server", exchange.request_id)
            await self._refuse(exchange, _defect(), send)

    async def _refuse(self, exchange: Exchange, problem: Problem, send: Send) -> None:
        if exchange.admission is None:
            # Failed before it was counted; the headers of a budget are on every response all the same (law RATE 5).
            client = exchange.scope.get("client")
            budget = client[0] if client else "unknown"
            exchange.admission = self._sandbox.limits.admit(budget, self._sandbox.clock.now())
        await self._gate.refuse(exchange, problem, send)


def _defect() -> Problem:
    return Problem(
        "internal_error",
        "This server failed on the request; its log has the reason. Please report it with the request_id.",
    )
