"""Law SBX 6: the journal is bounded, says how many it has dropped, and wakes whoever waits for a match."""

import asyncio
import gc
import tracemalloc
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from smartcal_api.journal import Journal, Kept, RequestHead, Wanted, write_request, write_response
from tests.wire import World


def append(journal: Journal, entry: Callable[[int], Kept]) -> None:
    """As the step does it that makes them."""
    serial = journal.next_serial
    journal.next_serial += 1
    kept = entry(serial)
    _, request, response, received, answered, *_ = kept
    assert isinstance(answered, bytes)
    if len(answered) > journal.small:
        journal.make_room(serial, len(request) + len(response) + len(received) + len(answered))
    journal.append(kept)


def kept(path: str = "/a", *, status: int | None = 200, size: int = 0) -> Callable[[int], Kept]:
    head = write_request(RequestHead("GET", path.encode(), b"", "1.1", []))
    rest = (head, write_response(status or 0, []), b"", b" " * size, 0, 0, "", "req_1", None, None, None, None)
    return lambda serial: (serial, *rest)


@given(
    sizes=st.lists(st.integers(0, 20_000), max_size=60),
    most=st.integers(1, 20),
    most_bytes=st.integers(2_048, 60_000),
    since=st.integers(1, 80),
)
@example(sizes=[20_000, 0, 0], most=3, most_bytes=3_840, since=1)  # one that has no room beside others
@example(sizes=[20_000, 0], most=2, most_bytes=20_000, since=1)  # nor beside small ones
@example(sizes=[0] * 60, most=20, most_bytes=60_000, since=1)  # many that go for their number
def test_sbx_6_any_entries_stay_within_both_bounds_and_the_latest_are_kept(
    sizes: list[int], most: int, most_bytes: int, since: int
) -> None:
    journal = Journal("default", entries=most, size=most_bytes)
    for size in sizes:
        append(journal, kept(size=size))
    entries = list(journal.since(1))
    assert len(entries) + journal.dropped == len(sizes)
    assert [len(each.body) for each in entries] == sizes[journal.dropped :]
    assert [each.serial for each in entries] == list(range(journal.dropped + 1, len(sizes) + 1))
    assert len(entries) <= most
    taken = [size + 512 for size in sizes]
    kept_bytes = sum(taken[journal.dropped :])
    assert len(entries) <= 1 or kept_bytes <= most_bytes
    assert len(journal._large) <= most + 1
    # What is dropped had to go for the number, or for the bytes, of which a good part is always used.
    assert not journal.dropped or len(entries) == most or kept_bytes + max(taken) > most_bytes * 9 // 20
    assert list(journal.since(since)) == [each for each in entries if each.serial >= since]
    assert journal.missing(since) == max(0, journal.dropped + 1 - since)
    journal.clear()
    assert (len(journal), journal.dropped, journal.next_serial) == (0, 0, len(sizes) + 1)
    assert journal.missing(1) == 0


def test_sbx_6_a_journal_that_was_cleared_counts_on() -> None:
    journal = Journal("default", entries=2)
    for _ in range(3):
        append(journal, kept())
    journal.clear()
    append(journal, kept())
    assert [each.serial for each in journal.since(1)] == [4]
    assert [each.serial for each in journal.since(4)] == [4]
    assert journal.missing(1) == 0


# Fifty requests of such a size have room among 200,000 bytes; and of the large ones, at most so many.
REQUESTS: dict[str, tuple[Callable[[World, str], object], int]] = {
    "small": (lambda world, key: world.get("/api/v1/events", key=key), 50),
    "large head": (lambda world, key: world.get("/api/v1/events", key=key, headers={"x-note": "n" * 8_000}), 25),
    "large body": (lambda world, key: world.post("/api/v1/webhooks", {"url": "h" * 8_000}, key=key), 25),
}


@pytest.mark.parametrize(("send", "most"), REQUESTS.values(), ids=REQUESTS)
def test_sbx_6_the_memory_of_a_journal_has_a_bound(
    world: World, send: Callable[[World, str], object], most: int
) -> None:
    key = world.key("read", "webhooks")
    journal = world.sandbox.journal = Journal("default", entries=50, size=200_000)
    for _ in range(200):
        send(world, key)
    gc.collect()
    tracemalloc.start()
    try:
        for _ in range(200):
            send(world, key)
        gc.collect()
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert journal.dropped >= 350
    assert most // 5 <= len(journal) <= most, "a list that is asked for again and again is charged once"
    assert held < 1_000_000, "more than what its bounds say"


def test_sbx_6_a_list_is_charged_again_once_room_was_made(world: World) -> None:
    key = world.key("read", "webhooks")
    journal = world.sandbox.journal = Journal("default", entries=50, size=200_000)
    for _ in range(3):
        world.get("/api/v1/events", key=key)
    listed = journal.listed
    assert listed
    for _ in range(30):
        REQUESTS["large body"][0](world, key)
    assert journal.listed is None
    world.get("/api/v1/events", key=key)
    assert journal.listed is listed
    assert journal._large[-1][1] > 10_000


def test_sbx_6_a_wait_ends_with_the_first_match_of_many_requests_at_once() -> None:
    async def scenario() -> None:
        journal = Journal("default")
        waits = [asyncio.create_task(journal.wait(Wanted(path=f"/{number:02}"), 1)) for number in range(50)]
        await asyncio.sleep(0)
        for number in (*reversed(range(50)), *range(50)):
            append(journal, kept(f"/{number:02}/x"))
            await asyncio.sleep(0)
        found = await asyncio.wait_for(asyncio.gather(*waits), 5)
        assert [each.serial for each in found] == list(range(50, 0, -1))

    asyncio.run(scenario())


def test_sbx_6_a_wait_finds_what_has_come_before_and_leaves_out_what_came_before_since() -> None:
    async def scenario() -> None:
        journal = Journal("default")
        append(journal, kept())
        assert (await journal.wait(Wanted(status="2xx"), 1)).serial == 1
        later = asyncio.create_task(journal.wait(Wanted(status="2xx"), 2))
        await asyncio.sleep(0)
        assert not later.done()
        append(journal, kept(status=404))
        append(journal, kept())
        assert (await later).serial == 3

    asyncio.run(scenario())


def test_sbx_6_who_gives_up_waiting_leaves_nothing_behind() -> None:
    async def scenario() -> None:
        journal = Journal("default")
        waits = [asyncio.create_task(journal.wait(Wanted(), 1)) for _ in range(20)]
        await asyncio.sleep(0)
        for wait in waits[:10]:
            wait.cancel()
        await asyncio.gather(*waits[:10], return_exceptions=True)
        assert len(journal._waiting) == 10
        append(journal, kept())
        await asyncio.gather(*waits[10:])
        assert journal._waiting == []

    asyncio.run(scenario())


@given(
    statuses=st.lists(st.sampled_from([200, 201, 302, 400, 404, 429, 500, None]), max_size=20),
    wanted=st.sampled_from([200, 404, "4xx", "4XX", "2xx", "none", "500"]),
)
def test_sbx_6_a_status_is_exact_or_a_class_or_none(statuses: list[int | None], wanted: int | str) -> None:
    def fits(status: int | None) -> bool:
        if status is None or wanted == "none":
            return status is None and wanted == "none"
        return str(status) == str(wanted) or str(wanted).lower() == f"{status // 100}xx"

    journal = Journal("default")
    for status in statuses:
        append(journal, kept(status=status))
    assert [each.status for each in journal.find(Wanted(status=wanted), 1)] == [s for s in statuses if fits(s)]
