"""What a test has in its hands: a sandbox with its addresses, credentials, clock, data, faults and journal."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from smartcal_api.pytest_plugin.given import Given
from smartcal_api.pytest_plugin.journal import Journal
from smartcal_api.pytest_plugin.loop import Threads, blocking, in_loop
from smartcal_api.remote import Control, Sandbox

if TYPE_CHECKING:
    import httpx

    from smartcal_api.pytest_plugin.webhooks import Deliveries, SubscribedReceiver

# pytest shows the test's own line, and none of these.
__tracebackhide__ = True


class Clock:
    """The sandbox's clock. It stands still: time is what the test makes of it."""

    def __init__(self, sandbox: Sandbox, threads: Threads) -> None:
        self._sandbox = sandbox
        self._threads = threads

    @property
    def now(self) -> str:
        """RFC 3339, UTC."""
        return str(self._sandbox.get("/clock")["now"])

    def advance(self, by: str | float, *, timeout: float = 30) -> str:
        """By seconds, or `90s`, `15m`, `12h`, `2d`, `1w`; returns when all that fell due on the way is done."""
        self._check_loop("clock.advance")
        return str(self._sandbox.advance(by, timeout=timeout)["now"])

    def set(self, instant: str, *, timeout: float = 30) -> str:
        """Forward to an RFC 3339 instant, doing all that falls due."""
        self._check_loop("clock.set")
        body = {"now": instant, "timeout_seconds": timeout}
        return str(self._sandbox.post("/clock/set", body, patience=timeout)["now"])

    def _check_loop(self, call: str) -> None:
        """What falls due may be delivered to the very loop that this would keep from answering."""
        if in_loop() and not self._threads.serve_all():
            raise blocking(call)


class Limits:
    """The sandbox's rate limits: scaled, exhausted, switched off."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def off(self) -> None:
        """Nothing is refused any more."""
        self._sandbox.patch("/limits", {"enabled": False})

    def scale(self, factor: float) -> None:
        """A factor of 0.1 leaves a tenth of each limit."""
        self._sandbox.patch("/limits", {"scale": factor})

    def exhaust(self, credential: str | None = None) -> None:
        """The budget of a key (by its value or fingerprint), or of everything, is used up."""
        self._sandbox.post("/limits/exhaust", {} if credential is None else {"credential": credential})

    def refuse(self, following: int) -> None:
        """The next so many answers are 429."""
        self._sandbox.post("/limits/refuse", {"next": following})


class Snapshot:
    """Everything as it was at an instant."""

    def __init__(self, sandbox: Sandbox, name: str) -> None:
        self._sandbox = sandbox
        self.name = name

    def restore(self) -> None:
        self._sandbox.post(f"/snapshots/{self.name}/restore")

    def diff(self) -> Mapping[str, Any]:
        """The resources that were added, changed and removed since."""
        changes: Mapping[str, Any] = self._sandbox.get("/diff", **{"from": self.name})
        return changes


class SmartCal:
    """A sandbox. `base_url` ends in /api/v1, `root_url` doesn't; whatever is asked there is of this sandbox alone."""

    def __init__(self, control: Control, made: Mapping[str, Any]) -> None:
        self.name: str = made["name"]
        self.root_url: str = made["root_url"]
        self.base_url: str = made["base_url"]
        self.keys: Mapping[str, str] = made["keys"]
        """scope → key of the main account"""
        self.other_keys: Mapping[str, str] = made["other"]["keys"]
        """scope → key of the second account, to see that nothing of the one is seen by the other"""
        self.oauth: Mapping[str, Any] = made["oauth"]
        """The URLs of OAuth, and `clients` with their ids, secrets and redirect URIs."""
        self.sandbox = Sandbox(control, self.name)
        """The control plane, for what has no method here."""
        self.threads = Threads(self.sandbox)
        self.clock = Clock(self.sandbox, self.threads)
        self.limits = Limits(self.sandbox)
        self.given = Given(self.sandbox)
        self.journal = Journal(self.sandbox)
        self._receiver: SubscribedReceiver | None = None
        self._closing: list[Callable[[], None]] = []
        self._keys: dict[frozenset[str], str] = {frozenset({scope}): key for scope, key in self.keys.items()}
        self._snapshots = 0

    def key(self, *scopes: str) -> str:
        """The key with these scopes and no others, the same one each time; without any, the one for everything."""
        wanted = frozenset(scopes or self._everything)
        if wanted not in self._keys:
            self._keys[wanted] = self.new_key(*scopes)
        return self._keys[wanted]

    def new_key(self, *scopes: str) -> str:
        """Another key with these scopes, with a budget of its own."""
        minted: str = self.sandbox.post("/keys", {"scopes": list(dict.fromkeys(scopes or self._everything))})["key"]
        return minted

    @property
    def _everything(self) -> tuple[str]:
        """The scope that implies all others, which comes last in the contract."""
        return (list(self.keys)[-1],)

    def client(self, *scopes: str) -> "httpx.Client":
        """An HTTP client for `base_url` that sends the `key` of these scopes; closed with the test."""
        import httpx

        # Without TLS to verify, nor a proxy on the way to loopback: looking for either would cost each test 20 ms.
        headers = {"Authorization": f"Bearer {self.key(*scopes)}"}
        client = httpx.Client(base_url=self.base_url, headers=headers, verify=False, trust_env=False)  # noqa: S501  # http
        self._closing.append(client.close)
        return client

    def trigger(self, event_type: str, /, **fields: Any) -> Sequence[Mapping[str, Any]]:
        """Makes something happen, such as `booking.created`; the events that came of it, in their order."""
        events: Sequence[Mapping[str, Any]] = self.sandbox.trigger(event_type, fields)["events"]
        return events

    @property
    def receiver(self) -> "SubscribedReceiver":
        """A webhook receiver, subscribed to everything from the first time that it is asked for."""
        if self._receiver is None:
            from smartcal_api.pytest_plugin.webhooks import SubscribedReceiver

            self._receiver = SubscribedReceiver(self.sandbox, self.threads)
            self._closing.append(self._receiver.close)
        return self._receiver

    @property
    def deliveries(self) -> "Deliveries":
        """Webhook deliveries: `deliveries.wait_for("booking.created")`."""
        from smartcal_api.pytest_plugin.webhooks import Deliveries

        return Deliveries(self.sandbox, self.threads)

    def fault(self, kind: str, /, **members: Any) -> str:
        """Arms a fault, such as `fault("status", status=503, operations="listEvents", next=2)`; its id."""
        return str(self.sandbox.post("/faults", {"kind": kind, **members})["id"])

    def clear_faults(self) -> None:
        self.sandbox.remove("/faults")

    def snapshot(self) -> Snapshot:
        """Keeps everything as it is now."""
        self._snapshots += 1
        name = f"snapshot-{self._snapshots}"
        self.sandbox.post("/snapshots", {"name": name})
        return Snapshot(self.sandbox, name)

    def close(self) -> None:
        for close in reversed(self._closing):
            close()
        self.sandbox.delete()
