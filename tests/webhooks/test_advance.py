"""Laws SBX 1, 3 and 4 for deliveries: the clock carries them along, and each sandbox has its own."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import pytest

from smartcal_api.contract import Contract
from smartcal_api.sandbox.creation import Creator, Wanted
from smartcal_api.webhooks import verify
from smartcal_api.webhooks.dispatcher import Dispatcher
from smartcal_api.webhooks.lease import Lease
from smartcal_api.webhooks.network import LOOPBACK
from smartcal_api.webhooks.outbox import Outbox
from smartcal_api.webhooks.outcome import Outcome
from smartcal_api.webhooks.receiver import Receiver
from tests.edits import edited, put, rename, replace
from tests.webhooks.post import SECOND, answered, happen, hook, states, webhook
from tests.wire import World, open_world

DAY = 86_400 * SECOND


class Scripted(Dispatcher):
    """A dispatcher whose network is a function of the lease; it notes (instant, lease) of each attempt."""

    def __init__(self, answer: Callable[[Lease], Outcome]) -> None:
        super().__init__(LOOPBACK)
        self.answer = answer
        self.sent: list[Lease] = []

    async def _send(self, lease: Lease, outbox: Outbox) -> Outcome:
        self.sent.append(lease)
        return self.answer(lease)


def advanced(world: World, seconds: int, answer: Callable[[Lease], Outcome]) -> list[Lease]:
    """Moves the clock of the default sandbox; the attempts that this led to."""

    async def advance() -> list[Lease]:
        dispatcher = Scripted(answer)
        world.registry.deliver_by(dispatcher)
        await world.sandbox.advance(world.sandbox.clock.now() + seconds * SECOND)
        await dispatcher.close(grace=0)
        return dispatcher.sent

    return asyncio.run(advance())


def test_sbx_4_a_day_holds_all_retries_each_at_its_instant(contract: Contract) -> None:
    world = open_world(contract, data=False)
    began = world.sandbox.clock.now()
    hook(world)
    happen(world)
    sent = advanced(world, 86_400, lambda _: answered(500))
    stated = contract.policy.retry_schedule
    assert len(sent) == len(stated.delays_seconds)
    assert states(world) == ["failed"]
    instants = [lease.at for lease in sent]
    assert instants[0] == began
    for delay, before, after in zip(stated.delays_seconds[1:], instants, instants[1:], strict=False):
        assert delay * (1 - stated.jitter_percent / 100) * SECOND <= after - before <= delay * SECOND
    assert world.sandbox.clock.now() == began + DAY


def test_sbx_4_what_the_sandbox_stamps_on_the_way_is_stamped_with_the_instant(contract: Contract) -> None:
    world = open_world(contract, data=False)
    identifier = hook(world)
    happen(world)
    advanced(world, 86_400, lambda lease: answered(410 if lease.tries == 2 else 503))
    found = webhook(world, identifier)
    assert not found["active"]
    assert "2026-03-04T12:04:" <= found["updated_at"] <= "2026-03-04T12:05:05Z"


def test_sbx_4_it_answers_the_same_every_time(contract: Contract) -> None:
    def run() -> list[Any]:
        world = open_world(contract, data=False)
        for name in ("event.updated", "event.created", "event.updated"):
            hook(world, name)
        for name in ("event.updated", "event.created"):
            happen(world, name)
        sent = advanced(world, 86_400, lambda lease: answered(200 if lease.tries > len(lease.id) % 3 else 503))
        return [(lease.id, lease.at, lease.body) for lease in sent]

    assert run() == run()


def test_sbx_4_thirty_days_with_a_thousand_attempts_take_less_than_a_second(contract: Contract) -> None:
    world = open_world(contract, data=False)
    for _ in range(10):
        hook(world)
    for _ in range(15):
        happen(world)
    began = time.process_time()
    sent = advanced(world, 30 * 86_400, lambda lease: answered(200 if lease.tries == 6 else 503))
    assert len(sent) == 1050
    assert time.process_time() - began < 5, "five times what it should take, since machines differ"


def test_sbx_1_each_sandbox_delivers_its_own_and_ends_with_what_is_on_its_way(contract: Contract) -> None:
    world = open_world(contract, data=False)
    creator = Creator(world.registry, lambda: world.application)

    async def test() -> None:
        dispatcher = Scripted(lambda _: answered())
        world.registry.deliver_by(dispatcher)
        made = (await creator.create(Wanted(name="other", events=0))).sandbox
        other = World(contract, made, world.application, world.registry)
        hook(other)
        happen(other)
        happen(world)
        for _ in range(5):
            await asyncio.sleep(0)
        assert (states(other), states(world)) == (["delivered"], [])
        happen(other)
        world.registry.remove("other")
        for _ in range(5):
            await asyncio.sleep(0)
        assert len(dispatcher.sent) == 1

    asyncio.run(test())


def test_sbx_1_a_sandbox_that_is_removed_while_it_advances_is_gone_without_a_noise(
    contract: Contract, caplog: pytest.LogCaptureFixture
) -> None:
    world = open_world(contract, data=False)

    async def test() -> None:
        dispatcher = Scripted(lambda _: answered())
        world.registry.deliver_by(dispatcher)
        made = (await Creator(world.registry, lambda: world.application).create(Wanted(name="other", events=0))).sandbox
        other = World(contract, made, world.application, world.registry)
        hook(other)
        happen(other)

        def remove(_: Lease) -> Outcome:
            world.registry.remove("other")
            return answered()

        dispatcher.answer = remove
        assert made.outbox.deliver is not None
        await made.outbox.deliver(made.clock.now())

    asyncio.run(test())
    assert caplog.records == []


def test_sbx_4_deliveries_know_no_other_end_of_time_than_the_clock(contract: Contract) -> None:
    world = open_world(contract, data=False, now="9898-12-31T23:59:59Z")
    hook(world)
    happen(world)
    sent = advanced(world, 90 * 365 * 86_400, lambda lease: answered(200 if lease.tries else 503))
    assert [lease.tries for lease in sent] == [0, 1]
    assert states(world) == ["delivered"]


def test_src_2_an_edited_contract_says_what_deliveries_are_signed_in_and_sent_as() -> None:
    media_type = "application/vnd.smartcal+json"
    content = "/webhooks/event.updated/post/requestBody/content"
    contract = edited(
        rename(f"{content}/application~1json", media_type),
        put("/x-webhook-signature/prefix", "hmac="),
        replace("X-SmartCalPro-Signature", "X-Signed"),
    )
    world = open_world(contract, data=False)
    with Receiver() as receiver:
        hook(world, "event.updated", url=receiver.url)
        happen(world)

        async def deliver() -> None:
            dispatcher = Dispatcher(LOOPBACK)
            world.registry.deliver_by(dispatcher)
            assert world.sandbox.outbox.deliver is not None
            await world.sandbox.outbox.deliver(world.sandbox.clock.now())
            await dispatcher.close(grace=0)

        asyncio.run(deliver())
        (received,) = receiver.received
    assert received.headers["content-type"] == media_type
    assert verify(received.body, received.headers["x-signed"], f"whsec_{'x' * 32}", prefix="hmac=")
