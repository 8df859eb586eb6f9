"""How fast webhooks are delivered, beside a bare loop of the same HTTP client; and what one that hangs costs others."""

import asyncio
import logging
import sys
import time
from collections.abc import Callable, Coroutine
from typing import Any

import httpcore
import uvloop

from bench.figures import Figure, Section, Target
from bench.plan import Plan
from bench.processes import Program, Server
from smartcal_api.clock import Clock
from smartcal_api.contract import Contract
from smartcal_api.sandbox import Sandbox
from smartcal_api.sandbox.population import default_data_set
from smartcal_api.sandbox.subscriptions import subscribe
from smartcal_api.store import open_store
from smartcal_api.webhooks.courier import MOST
from smartcal_api.webhooks.dispatcher import Dispatcher
from smartcal_api.webhooks.network import LOOPBACK

_RECEIVER = Program("receiver", [sys.executable, "-m", "bench.receiver", "{port}"], "/")


def deliveries(plan: Plan) -> Section:
    """A receiver in a process of its own; the sender and the bare loop take turns in this one."""
    contract = Contract.read()
    subscriptions, events = plan.subscriptions, plan.events_each
    logging.getLogger("smartcal").setLevel(logging.CRITICAL)  # the one that hangs is told of again and again
    with _RECEIVER.running(plan.folder) as receiver:
        bare = _run(lambda: _bare(receiver, min(2_000, subscriptions * events)))
        alone = _run(lambda: _delivered(contract, receiver, subscriptions, events, hanging=0))
        beside = _run(lambda: _delivered(contract, receiver, subscriptions, events, hanging=1))
        again = _run(lambda: _bare(receiver, min(2_000, subscriptions * events)))
    rate, bound = len(alone) / max(alone), (bare + again) / 2
    slower = _p99(beside) / _p99(alone)
    return Section(
        title=f"Webhooks: {subscriptions:,} subscriptions × {events} events at once",
        columns=["", "a second", "of the bare loop", "p99"],
        rows=[
            ["bare loop of httpcore", Figure(name="bare loop", value=bound, unit="/s"), "100 %", "–"],
            [
                "recorded, signed, sent, logged",
                Figure(name="deliveries", value=rate, unit="/s"),
                Figure(
                    name="deliveries of the bare loop",
                    value=100 * rate / bound,
                    unit="%",
                    target=Target(sign="≥", bound=50),
                ),
                Figure(name="p99 alone", value=_p99(alone), unit="s", pattern=".2f"),
            ],
            [
                "the others while one hangs",
                Figure(name="deliveries beside", value=len(beside) / max(beside), unit="/s"),
                Figure(
                    name="p99 beside one that hangs",
                    value=slower,
                    unit="×",
                    pattern=".2f",
                    target=Target(sign="≤", bound=2),
                ),
                Figure(name="p99 beside", value=_p99(beside), unit="s", pattern=".2f"),
            ],
        ],
        notes=[f"Each attempt has a connection of its own, on both sides; {MOST} at once, on both sides."],
    )


async def _bare(receiver: Server, count: int) -> float:
    """Posts a second, with nothing around them."""
    body = max((str(each.document).encode() for each in default_data_set()), key=len)[:1_000]
    url = httpcore.URL(f"http://127.0.0.1:{receiver.port}/")
    headers = [("Host", "x"), ("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    gate = asyncio.Semaphore(MOST)

    async def post() -> None:
        async with gate:
            connection = httpcore.AsyncHTTPConnection(url.origin)
            response = await connection.handle_async_request(
                httpcore.Request("POST", url, headers=headers, content=body)
            )
            await response.aread()
            await connection.aclose()

    began = time.perf_counter()
    await asyncio.gather(*(post() for _ in range(count)))
    return count / (time.perf_counter() - began)


async def _delivered(
    contract: Contract, receiver: Server, subscriptions: int, events: int, *, hanging: int
) -> list[float]:
    """Seconds from the start until each delivery was settled, but for those to the subscriptions that hang."""
    sandbox = Sandbox("default", contract, open_store(contract), Clock())
    document = max((each.document for each in default_data_set() if each.collection == "Event"), key=len)
    now, healthy = sandbox.clock.now(), set()
    for number in range(subscriptions):
        path = "hang" if number < hanging else ""
        made = subscribe(
            sandbox, f"http://127.0.0.1:{receiver.port}/{path}", ["event.updated"], secret="k" * 32, owner=1, now=now
        )
        if number >= hanging:
            healthy.add(made["id"])
    with sandbox.store.transaction():
        for _ in range(events):
            sandbox.outbox.record("event.updated", document, owner=1, now=now)
    seconds: list[float] = []
    done = asyncio.Event()
    settle = sandbox.outbox.settle

    def settled(ended: Any, *, now: int) -> None:
        ended = list(ended)
        settle(ended, now=now)
        at = time.perf_counter() - began
        seconds.extend(at for lease, outcome in ended if lease.webhook in healthy and outcome.success)
        if len(seconds) == len(healthy) * events:
            done.set()

    sandbox.outbox.settle = settled  # type: ignore[method-assign]  # to see when each is done
    dispatcher = Dispatcher(LOOPBACK)
    began = time.perf_counter()
    dispatcher.attach(sandbox)
    await done.wait()
    await dispatcher.close(grace=0)
    sandbox.store.close()
    return seconds


def _run(measure: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(measure())


def _p99(seconds: list[float]) -> float:
    return sorted(seconds)[int(len(seconds) * 0.99)]
