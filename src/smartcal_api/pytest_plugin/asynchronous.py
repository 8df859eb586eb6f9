"""The same for asynchronous tests: whatever asks the server is awaited, so that the loop goes on serving meanwhile."""

from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, Concatenate, Generic, ParamSpec, TypeVar

from smartcal_api.errors import SmartCalError
from smartcal_api.pytest_plugin.given import Given
from smartcal_api.pytest_plugin.journal import Journal
from smartcal_api.pytest_plugin.smartcal import Clock, Limits, SmartCal, Snapshot
from smartcal_api.pytest_plugin.webhooks import Deliveries, SubscribedReceiver
from smartcal_api.remote import Control, Sandbox

if TYPE_CHECKING:
    import httpx

# pytest shows the test's own line, and none of these.
__tracebackhide__ = True

Part = TypeVar("Part")
Given_ = ParamSpec("Given_")
Result = TypeVar("Result")


class Connections:
    """As many connections as there are calls at once: one that waits keeps no other."""

    def __init__(self, smartcal: SmartCal) -> None:
        self._smartcal = smartcal
        self._idle: list[Control] = []

    async def run(self, call: Callable[[Sandbox], Result]) -> Result:
        """Calls it in a thread, with the sandbox by a connection that nobody else uses meanwhile."""
        from anyio.to_thread import run_sync

        def work() -> Result:
            control = self._idle.pop() if self._idle else Control(self._smartcal.sandbox.control.target)
            try:
                return call(Sandbox(control, self._smartcal.name))
            finally:
                self._idle.append(control)

        try:
            return await run_sync(work, abandon_on_cancel=True)
        except (AssertionError, SmartCalError) as error:
            raise error.with_traceback(None) from None

    def close(self) -> None:
        for control in self._idle:
            control.close()


class Awaited(Generic[Part]):
    """A part of a sandbox whose methods are awaited; `make` makes the part of a sandbox."""

    def __init__(self, connections: Connections, make: Callable[[Sandbox], Part]) -> None:
        self._connections = connections
        self._make = make


def awaited(
    method: Callable[Concatenate[Part, Given_], Result],
) -> Callable[Concatenate[Awaited[Part], Given_], Coroutine[Any, Any, Result]]:
    """The method of a part as one to be awaited, with the same parameters."""

    async def call(self: Awaited[Part], /, *args: Given_.args, **given: Given_.kwargs) -> Result:
        return await self._connections.run(lambda sandbox: method(self._make(sandbox), *args, **given))

    call.__doc__ = method.__doc__
    return call


class AsyncClock(Awaited[Clock]):
    """`await clock.now()`, and the rest as of `Clock`."""

    advance = awaited(Clock.advance)
    set = awaited(Clock.set)

    async def now(self) -> str:
        """RFC 3339, UTC."""
        return await self._connections.run(lambda sandbox: self._make(sandbox).now)


class AsyncLimits(Awaited[Limits]):
    off = awaited(Limits.off)
    scale = awaited(Limits.scale)
    exhaust = awaited(Limits.exhaust)
    refuse = awaited(Limits.refuse)


class AsyncGiven(Awaited[Given]):
    event = awaited(Given.event)
    booking = awaited(Given.booking)
    booking_page = awaited(Given.booking_page)
    webhook = awaited(Given.webhook)
    resource = awaited(Given.resource)


class AsyncJournal(Awaited[Journal]):
    entries = awaited(Journal.entries)
    wait_for = awaited(Journal.wait_for)
    assert_count = awaited(Journal.assert_count)


class AsyncDeliveries(Awaited[Deliveries]):
    list = awaited(Deliveries.list)
    wait_for = awaited(Deliveries.wait_for)
    wait_until_settled = awaited(Deliveries.wait_until_settled)
    redeliver = awaited(Deliveries.redeliver)
    misbehave = awaited(Deliveries.misbehave)


class AsyncSnapshot(Awaited[Snapshot]):
    restore = awaited(Snapshot.restore)
    diff = awaited(Snapshot.diff)


class AsyncSmartCal:
    """The sandbox of `smartcal`, for tests that run in an event loop; `sync` is what it is in other tests."""

    def __init__(self, smartcal: SmartCal) -> None:
        self.sync = smartcal
        self.name = smartcal.name
        self.root_url = smartcal.root_url
        self.base_url = smartcal.base_url
        self.keys: Mapping[str, str] = smartcal.keys
        self.other_keys: Mapping[str, str] = smartcal.other_keys
        self.oauth: Mapping[str, Any] = smartcal.oauth
        self._connections = Connections(smartcal)
        threads = smartcal.threads
        self.clock = AsyncClock(self._connections, partial(Clock, threads=threads))
        self.limits = AsyncLimits(self._connections, Limits)
        self.given = AsyncGiven(self._connections, Given)
        self.journal = AsyncJournal(self._connections, Journal)
        self.deliveries = AsyncDeliveries(self._connections, partial(Deliveries, threads=threads))

    async def key(self, *scopes: str) -> str:
        """The key with these scopes and no others, the same one each time; without any, the one for everything."""
        return await self._connections.run(lambda _: self.sync.key(*scopes))

    async def new_key(self, *scopes: str) -> str:
        """Another key with these scopes, with a budget of its own."""
        return await self._connections.run(lambda _: self.sync.new_key(*scopes))

    @asynccontextmanager
    async def client(self, *scopes: str) -> "AsyncIterator[httpx.AsyncClient]":
        """An HTTP client for `base_url` that sends the `key` of these scopes, as long as `async with` it."""
        import httpx

        headers = {"Authorization": f"Bearer {await self.key(*scopes)}"}
        # Without TLS to verify, nor a proxy on the way to loopback.
        async with httpx.AsyncClient(base_url=self.base_url, headers=headers, verify=False, trust_env=False) as client:  # noqa: S501
            yield client

    async def trigger(self, event_type: str, /, **fields: Any) -> Sequence[Mapping[str, Any]]:
        """Makes something happen, such as `booking.created`; the events that came of it, in their order."""
        return await self._connections.run(lambda _: self.sync.trigger(event_type, **fields))

    async def receiver(self) -> SubscribedReceiver:
        """A webhook receiver in a thread of its own, subscribed to everything from the first time on."""
        return await self._connections.run(lambda _: self.sync.receiver)

    async def fault(self, kind: str, /, **members: Any) -> str:
        """Arms a fault, such as `fault("status", status=503, operations="listEvents", next=2)`; its id."""
        return await self._connections.run(lambda _: self.sync.fault(kind, **members))

    async def clear_faults(self) -> None:
        await self._connections.run(lambda _: self.sync.clear_faults())

    async def snapshot(self) -> AsyncSnapshot:
        """Keeps everything as it is now."""
        name = (await self._connections.run(lambda _: self.sync.snapshot())).name
        return AsyncSnapshot(self._connections, partial(Snapshot, name=name))

    def close(self) -> None:
        self._connections.close()
