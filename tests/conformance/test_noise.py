"""A right deployment stays right in a noisy place: somebody writes, somebody else uses the same key, the way fails."""

import json
import random
from datetime import UTC, datetime

import orjson
import pytest

from smartcal_api.conformance.verdict import Outcome, Verdict
from smartcal_api.conformance.wire import Answer, Request
from smartcal_api.contract import Contract
from tests.conformance.judged import InProcess, judge
from tests.wire import World, open_world

GATEWAY = Answer(502, (("Content-Type", "text/html"), ("Content-Length", "15")), b"<h1>502</h1>\n\n\n")


class Noisy(InProcess):
    """Between any two requests: a write now and then, a request of a second client with the same key, a 502."""

    def __init__(self, world: World, *, seed: int, writes: float, shares: float, fails: float) -> None:
        super().__init__(world)
        self._noise = random.Random(seed)
        self._writes, self._shares, self._fails = writes, shares, fails
        self._serial = 0

    def send(self, request: Request) -> Answer:
        if self._noise.random() < self._writes:
            self._write()
        if self._noise.random() < self._shares:
            super().send(Request("GET", "/api/v1/me", request.headers))
        if self._noise.random() < self._fails:
            return GATEWAY
        return super().send(request)

    def _write(self) -> None:
        """An event is added, moved or removed, as a calendar that syncs would."""
        store = self._world.sandbox.store
        owner, document = self._noise.choice([row for row in store.all("Event") if row[0] == 1])
        event = orjson.loads(document)
        self._serial += 1
        with store.transaction():
            match self._noise.randrange(3):
                case 0:
                    store.put("Event", event | {"id": f"evt_{self._serial:020d}"}, owner=owner)
                case 1:
                    store.put("Event", event | {"title": f"{event['title']}!", "source": "google"}, owner=owner)
                case _ if event["booking_id"] is None:
                    store.delete("Event", event["id"], owner=owner)


def now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def alarms(found: list[Outcome]) -> list[tuple[str, str]]:
    return [(each.case.name, each.why) for each in found if each.verdict is Verdict.BROKEN]


@pytest.mark.parametrize("seed", [7])
@pytest.mark.parametrize(("writes", "shares", "fails"), [(0.1, 0.0, 0.0), (0.0, 0.3, 0.0), (0.0, 0.0, 0.02)])
def test_noise_is_no_false_alarm(contract: Contract, seed: int, writes: float, shares: float, fails: float) -> None:
    world = open_world(contract, now=now(), rate_limits=True)
    transport = Noisy(world, seed=seed, writes=writes, shares=shares, fails=fails)
    found = judge(world, transport, seed=seed, spare=24, signing_in=False)
    assert json.dumps(alarms(found)) == "[]"
    assert sum(each.verdict is Verdict.HELD for each in found) > len(found) / 2, "not by deciding nothing"


def test_a_law_that_breaks_in_a_noisy_place_breaks_all_the_same(contract: Contract) -> None:
    """What nobody else can have caused is found in spite of them."""

    class Broken(Noisy):
        def send(self, request: Request) -> Answer:
            answer = super().send(request)
            if answer.status != 404:
                return answer
            return Answer(404, tuple((n, v) for n, v in answer.headers if n != "x-ratelimit-limit"), answer.body)

    world = open_world(contract, now=now(), rate_limits=True)
    found = judge(world, Broken(world, seed=1, writes=0.0, shares=0.2, fails=0.01), seed=1, spare=24, signing_in=False)
    assert "RATE 5" in [each.case.law.id for each in found if each.verdict is Verdict.BROKEN]
