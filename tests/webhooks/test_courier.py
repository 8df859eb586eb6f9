"""Laws DELV 4, 5 and SBX 4: what is due is delivered, side by side, and nobody waits for somebody else's receiver."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from smartcal_api.contract import Contract
from smartcal_api.errors import Unavailable
from smartcal_api.webhooks.courier import EACH, MOST, Courier
from smartcal_api.webhooks.lease import Lease
from smartcal_api.webhooks.outcome import Outcome
from tests.webhooks.post import SECOND, answered, failed, happen, hook, states
from tests.wire import World, open_world


class Network:
    """Attempts that end when the test says so: `answer` at once, where it gives one, else by `finish`."""

    def __init__(self, answer: Callable[[Lease], Outcome | None] = lambda _: None) -> None:
        self.answer = answer
        self.sent: list[Lease] = []
        self.waiting: dict[str, asyncio.Future[Outcome]] = {}
        self._arrived = asyncio.Condition()

    async def send(self, lease: Lease) -> Outcome:
        self.sent.append(lease)
        async with self._arrived:
            self._arrived.notify_all()
        outcome = self.answer(lease)
        if outcome is None:
            future = self.waiting[lease.id] = asyncio.get_running_loop().create_future()
            outcome = await future
        return outcome

    def finish(self, lease: Lease, outcome: Outcome) -> None:
        self.waiting.pop(lease.id).set_result(outcome)

    async def until(self, count: int) -> None:
        """Until so many attempts have begun."""
        async with self._arrived:
            await asyncio.wait_for(self._arrived.wait_for(lambda: len(self.sent) >= count), 20)


def running(test: Callable[[World], Coroutine[Any, Any, None]], contract: Contract) -> None:
    world = open_world(contract, data=False)
    asyncio.run(asyncio.wait_for(test(world), 60))


def courier(world: World, network: Network) -> Courier:
    return Courier(world.sandbox.outbox, world.sandbox.clock, network.send)


def drive(world: World, network: Network) -> "asyncio.Task[None]":
    """As whoever moves the clock does it: nothing else is taken between the move and this."""

    async def run() -> None:
        await courier(world, network).run_due(world.sandbox.clock.now())

    return asyncio.ensure_future(run())


async def logged(world: World, count: int) -> None:
    """Until so many attempts have been settled."""
    for _ in range(100):
        if world.sandbox.store.query("SELECT count(*) FROM attempts") == [(count,)]:
            return
        await asyncio.sleep(0)
    raise AssertionError(states(world))


async def settled(world: World, *expected: str) -> None:
    """Until the deliveries are in these states; the loop has nothing else to do meanwhile."""
    for _ in range(100):
        if states(world) == list(expected):
            return
        await asyncio.sleep(0)
    assert states(world) == list(expected)


def test_delv_4_what_is_recorded_is_delivered_without_anybody_asking(contract: Contract) -> None:
    async def test(world: World) -> None:
        network = Network(lambda _: answered())
        courier(world, network)
        hook(world)
        happen(world)
        await network.until(1)
        await settled(world, "delivered")

    running(test, contract)


def test_delv_4_a_retry_comes_when_the_clock_is_moved_to_it(contract: Contract) -> None:
    async def test(world: World) -> None:
        network = Network(lambda lease: answered(200 if lease.tries else 503))
        courier(world, network)
        hook(world)
        happen(world)
        await logged(world, 1)
        world.sandbox.clock.advance(4 * SECOND)
        world.sandbox.outbox.wake()
        await settled(world, "pending")
        assert len(network.sent) == 1
        world.sandbox.clock.advance(SECOND)
        world.sandbox.outbox.wake()
        await settled(world, "delivered")

    running(test, contract)


def test_delv_4_on_a_running_clock_a_retry_comes_by_itself(contract: Contract) -> None:
    async def test(world: World) -> None:
        network = Network(lambda lease: answered(200 if lease.tries else 503))
        courier(world, network)
        hook(world)
        happen(world)
        await logged(world, 1)
        due = world.sandbox.outbox.next_due()
        assert due is not None
        world.sandbox.clock.advance(due - world.sandbox.clock.now() - SECOND // 50)
        world.sandbox.clock.resume()
        world.sandbox.outbox.wake()
        await network.until(2)
        await settled(world, "delivered")

    running(test, contract)


def test_delv_5_a_receiver_that_hangs_delays_no_other(contract: Contract) -> None:
    async def test(world: World) -> None:
        hanging, healthy = hook(world, "event.created"), hook(world, "event.updated")
        network = Network(lambda lease: None if lease.webhook == hanging else answered())
        courier(world, network)
        for _ in range(3 * EACH):
            happen(world, "event.created")
        for _ in range(3 * EACH):
            happen(world, "event.updated")
        await network.until(4 * EACH)
        await settled(world, *["leased"] * EACH, *["pending"] * 2 * EACH, *["delivered"] * 3 * EACH)
        assert [lease.webhook for lease in network.sent].count(healthy) == 3 * EACH
        for lease in network.sent:
            if lease.webhook == hanging and lease.id in network.waiting:
                network.finish(lease, answered())
        await network.until(5 * EACH)
        assert states(world).count("leased") == EACH

    running(test, contract)


def test_what_happened_first_is_sent_first_as_long_as_its_receiver_answers(contract: Contract) -> None:
    async def test(world: World) -> None:
        for _ in range(2):
            hook(world)
        network = Network()
        courier(world, network)
        for _ in range(3):
            happen(world)
        await network.until(2)
        first = list(network.sent)
        assert [lease.number for lease in first] == [1, 2]
        network.finish(first[1], answered())
        await network.until(3)
        assert network.sent[2].number == 4, "that of the other receiver, which answers"
        await network.until(6)
        assert sorted(lease.number for lease in network.sent) == [1, 2, 3, 4, 5, 6], "nobody waits for one that hangs"

    running(test, contract)


def test_delv_5_no_more_than_a_bounded_number_is_on_its_way_at_once(contract: Contract) -> None:
    async def test(world: World) -> None:
        hooks = MOST // EACH + 5
        for _ in range(hooks):
            hook(world)
        network = Network()
        courier(world, network)
        for _ in range(EACH + 1):
            happen(world)
        await network.until(MOST)
        assert len(network.sent) == MOST
        for _ in range(hooks * (EACH + 1)):
            for lease in network.sent:
                if lease.id in network.waiting:
                    network.finish(lease, answered())
            if set(states(world)) == {"delivered"}:
                return
            await asyncio.sleep(0)
        raise AssertionError(states(world))

    running(test, contract)


def test_delv_4_a_defect_in_an_attempt_is_a_failure_of_that_attempt(
    contract: Contract, caplog: pytest.LogCaptureFixture
) -> None:
    async def test(world: World) -> None:
        def explode(lease: Lease) -> Outcome:
            raise RuntimeError("no such thing")

        courier(world, Network(explode))
        hook(world)
        happen(world)
        await logged(world, 1)
        assert world.sandbox.store.query("SELECT error FROM attempts") == [(b"internal_error",)]

    running(test, contract)
    assert "no such thing" in caplog.text


# -- for whoever moves the clock


@pytest.mark.parametrize("order", [[0, 1, 2], [2, 1, 0], [1, 2, 0]])
def test_sbx_4_those_of_one_instant_run_side_by_side_and_count_in_their_order(
    contract: Contract, order: list[int]
) -> None:
    async def test(world: World) -> None:
        for _ in range(3):
            hook(world)
        happen(world)
        network = Network()
        delivery = drive(world, network)
        await network.until(3)
        for number in order:
            network.finish(network.sent[number], answered(200 + number))
            await asyncio.sleep(0)
        await delivery
        rows = world.sandbox.store.query("SELECT status, number FROM attempts")
        assert sorted(rows) == [(200, 1), (201, 1), (202, 1)]
        assert states(world) == ["delivered"] * 3

    running(test, contract)


def test_sbx_4_the_tenth_failure_disables_whichever_attempt_ended_first(contract: Contract) -> None:
    """Outcomes count in their order: the success of the last begins the count anew, although it came first."""

    async def test(world: World) -> None:
        identifier = hook(world)
        most = contract.policy.retry_schedule.disable_after_exhausted
        tries = len(contract.policy.retry_schedule.delays_seconds) - 1
        for _ in range(most):
            happen(world)
        world.sandbox.store.query("UPDATE deliveries SET tries = ?", (tries,))
        network = Network()
        delivery = drive(world, network)
        await network.until(most)
        network.finish(network.sent[-1], answered(200))
        await asyncio.sleep(0)
        for lease in network.sent[:-1]:
            network.finish(lease, failed())
        await delivery
        assert world.sandbox.store.query("SELECT count(*) FROM webhook_failures WHERE webhook = ?", (identifier,)) == [
            (0,)
        ]

    running(test, contract)


def test_sbx_4_it_waits_for_what_was_on_its_way_already(contract: Contract) -> None:
    async def test(world: World) -> None:
        network = Network()
        running_courier = courier(world, network)
        hook(world)
        happen(world)
        await network.until(1)
        delivery = asyncio.ensure_future(running_courier.run_due(world.sandbox.clock.now()))
        for _ in range(10):
            await asyncio.sleep(0)
        assert not delivery.done()
        network.finish(network.sent[0], answered())
        await delivery
        assert states(world) == ["delivered"]

    running(test, contract)


def test_sbx_4_past_its_time_limit_what_was_not_finished_is_delivered_in_the_background(contract: Contract) -> None:
    async def test(world: World) -> None:
        network = Network()
        hook(world)
        happen(world)
        delivery = drive(world, network)
        await network.until(1)
        network.answer = lambda _: answered()
        delivery.cancel()
        with pytest.raises(asyncio.CancelledError):
            await delivery
        await settled(world, "delivered")
        assert [lease.attempts for lease in network.sent] == [0, 0]

    running(test, contract)


# -- the end, and a store that can't be written


def test_stopping_lets_what_is_on_its_way_finish_and_gives_the_rest_back(contract: Contract) -> None:
    async def test(world: World) -> None:
        network = Network()
        running_courier = courier(world, network)
        hook(world, "event.created")
        hook(world, "event.updated")
        happen(world, "event.created")
        happen(world, "event.updated")
        await network.until(2)
        closing = asyncio.ensure_future(running_courier.close(grace=0.2))
        await asyncio.sleep(0)
        network.finish(network.sent[0], answered())
        await closing
        assert states(world) == ["delivered", "pending"]
        happen(world, "event.updated")
        await asyncio.sleep(0)
        assert len(network.sent) == 2

    running(test, contract)


def test_store_3_a_store_that_can_not_be_written_delays_and_loses_nothing(
    contract: Contract, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("smartcal_api.webhooks.courier._AGAIN", 0.01)

    async def test(world: World) -> None:
        network = Network()
        courier(world, network)
        hook(world)
        happen(world)
        await network.until(1)
        outbox, real = world.sandbox.outbox, world.sandbox.outbox.settle
        refusals = iter([Unavailable("its disk is full")] * 2)

        def settle(*settled: Any, **now: Any) -> None:
            for refusal in refusals:
                raise refusal
            real(*settled, **now)

        monkeypatch.setattr(outbox, "settle", settle)
        network.finish(network.sent[0], answered())
        while states(world) != ["delivered"]:
            await asyncio.sleep(0)
        assert len(network.sent) == 1

    running(test, contract)
    assert "its disk is full" in caplog.text
