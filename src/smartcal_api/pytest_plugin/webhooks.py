"""Webhooks in a test: a receiver of the test's own, and the deliveries of its sandbox."""

from collections.abc import Mapping, Sequence
from typing import Any

from smartcal_api.remote import Refused, Sandbox
from smartcal_api.webhooks import Event, parse
from smartcal_api.webhooks.receiver import Receiver


class SubscribedReceiver(Receiver):
    """Subscribed to all event types of the sandbox. `received` has what came, `answer` is what it answers."""

    def __init__(self, sandbox: Sandbox) -> None:
        super().__init__()
        made = sandbox.post("/subscriptions", {"url": self.url})
        self.id: str = made["id"]
        self.secret: str = made["secret"]
        self._header: str = sandbox.control.get("/contract")["x-webhook-signature"]["header"].lower()

    @property
    def events(self) -> list[Event]:
        """What came, verified and typed; raises `InvalidDelivery` where a signature is wrong."""
        return [parse(each.body, each.headers.get(self._header), self.secret) for each in self.received]


class Deliveries:
    """What the sandbox has delivered, and has yet to. Filters: state, event_type, webhook, event."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def list(self, **filters: Any) -> Sequence[Mapping[str, Any]]:
        """The newest first."""
        found: Sequence[Mapping[str, Any]] = self._sandbox.get("/deliveries", **filters)["data"]
        return found

    def wait_for(
        self, event_type: str | None = None, *, count: int = 1, timeout: float = 10
    ) -> Sequence[Mapping[str, Any]]:
        """Until so many of a type have been delivered, in real time; fails with `AssertionError`."""
        wanted = {"count": count, "timeout_seconds": timeout} | ({"event_type": event_type} if event_type else {})
        return self._wait(wanted, timeout)

    def wait_until_settled(self, *, timeout: float = 10) -> Sequence[Mapping[str, Any]]:
        """Until nothing that is due is left to send; retries wait for the clock. Fails with `AssertionError`."""
        return self._wait({"timeout_seconds": timeout}, timeout)

    def redeliver(self, identifier: str) -> None:
        """A delivery once more, or an event to whoever subscribes to its type now."""
        self._sandbox.post(f"/deliveries/{identifier}/redeliver")

    def misbehave(self, kind: str, **members: Any) -> None:
        """The next goes wrong: `misbehave("duplicate")`, `misbehave("late", by="10m")`, `misbehave("dropped")`."""
        self._sandbox.post("/misbehaviours", {"kind": kind, **members})

    def _wait(self, wanted: Mapping[str, Any], timeout: float) -> Sequence[Mapping[str, Any]]:
        try:
            found: Sequence[Mapping[str, Any]] = self._sandbox.post("/deliveries/wait", wanted, patience=timeout)[
                "data"
            ]
        except Refused as refused:
            raise AssertionError(str(refused)) from None
        return found
