"""Verifies a server that runs, over real sockets: what it sends can be spoilt on its way, to the judge and back."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from smartcal_api.conformance.control import Control
from smartcal_api.conformance.laws import ALL
from smartcal_api.conformance.pacing import Pacing
from smartcal_api.conformance.receiver import OK, Arrival, Receiver, Reply
from smartcal_api.conformance.runner import Runner, cases
from smartcal_api.conformance.session import Session
from smartcal_api.conformance.target import Target, from_ready_file
from smartcal_api.conformance.verdict import Outcome
from smartcal_api.conformance.wire import TIMEOUT, Answer, Request, Wire
from smartcal_api.contract import Contract
from tests.conformance.judged import path
from tests.e2e.server import serving

Take = Callable[[Arrival], Reply]


class Way:
    """What is between the deployment and its judge; as it is, nothing. It knows the secret of each subscription."""

    def __init__(self) -> None:
        self.secrets: dict[str, str] = {}

    def request(self, request: Request) -> Request | Answer:
        """What is sent instead, or what is answered without anything being sent."""
        return request

    def answer(self, request: Request, answer: Answer) -> Answer:
        return answer

    def delivery(self, arrival: Arrival, take: Take) -> Reply:
        """`take` is the receiver; what this returns is what the deployment is answered."""
        return take(arrival)

    def secret(self, arrival: Arrival) -> str:
        return next(value for url, value in self.secrets.items() if url.endswith(arrival.path))


class _Wire(Wire):
    def __init__(self, target: Target, way: Way) -> None:
        super().__init__(target)
        self._way = way

    def send(self, request: Request, *, timeout: float = TIMEOUT) -> Answer:
        sent = self._way.request(request)
        answer = sent if isinstance(sent, Answer) else super().send(sent, timeout=timeout)
        if request.method == "POST" and path(request) == "/api/v1/webhooks" and answer.status == 201:
            import json

            made = json.loads(answer.body)
            self._way.secrets[made["url"]] = made["secret"]
        return self._way.answer(request, answer)


class _Receiver(Receiver):
    def __init__(self, target: Target, way: Way) -> None:
        super().__init__(target)
        self._way = way

    def take(self, arrival: Arrival) -> Reply:
        return self._way.delivery(arrival, super().take)


def twice(arrival: Arrival, take: Take) -> Reply:
    take(arrival)
    return take(arrival)


def with_body(arrival: Arrival, body: bytes) -> Arrival:
    return replace(arrival, body=body)


def with_field(arrival: Arrival, name: str, value: str) -> Arrival:
    kept = tuple((given, v) for given, v in arrival.headers if given.lower() != name.lower())
    return replace(arrival, headers=(*kept, (name, value)))


class Deployment:
    """A server, and the contract that it is judged by; `restart` leaves nothing of what was judged before."""

    def __init__(self, ready: dict[str, Any], contract: Contract) -> None:
        self._ready, self._contract = ready, contract

    def judged(self, *only: str, way: Way | None = None, seed: int = 0, full: bool = True) -> list[Outcome]:
        way = way or Way()
        target = Target(**from_ready_file(self._ready))
        control = Control(target)
        control.post("/reset")
        session = Session(
            self._contract,
            target,
            Pacing(self._contract.policy, control),
            control,
            connect=lambda target: _Wire(target, way),
            receive=lambda target: _Receiver(target, way),
        )
        try:
            return Runner(session, seed=seed, full=full).run(cases(ALL, self._contract, full=full, only=only))
        finally:
            session.close()


@contextmanager
def deployed(folder: Path, contract: Contract, *arguments: str) -> Iterator[Deployment]:
    with serving(folder, "--rate-limits", "off", *arguments) as server:
        yield Deployment(server.ready, contract)


__all__ = ["OK", "Deployment", "Way", "deployed", "twice", "with_body", "with_field"]
