"""Verifies an application in process, as it is or spoiled on the wire: laws at the speed of functions."""

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from smartcal_api.clock import NANOSECONDS
from smartcal_api.conformance.credential import Credential, Kind
from smartcal_api.conformance.laws import ALL
from smartcal_api.conformance.pacing import Pacing
from smartcal_api.conformance.runner import Runner, cases
from smartcal_api.conformance.session import Session
from smartcal_api.conformance.target import Client, Target
from smartcal_api.conformance.verdict import Outcome, Verdict
from smartcal_api.conformance.wire import Answer, Request
from tests.wire import World

Spoil = Callable[[Request, Answer], Answer]
ROOT = "http://127.0.0.1:8080"


class InProcess:
    """A transport without a socket. One request at a time, as the server's event loop has it."""

    def __init__(self, world: World, spoil: Spoil | None = None) -> None:
        self._world = world
        self._spoil = spoil
        self._turn = threading.Lock()

    def send(self, request: Request) -> Answer:
        with self._turn:
            reply = self._world.request(
                request.method, request.target, headers=list(request.headers), body=request.body
            )
        body = b"" if request.method == "HEAD" else reply.body
        date = format_datetime(datetime.fromtimestamp(self._world.sandbox.clock.now() // NANOSECONDS, UTC), usegmt=True)
        answer = Answer(reply.status, (*reply.headers.items(), ("Date", date)), body)
        return self._spoil(request, answer) if self._spoil else answer

    def close(self) -> None:
        pass


def keyed(world: World, *, spare: int = 4) -> Target:
    """A target that knows keys of every scope of the world, and some of another account."""
    credentials = []
    for scope in world.contract.scopes:
        for number in range(spare):
            value = f"scp_judged_{scope}_{number}"
            world.sandbox.keys.add(value, (scope,), owner=1)
            credentials.append(Credential(f"key_{scope}_{number}", value, frozenset({scope})))
        value = f"scp_judged_other_{scope}"
        world.sandbox.keys.add(value, (scope,), owner=2)
        credentials.append(Credential(f"other_{scope}", value, frozenset({scope}), Kind.KEY, 1))
    return Target(root=ROOT, credentials=tuple(credentials), clients=clients(world), allow_writes=True)


def clients(world: World) -> tuple[Client, ...]:
    """One with a secret and a public one."""
    uris = ("http://127.0.0.1/callback", "http://[::1]/callback")
    known = (Client("judged_app", "scs_judged", uris), Client("judged_public", None, uris))
    for each in known:
        world.sandbox.oauth.clients.add(each.client_id, each.redirect_uris, secret=each.secret)
    return known


class Standing:
    """What laws ask of a control plane's clock, for a world whose clock stands: as `Control` has it."""

    mints = False

    def __init__(self, world: World) -> None:
        self._clock = world.sandbox.clock
        self._began = self._clock.now()

    def moment(self) -> float:
        return (self._clock.now() - self._began) / NANOSECONDS

    def advance(self, seconds: float) -> None:
        self._clock.advance(int(seconds * NANOSECONDS))

    @contextmanager
    def frozen(self) -> Iterator[None]:
        yield

    def close(self) -> None:
        pass


def outcomes(
    world: World, *, only: tuple[str, ...] = (), spoil: Spoil | None = None, seed: int = 0, full: bool = False
) -> list[Outcome]:
    """The verdicts of the laws named, of all where none is."""
    return judge(world, InProcess(world, spoil), only=only, seed=seed, full=full)


def judge(
    world: World,
    transport: InProcess,
    *,
    only: tuple[str, ...] = (),
    seed: int = 0,
    full: bool = False,
    spare: int = 4,
    control: Any = None,
    waiting: Callable[[float], None] | None = None,
) -> list[Outcome]:
    """The same, over a transport of one's own."""
    session = opened(world, transport, spare=spare, control=control, waiting=waiting)
    chosen = cases(ALL, world.contract, full=full or bool(only), only=only)
    return Runner(session, seed=seed, full=full).run(chosen)


def opened(
    world: World,
    transport: InProcess,
    *,
    spare: int = 4,
    control: Any = None,
    waiting: Callable[[float], None] | None = None,
) -> Session:
    """Time passes in the world while the judge waits. With `waiting`, which is told how long, it does for the judge
    alone."""
    target = keyed(world, spare=spare)
    if control is not None:
        target = replace(target, control_url="http://127.0.0.1/_sandbox")
    clock, waited = world.sandbox.clock, 0.0

    def sleep(seconds: float) -> None:
        nonlocal waited
        if waiting is None:
            pass_by(world, seconds)
        else:
            waited += seconds
            waiting(seconds)

    pacing = Pacing(world.contract.policy, control, clock=lambda: clock.now() / NANOSECONDS + waited, sleep=sleep)
    return Session(world.contract, target, pacing, control, connect=lambda _: transport)


def differing(found: Sequence[Outcome]) -> list[str]:
    """Every expectation that failed, whatever it rests on, and every fault of the judge's own."""
    said = [f"{each.name}: {each.message}" for outcome in found for each in outcome.deviations]
    return said + [f"{each.case.name}: {each.why}" for each in found if each.ending is Verdict.ERROR]


def pass_by(world: World, seconds: float) -> None:
    """Time passes in a world whose clock stands."""
    world.sandbox.clock.advance(int(seconds * NANOSECONDS))


def edited(answer: Answer, edit: Callable[[Any], Any]) -> Answer:
    """An answer with another JSON body."""
    body = json.loads(answer.body)
    changed = edit(body)
    text = json.dumps(body if changed is None else changed, separators=(",", ":")).encode()
    headers = tuple((n, str(len(text)) if n.lower() == "content-length" else v) for n, v in answer.headers)
    return Answer(answer.status, headers, text)


def with_header(answer: Answer, name: str, value: str | None) -> Answer:
    """An answer with a header set, or without it."""
    kept = tuple((n, v) for n, v in answer.headers if n.lower() != name.lower())
    return Answer(answer.status, kept if value is None else (*kept, (name, value)), answer.body)


def query(request: Request) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(request.target).query))


def path(request: Request) -> str:
    return urlsplit(request.target).path
