"""What one sandbox takes, so that a thousand of them fit on a machine; the whole of it is measured by `make bench`."""

import asyncio
import gc
import tracemalloc

from smartcal_api.sandbox import Sandbox
from smartcal_api.sandbox.creation import Creator, Wanted
from tests.wire import World

_PAGES = 102  # of the database of the default data set, with a little room for a contract that grows
_OBJECTS = 35_000
_DATABASE = _PAGES * 4_096 * 1.05


def made(creator: Creator, number: int) -> list[Sandbox]:
    async def make() -> list[Sandbox]:
        return [(await creator.create(Wanted())).sandbox for _ in range(number)]

    return asyncio.run(make())


def test_a_sandbox_of_the_default_data_set_takes_little_memory(world: World) -> None:
    creator = Creator(world.registry, lambda: world.application)
    made(creator, 1)  # and whatever is made but once
    tracemalloc.start()
    try:
        sandboxes = made(creator, 10)
        gc.collect()  # or it counts what is freed when that happens to come
        objects = tracemalloc.get_traced_memory()[0] / len(sandboxes)
    finally:
        tracemalloc.stop()
    assert len(sandboxes[0].store.image()) <= _DATABASE
    assert objects <= _OBJECTS


def test_sbx_3_what_a_sandbox_began_with_holds_no_randomness_that_its_seed_gives_again(world: World) -> None:
    (sandbox,) = made(Creator(world.registry, lambda: world.application), 1)
    draws = sandbox.parts()["requests"]
    began = draws.state()
    first = [sandbox.request_id() for _ in range(3)]
    later = draws.state()
    assert len(str(began)) < 50 < len(str(later))
    after = [sandbox.request_id() for _ in range(3)]
    draws.restore(began)
    assert [sandbox.request_id() for _ in range(6)] == first + after
    draws.restore(later)
    assert [sandbox.request_id() for _ in range(3)] == after
