"""Law DELV 4: what failed is tried again by the contract's schedule, until it is given up; without a network."""

from hypothesis import given
from hypothesis import strategies as st

from smartcal_api.contract import Contract
from tests.edits import edited, put
from tests.independent import Independent
from tests.webhooks.post import SECOND, answered, due, empty, failed, happen, hook, post, states, webhook
from tests.wire import NOW, World, open_world

LIST = "/api/v1/webhooks"


@given(st.lists(st.sampled_from([199, 301, 302, 307, 308, 400, 404, 429, 500, 503, None]), max_size=12), st.integers())
def test_delv_4_a_failure_is_tried_again_by_the_contracts_schedule(
    contract: Contract, answers: list[int | None], seed: int
) -> None:
    """The id and the bytes stay; each delay is the stated one or up to a tenth less; in the end it has failed."""
    world = open_world(contract, data=False, seed=seed % 2**32)
    hook(world)
    happen(world)
    delays = contract.data["x-retry-schedule"]["delays_seconds"]
    jitter = contract.data["x-retry-schedule"]["jitter_percent"] / 100
    seen = set()
    for number, delay in enumerate(delays):
        at = world.sandbox.outbox.next_due()
        assert at is not None
        wait = (at - world.sandbox.clock.now()) / SECOND
        assert delay * (1 - jitter) <= wait <= delay
        world.sandbox.clock.advance(delay * SECOND)
        status = answers[number] if number < len(answers) else 200
        (lease,) = post(world, failed() if status is None else answered(status))
        seen.add((lease.id, lease.body))
        assert lease.tries == number
        if status == 200:
            break
    assert len(seen) == 1
    assert states(world) == ["delivered" if len(answers) < len(delays) else "failed"]
    assert world.sandbox.outbox.next_due() is None


@given(st.integers(0, 10**9))
def test_delv_4_a_receiver_may_ask_for_more_time_within_bounds(contract: Contract, seconds: int) -> None:
    world = empty(contract)
    hook(world)
    happen(world)
    post(world, answered(503, retry_after=seconds))
    delays = contract.data["x-retry-schedule"]["delays_seconds"]
    at = world.sandbox.outbox.next_due()
    assert at is not None
    wait = (at - world.sandbox.clock.now()) / SECOND
    assert wait == min(seconds, max(delays)) or (wait <= delays[1] and seconds < delays[1])


def test_delv_4_the_same_seed_waits_as_long_and_receivers_that_failed_together_recover_apart(
    contract: Contract,
) -> None:
    def waits(seed: int) -> list[int]:
        world = open_world(contract, data=False, seed=seed)
        hook(world)
        for _ in range(20):
            happen(world)
        post(world, failed())
        return [at for (at,) in world.sandbox.store.query("SELECT due_at FROM deliveries ORDER BY number")]

    assert waits(1) == waits(1)
    assert len(set(waits(1))) == 20
    assert waits(1) != waits(2)


def test_delv_4_an_edited_schedule_is_the_schedule(contract: Contract) -> None:
    world = empty(edited(put("/x-retry-schedule/delays_seconds", [0, 7]), put("/x-retry-schedule/jitter_percent", 0)))
    hook(world)
    happen(world)
    post(world, failed())
    assert world.sandbox.outbox.next_due() == world.sandbox.clock.advance(7 * SECOND)
    post(world, failed())
    assert states(world) == ["failed"]


def test_delv_4_one_410_disables_with_the_reason_and_cancels_what_is_pending(contract: Contract) -> None:
    world = empty(contract)
    gone, other = hook(world), hook(world)
    happen(world)
    happen(world)
    first, *rest = due(world)
    assert first.webhook == gone
    world.sandbox.outbox.settle([(first, answered(410))], now=first.at)
    found = webhook(world, gone)
    assert (found["active"], found["updated_at"]) == (False, NOW)
    assert "410" in found["disabled_reason"]
    assert webhook(world, other)["active"]
    assert Independent(contract.data).faults("/components/schemas/Webhook", found) == []
    world.sandbox.outbox.settle([(lease, failed()) for lease in rest], now=first.at)
    kept = world.sandbox.store.query("SELECT state FROM deliveries WHERE webhook = ? ORDER BY number", (gone,))
    assert kept == [(b"failed",), (b"cancelled",)]
    happen(world)
    world.sandbox.clock.advance(10 * SECOND)
    assert {lease.webhook for lease in due(world)} == {other}


def exhaust(world: World) -> None:
    happen(world)
    for delay in world.contract.policy.retry_schedule.delays_seconds:
        world.sandbox.clock.advance(delay * SECOND)
        post(world, answered(500))


def test_delv_4_so_many_exhausted_deliveries_in_a_row_disable_with_the_reason(contract: Contract) -> None:
    world, most = empty(contract), contract.policy.retry_schedule.disable_after_exhausted
    identifier = hook(world)
    for _ in range(most - 1):
        exhaust(world)
    happen(world)
    post(world, answered(204))
    for _ in range(most - 1):
        exhaust(world)
    assert webhook(world, identifier)["active"], "one success in between begins the count anew"
    exhaust(world)
    found = webhook(world, identifier)
    assert not found["active"]
    assert str(most) in found["disabled_reason"]
    assert "500" in found["disabled_reason"]


def test_hook_1_deleted_its_pending_deliveries_are_cancelled_and_those_of_others_kept(world: World) -> None:
    gone, kept = hook(world), hook(world)
    happen(world)
    (on_its_way, *_) = due(world)
    assert on_its_way.webhook == gone
    assert world.request("DELETE", f"{LIST}/{gone}", key=world.key("webhooks")).status == 204
    world.sandbox.outbox.settle([(on_its_way, failed())], now=on_its_way.at)
    assert states(world) == ["cancelled", "leased"]
    assert webhook(world, kept)["active"]
