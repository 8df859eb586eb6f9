"""A right deployment stays right in a noisy place: somebody writes, somebody else uses the same key, the way fails."""

import json
import random
from datetime import UTC, datetime

import orjson
import pytest

from smartcal_api.clock import NANOSECONDS
from smartcal_api.conformance.findings import Inconclusive
from smartcal_api.conformance.sending import Sending
from smartcal_api.conformance.verdict import Outcome, Verdict
from smartcal_api.conformance.wire import Answer, Request
from smartcal_api.contract import Contract
from tests.conformance.judged import InProcess, judge, opened, pass_by
from tests.wire import World, open_world

ALL_AT_ONCE = {"writes": 0.05, "shares": 0.2, "fails": 0.01, "seconds": 0.3}
GATEWAY = Answer(502, (("Content-Type", "text/html"), ("Content-Length", "15")), b"<h1>502</h1>\n\n\n")


class Noisy(InProcess):
    """Between any two requests: a write now and then, a request of a second client with the same key, a 502. An answer
    takes its time, there and back."""

    def __init__(
        self,
        world: World,
        *,
        seed: int,
        writes: float = 0.0,
        shares: float = 0.0,
        fails: float = 0.0,
        seconds: float = 0.0,
    ) -> None:
        super().__init__(world)
        self._noise = random.Random(seed)
        self._writes, self._shares, self._fails, self._seconds = writes, shares, fails, seconds
        self._serial = 0
        self.under_way = 0.0

    def send(self, request: Request) -> Answer:
        self._travel()
        answer = self._answer(request)
        self._travel()
        return answer

    def _travel(self) -> None:
        self.under_way += self._seconds / 2
        pass_by(self._world, self._seconds / 2)

    def _answer(self, request: Request) -> Answer:
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


@pytest.mark.parametrize(
    ("seed", "noise"),
    [
        (7, {"writes": 0.1}),
        (7, {"shares": 0.3}),
        (7, {"fails": 0.02}),
        (7, {"seconds": 0.3}),
        (3, ALL_AT_ONCE),
        (7, ALL_AT_ONCE),
    ],
)
def test_noise_is_no_false_alarm(contract: Contract, seed: int, noise: dict[str, float]) -> None:
    world = open_world(contract, now=now(), rate_limits=True)
    began = world.sandbox.clock.now()
    transport = Noisy(world, seed=seed, **noise)
    found = judge(world, transport, seed=seed, spare=24)
    assert json.dumps(alarms(found)) == "[]"
    for some in (found, [each for each in found if each.case.law.family == "OAUTH"]):
        assert sum(each.verdict is Verdict.HELD for each in some) > len(some) / 2, "not by deciding nothing"
    waited = (world.sandbox.clock.now() - began) / NANOSECONDS - transport.under_way
    assert waited < 10 * contract.policy.rate_limits[0].window_seconds


def test_a_verdict_comes_where_the_clock_of_the_target_stands(contract: Contract) -> None:
    """No budget ever refills there: what needs more than there is can't be decided, and nothing waits for ever."""
    world = open_world(contract, now=now(), rate_limits=True)
    waited: list[float] = []
    found = judge(world, InProcess(world), spare=1, waiting=waited.append)
    assert json.dumps(alarms(found)) == "[]"
    assert sum(waited) <= 8 * contract.policy.rate_limits[0].window_seconds
    reasons = [each.why for each in found if each.verdict is Verdict.INCONCLUSIVE]
    assert any("the target's clock stood still" in why for why in reasons), reasons
    assert any(each.verdict is Verdict.HELD for each in found)


def test_several_failures_of_the_way_at_once_are_nobody_s_answers(contract: Contract) -> None:
    world = open_world(contract, now=now())
    session = opened(world, Noisy(world, seed=1, fails=1.0))
    with pytest.raises(Inconclusive, match="on the way"):
        session.together([Sending("GET", "/api/v1/me")] * 5)
    assert [each.aside for each in session.evidence] == ["on the way"] * 5


def test_a_law_that_breaks_in_a_noisy_place_breaks_all_the_same(contract: Contract) -> None:
    """What nobody else can have caused is found in spite of them."""

    class Broken(Noisy):
        def send(self, request: Request) -> Answer:
            answer = super().send(request)
            if answer.status != 404:
                return answer
            return Answer(404, tuple((n, v) for n, v in answer.headers if n != "x-ratelimit-limit"), answer.body)

    world = open_world(contract, now=now(), rate_limits=True)
    found = judge(world, Broken(world, seed=1, shares=0.2, fails=0.01), seed=1, spare=24)
    assert "RATE 5" in [each.case.law.id for each in found if each.verdict is Verdict.BROKEN]
