"""The innermost step of the control plane. Unlike the product's handlers, those of the control plane may wait."""

from collections.abc import Awaitable
from functools import partial
from inspect import isawaitable

from starlette.types import Receive, Scope, Send

from smartcal_api.errors import Problem, hint
from smartcal_api.http.answer import Answer
from smartcal_api.http.attendance import attended
from smartcal_api.http.event_stream import MEDIA_TYPE, EventStream
from smartcal_api.http.exchange import KEY, Exchange
from smartcal_api.http.gate import Gate
from smartcal_api.sandbox import Sandbox
from smartcal_api.sandbox.registry import Registry

SANDBOX = "sandbox"


class OperateControl:
    """A handler finds the sandbox that its path names in the exchange, after all that fell due there has happened."""

    def __init__(self, *, gate: Gate, registry: Registry) -> None:
        self._gate = gate
        self._registry = registry

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        exchange: Exchange = scope[KEY]
        served = exchange.served
        assert served is not None  # `Authorise` answers 404 without one
        exchange.parameters = served.parameters.read(scope["path_params"], scope["query_string"], scope["headers"])
        name = exchange.parameters.get(SANDBOX)
        if name is not None:
            exchange.sandbox = self._sandbox(name)
            self._registry.touch(exchange.sandbox)
        if served.body is not None:
            body = await served.body.receive(exchange, receive)
            exchange.body = await served.body.value(exchange, body, self._registry.background)
        if name is not None:
            await exchange.sandbox.store.turn.free()
            exchange.sandbox = self._sandbox(name)  # it may have gone meanwhile
            exchange.now = exchange.sandbox.now()
        else:
            exchange.now = exchange.sandbox.clock.now()
        answer: Answer | EventStream | Awaitable[Answer] = served.handler(exchange)
        if isinstance(answer, EventStream):
            head = Answer(200, media_type=MEDIA_TYPE, headers={"Cache-Control": "no-store"})
            await answer.run(scope, receive, send, begin=partial(self._gate.begin, exchange, head, send))
            return
        if isawaitable(answer):
            answer = await attended(answer, receive)
        await self._gate.respond(exchange, answer, send)

    def _sandbox(self, name: str) -> Sandbox:
        sandbox = self._registry.get(name)
        if sandbox is None:
            there = [each.name for each in self._registry]
            detail = f"There is no sandbox {name!r}; {hint(name, there)} GET /_sandbox/sandboxes lists them."
            raise Problem("not_found", detail)
        return sandbox
