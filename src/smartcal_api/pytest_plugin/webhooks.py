"""Webhooks in a test: a receiver of the test's own, and the deliveries of its sandbox."""

from collections.abc import Mapping, Sequence
from typing import Any

from smartcal_api.pytest_plugin.loop import Threads, at_once, in_loop
from smartcal_api.remote import Refused, Sandbox
from smartcal_api.webhooks import Event, InvalidDelivery, parse
from smartcal_api.webhooks.receiver import Receiver

# pytest shows the test's own line, and none of these.
__tracebackhide__ = True

# The sandbox isn't as it was waited for; whatever else is refused is a mistake of the test.
_CONFLICT = 409


class SubscribedReceiver(Receiver):
    """Subscribed to all event types of the sandbox, and served by a thread of its own.

    `received` has what came, `answer` is what it answers.
    """

    def __init__(self, sandbox: Sandbox, threads: Threads) -> None:
        super().__init__()
        made = sandbox.post("/subscriptions", {"url": self.url})
        self.id: str = made["id"]
        threads.webhooks.add(self.id)
        self.secret: str = made["secret"]
        self._header: str = sandbox.control.get("/contract")["x-webhook-signature"]["header"].lower()

    @property
    def events(self) -> list[Event]:
        """What came, verified and typed; raises `InvalidDelivery` where a signature is wrong."""
        try:
            return [parse(each.body, each.headers.get(self._header), self.secret) for each in self.received]
        except InvalidDelivery as error:
            raise error.with_traceback(None) from None


class Deliveries:
    """What the sandbox has delivered, and has yet to. Filters: state, event_type, webhook, event."""

    def __init__(self, sandbox: Sandbox, threads: Threads) -> None:
        self._sandbox = sandbox
        self._threads = threads

    def list(self, /, **filters: Any) -> Sequence[Mapping[str, Any]]:
        """The newest first."""
        found: Sequence[Mapping[str, Any]] = self._sandbox.get("/deliveries", **filters)["data"]
        return found

    def wait_for(
        self, event_type: str | None = None, *, count: int = 1, timeout: float = 10
    ) -> Sequence[Mapping[str, Any]]:
        """Until so many of a type have been delivered, in real time; fails with `AssertionError`."""
        wanted = {"count": count} | ({"event_type": event_type} if event_type else {})
        return self._wait("wait_for", wanted, timeout)

    def wait_until_settled(self, *, timeout: float = 10) -> Sequence[Mapping[str, Any]]:
        """Until nothing that is due is left to send; retries wait for the clock. Fails with `AssertionError`."""
        return self._wait("wait_until_settled", {}, timeout)

    def redeliver(self, identifier: str) -> None:
        """A delivery once more, or an event to whoever subscribes to its type now."""
        self._sandbox.post(f"/deliveries/{identifier}/redeliver")

    def misbehave(self, kind: str, /, **members: Any) -> None:
        """The next goes wrong: `misbehave("duplicate")`, `misbehave("late", by="10m")`, `misbehave("dropped")`."""
        self._sandbox.post("/misbehaviours", {"kind": kind, **members})

    def _wait(self, name: str, wanted: Mapping[str, Any], timeout: float) -> Sequence[Mapping[str, Any]]:
        def wait(seconds: float) -> Sequence[Mapping[str, Any]]:
            body = {**wanted, "timeout_seconds": seconds}
            try:
                answer = self._sandbox.post("/deliveries/wait", body, patience=seconds)
            except Refused as refused:
                if refused.status != _CONFLICT:
                    raise
                raise AssertionError(refused.in_full()) from None
            found: Sequence[Mapping[str, Any]] = answer["data"]
            return found

        if in_loop() and self._threads.serve_all():
            return wait(timeout)
        return at_once(f"deliveries.{name}", wait, timeout)
