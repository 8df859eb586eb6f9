"""Has a sandbox's faults hit what they are for (law SBX 5); no request without any comes here."""

from collections.abc import Awaitable, Sequence
from functools import partial
from typing import cast

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from smartcal_api.http.answer import NOTHING, Answer
from smartcal_api.http.exchange import KEY, Exchange
from smartcal_api.http.failures import Failures
from smartcal_api.http.fault_kinds import KINDS, Effect, Hit
from smartcal_api.http.forgery import Forgery
from smartcal_api.http.gate import Gate
from smartcal_api.http.paths import Paths
from smartcal_api.http.stated import Stated
from smartcal_api.sandbox.faults import Fault

_ORDER = {name: place for place, name in enumerate(KINDS)}


class Fail:
    """Stands before routing, so that a request fails as it would on its way to the product."""

    def __init__(self, app: ASGIApp, *, gate: Gate, stated: Stated, paths: Paths) -> None:
        self._app = app
        self._answering = Failures(app, gate=gate)
        self._forgery = Forgery(gate, stated)
        self._paths = paths

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        hits = self._hits(scope[KEY])
        return self._fail(hits, scope, receive, send) if hits else self._app(scope, receive, send)

    async def _fail(self, hits: list[tuple[Fault, Hit]], scope: Scope, receive: Receive, send: Send) -> None:
        exchange, app, sent = scope[KEY], cast("ASGIApp", self._answering), _Sent(send)
        for fault, hit in reversed(hits):
            app = partial(KINDS[fault.kind].run, hit, app)
        try:
            await app(scope, receive, sent)
        finally:
            # For the journal: not the answer that was made, but what faults have left of it.
            exchange.answer, exchange.fields = sent.answer(), sent.fields

    def _hits(self, exchange: Exchange) -> list[tuple[Fault, Hit]]:
        """The faults that hit this request, from the outside in."""
        faults, identity, scope = exchange.sandbox.faults, exchange.identity, exchange.scope
        principal = None if identity is None else identity.principal
        budget = exchange.budget if principal is None else principal.budget

        def operation() -> str | None:
            if exchange.served is None:
                exchange.served, _ = self._paths.find(scope["method"], scope["raw_path"].decode("ascii"))
            return None if exchange.served is None else exchange.served.operation.id

        candidates = [each for each in faults.armed if each.fits(scope["method"], principal, budget, operation)]
        hits: list[tuple[Fault, Hit]] = []
        for effect in Effect:
            for fault in candidates:
                kind = KINDS[fault.kind]
                random = faults.strike(fault) if kind.effect is effect else None
                if random is None:
                    continue
                hits.append((fault, Hit(fault.wanted, random, self._forgery)))
                if kind.effect is Effect.OUTCOME:
                    break
            if any(KINDS[fault.kind].silent for fault, _ in hits):
                break
        hits.sort(key=lambda hit: _ORDER[hit[0].kind])
        if hits:
            operation()  # for the answers that are made, and the journal
            exchange.faults = [f"{fault.id} {fault.kind}" for fault, _ in hits]
        return hits


class _Sent:
    """Passes messages on, and puts together what they are."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._status: int | None = None
        self._body = b""
        self.fields: Sequence[tuple[bytes, bytes]] = ()

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status, self._body, self.fields = message["status"], b"", message["headers"]
        elif message["type"] == "http.response.body":
            self._body += message["body"]
        await self._send(message)

    def answer(self) -> Answer:
        return NOTHING if self._status is None else Answer(self._status, self._body)
