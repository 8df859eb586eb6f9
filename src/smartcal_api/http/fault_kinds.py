"""The kinds of faults, and what each does to a request.

A kind is a step like any other: it gets the rest of the request's way as `app`, and what was wanted of it in the `Hit`.
By then every refusal is an answer, so that what changes answers changes those too. A new kind is a function and its
line in `KINDS`, with its members in `control.yaml`.
"""

from collections.abc import Awaitable, Callable, Mapping
from enum import Enum
from random import Random
from typing import Any, NamedTuple

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from smartcal_api.http.exchange import KEY, Exchange
from smartcal_api.http.forgery import Forgery
from smartcal_api.http.hang_up import hang_up
from smartcal_api.http.pause import pause


class Hit(NamedTuple):
    """A fault that hits a request: its parameters, the randomness that it draws from, and what makes answers."""

    wanted: Mapping[str, Any]
    random: Random
    forgery: Forgery

    @property
    def after_work(self) -> bool:
        return bool(self.wanted.get("after_work"))


async def latency(hit: Hit, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    exchange, least = scope[KEY], hit.wanted["seconds"]
    received = await pause(hit.random.uniform(least, hit.wanted.get("up_to_seconds", least)), receive)
    exchange.now = exchange.sandbox.now()
    await app(scope, received, send)


async def drop(hit: Hit, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    if hit.after_work:
        await _unheard(app, scope, receive)
    await hang_up(scope, send)


async def status(hit: Hit, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    exchange: Exchange = scope[KEY]
    if hit.after_work:
        await _unheard(app, scope, receive)
    for header, value in hit.wanted.get("headers", {}).items():
        send = _with_header(send, header, str(value))
    await hit.forgery.answer(exchange, hit.wanted["status"], send)


async def truncate(hit: Hit, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Always short of at least one byte, of which the head says that it comes."""

    async def truncated(message: Message) -> None:
        if message["type"] == "http.response.body":
            body = message["body"]
            end = min(hit.wanted.get("bytes", len(body) // 2), max(0, len(body) - 1))
            await send({**message, "body": body[:end], "more_body": True})
            await hang_up(scope, send)
        else:
            await send(message)

    await app(scope, receive, truncated)


async def malformed_json(_: Hit, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """As long as it was, so that nothing but a JSON parser notices."""
    json = False

    async def malformed(message: Message) -> None:
        nonlocal json
        if message["type"] == "http.response.start":
            json = any(name == b"content-type" and value.endswith(b"json") for name, value in message["headers"])
        elif json and message["body"]:
            message = {**message, "body": message["body"][:-1] + b","}
        await send(message)

    await app(scope, receive, malformed)


async def missing_header(hit: Hit, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    await app(scope, receive, _with_header(send, hit.wanted["header"], None))


async def wrong_header(hit: Hit, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    await app(scope, receive, _with_header(send, hit.wanted["header"], hit.wanted["value"]))


class Effect(Enum):
    """What a fault is about. One request is delayed and changed as often as faults say, but its outcome is decided
    once, by the fault that was added first; the others wait for their turn."""

    DELAY = 1
    OUTCOME = 2
    CHANGE = 3


class Kind(NamedTuple):
    """`silent`: there is no answer that anything could be changed of."""

    effect: Effect
    run: Callable[[Hit, ASGIApp, Scope, Receive, Send], Awaitable[None]]
    silent: bool = False


# From the outside in: what changes an answer is around what makes it.
KINDS: Mapping[str, Kind] = {
    "latency": Kind(Effect.DELAY, latency),
    "drop": Kind(Effect.OUTCOME, drop, silent=True),
    "truncate": Kind(Effect.CHANGE, truncate),
    "missing_header": Kind(Effect.CHANGE, missing_header),
    "wrong_header": Kind(Effect.CHANGE, wrong_header),
    "malformed_json": Kind(Effect.CHANGE, malformed_json),
    "status": Kind(Effect.OUTCOME, status),
}


async def _unheard(app: ASGIApp, scope: Scope, receive: Receive) -> None:
    """Has the work done, and its answer lost."""

    async def nothing(_: Message) -> None:
        return None

    exchange: Exchange = scope[KEY]
    await app(scope, receive, nothing)
    exchange.refused = None


def _with_header(send: Send, header: str, value: str | None) -> Send:
    name = header.lower().encode("ascii")

    async def changed(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = [field for field in message["headers"] if field[0] != name]
            if value is not None:
                headers.append((name, value.encode("ascii")))
            message = {**message, "headers": headers}
        await send(message)

    return changed
