"""The sandboxes of a server by name, and which of them a credential or a client is of (law SBX 1)."""

from collections.abc import Callable, Iterator
from hashlib import sha256
from time import monotonic_ns

from starlette.types import ASGIApp

from smartcal_api.background import Background
from smartcal_api.errors import Problem
from smartcal_api.journal.counts import Counts
from smartcal_api.journal.departed import Departed
from smartcal_api.sandbox.room import NoRoom, Room
from smartcal_api.sandbox.sandbox import Sandbox
from smartcal_api.webhooks.dispatcher import Dispatcher

DEFAULT = "default"


class Registry:
    """One sandbox, `default`, is always there. The others end when they are removed, or have been idle for their ttl.

    The directory of credentials holds hints: whether one is good is for its sandbox to say, which alone knows what was
    revoked, has expired, or came back with a snapshot. What it doesn't know is looked for in `default`.
    """

    def __init__(
        self, default: Sandbox, *, room: Room | None = None, monotonic: Callable[[], int] = monotonic_ns
    ) -> None:
        self.default = default
        self.background = Background()
        self._room = room or Room()
        self._sandboxes = {default.name: default}
        self._monotonic = monotonic
        self._homes: dict[bytes | str, str] = {}
        self._dispatcher: Dispatcher | None = None
        self.removed = 0
        """How many have been."""
        self.front: ASGIApp | None = None
        """What serves them now, under whatever contract."""
        self.departed = Departed()
        """What was last asked of those that are gone."""
        self.counts = Counts()
        """Of the requests to all of them."""
        self.refused = 0
        """How many sandboxes there was no room for."""
        self.draining = False
        """Whether none is made here any more, for the server is to end."""

    def __iter__(self) -> Iterator[Sandbox]:
        return iter(tuple(self._sandboxes.values()))

    def __len__(self) -> int:
        return len(self._sandboxes)

    def get(self, name: str) -> Sandbox | None:
        return self._sandboxes.get(name)

    def check_room(self, *, sandboxes: int = 0, snapshots: int = 0, size: int = 0) -> None:
        """Raises `NoRoom` for so many sandboxes more, and so many bytes more in memory; a 503 for any sandbox where the
        server is about to end."""
        if sandboxes and self.draining:
            raise Problem(
                "unavailable", "This server is draining: it goes on with the sandboxes that it has and takes no more."
            )
        try:
            self._room.check(tuple(self), sandboxes=sandboxes, snapshots=snapshots, size=size)
        except NoRoom:
            self.refused += bool(sandboxes)
            raise

    def announcer(self, name: str) -> Callable[[bytes | str], None]:
        """What the sandbox of that name tells of its credentials and clients."""

        def announce(credential: bytes | str) -> None:
            self._homes.setdefault(credential, name)

        return announce

    def deliver_by(self, dispatcher: Dispatcher) -> None:
        """Webhooks of all sandboxes, of those to come as well, are delivered from now on."""
        self._dispatcher = dispatcher
        for sandbox in self:
            dispatcher.attach(sandbox)

    def touch(self, sandbox: Sandbox) -> None:
        """It was used now."""
        sandbox.touched = self._monotonic()

    def add(self, sandbox: Sandbox) -> None:
        self.touch(sandbox)
        self._sandboxes[sandbox.name] = sandbox
        if self._dispatcher is not None:
            self._dispatcher.attach(sandbox)

    def remove(self, name: str) -> None:
        """Ends a sandbox, and everything that it held; `default` can't be removed."""
        assert name != DEFAULT
        sandbox = self._sandboxes.pop(name)
        self.removed += 1
        self.departed.keep(name, sandbox.journal)
        if self._dispatcher is not None:
            self._dispatcher.detach(sandbox)
        sandbox.store.close()
        self._homes = {credential: home for credential, home in self._homes.items() if home != name}

    def reap(self) -> list[str]:
        """Removes those that have been idle for their ttl, since killed test runs never do; returns their names."""
        now = self._monotonic()
        idle = [
            each.name
            for each in self
            if each.ttl is not None and now - each.touched >= each.ttl and not each.store.turn.taken
        ]
        for name in idle:
            self.remove(name)
        return idle

    def of_credential(self, secret: bytes) -> Sandbox:
        """Where a key or token presented at the bare root belongs."""
        return self._of(sha256(secret).digest()) if self._homes else self.default

    def of_client(self, identifier: str) -> Sandbox:
        """Where an OAuth client that asks at the bare root belongs."""
        return self.default if self.default.oauth.clients.find(identifier) else self._of(identifier)

    def _of(self, credential: bytes | str) -> Sandbox:
        home = self._homes.get(credential)
        return self.default if home is None else self._sandboxes.get(home, self.default)
