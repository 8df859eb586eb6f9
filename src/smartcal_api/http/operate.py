"""The innermost step: body, validation, handler, and the answer through the gate."""

from collections.abc import Awaitable

from starlette.types import Receive, Scope, Send

from smartcal_api.background import Background
from smartcal_api.http.exchange import KEY, Exchange
from smartcal_api.http.gate import Gate
from smartcal_api.http.handing_over import HandingOver
from smartcal_api.http.preferences import PREFER, Preferences
from smartcal_api.http.raw import RawHandler
from smartcal_api.http.served import Served

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})  # RFC 9110 section 9.2.1


class Operate:
    """Handlers are plain functions over an in-process store; they never wait."""

    def __init__(
        self, *, gate: Gate, preferences: Preferences, background: Background, handing_over: HandingOver
    ) -> None:
        self._gate = gate
        self._handing_over = handing_over
        self._preferences = preferences
        self._background = background

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        exchange: Exchange = scope[KEY]
        served = exchange.served
        assert served is not None  # `Authorise` answers 404 without one
        plain = served.body is None and not isinstance(served.handler, RawHandler)
        taken = exchange.sandbox.store.turn.taken
        if not plain or PREFER in exchange.headers or scope["method"] not in _SAFE or taken:
            return self._operate(served, exchange, scope, receive, send)
        exchange.parameters = served.parameters.read(scope["path_params"], scope["query_string"], scope["headers"])
        return self._gate.respond(exchange, served.handler(exchange), send)

    async def _operate(self, served: Served, exchange: Exchange, scope: Scope, receive: Receive, send: Send) -> None:
        body = await _received(served, exchange, receive)
        # Asked before the body is judged, and again when that, or a preference, has taken its time.
        if await self._hands_over(exchange, scope, receive, send):
            return
        if isinstance(served.handler, RawHandler):
            if served.body is not None:
                served.body.check_media_type(exchange, body)
        else:
            exchange.parameters = served.parameters.read(scope["path_params"], scope["query_string"], scope["headers"])
            if served.body is not None:
                exchange.body = await served.body.value(exchange, body, self._background)
        # One that a draft doesn't serve has no responses to choose from: it is 501, whatever is preferred.
        if PREFER in exchange.headers and served.operation.responses:
            wanted = await self._preferences.take(exchange, receive)
            if wanted is not None:
                await self._gate.respond(exchange, wanted, send)
                return
        if await self._hands_over(exchange, scope, receive, send):
            return
        if scope["method"] in _SAFE:
            await self._gate.respond(exchange, served.handler(exchange), send)
            return
        # A change whose answer would break the contract is none: nobody would have been told of it.
        with exchange.sandbox.store.transaction():
            answer = served.handler(exchange)
            self._gate.check(exchange, answer)
        await self._gate.respond(exchange, answer, send)

    async def _hands_over(self, exchange: Exchange, scope: Scope, receive: Receive, send: Send) -> bool:
        """Whether an edited contract has taken this one's place meanwhile, and answered."""
        await exchange.sandbox.store.turn.free()
        if not self._handing_over.is_due(exchange):
            return False
        await self._handing_over.do(exchange, scope, receive, send)
        return True


async def _received(served: Served, exchange: Exchange, receive: Receive) -> bytes:
    """The bytes of a body that the operation takes, none of any other."""
    if served.body is None:
        return b""
    if not isinstance(served.handler, RawHandler):
        return await served.body.receive(exchange, receive)
    if exchange.raw is None:
        exchange.raw = await served.body.receive(exchange, receive)
    return exchange.raw
