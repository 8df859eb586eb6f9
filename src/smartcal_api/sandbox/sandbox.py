"""One isolated world: its store, clock, credentials, budgets and deliveries. Nothing of it lives anywhere else."""

import asyncio
from collections.abc import Callable
from random import Random
from typing import Any
from uuid import uuid4

import orjson

from smartcal_api import bookings
from smartcal_api.auth import Keys, Principal, Secrets
from smartcal_api.auth.oauth import OAuth
from smartcal_api.clock import Clock, format_rfc3339, parse_rfc3339
from smartcal_api.contract import Contract
from smartcal_api.errors import Unavailable
from smartcal_api.ids import Ids
from smartcal_api.journal import Journal
from smartcal_api.mock import Unsatisfiable, ValueGenerator, repair
from smartcal_api.sandbox.draws import Draws
from smartcal_api.sandbox.faults import Faults
from smartcal_api.sandbox.image import Origin, Part
from smartcal_api.sandbox.limits import Limits
from smartcal_api.sandbox.payloads import Payloads
from smartcal_api.sandbox.snapshots import Snapshots
from smartcal_api.store import OPENED, Store, collections
from smartcal_api.webhooks.outbox import Outbox

# Ids of what is made while serving count on from here, out of the way of any data set's.
_SERVED = 1 << 40
_NEVER = 1 << 126


class Sandbox:
    """All the state that requests see. `seed` decides every id and everything that is made up.

    `announce` is told the SHA-256 of each credential and the id of each client that is taken in, for a server of many
    sandboxes has to know where they belong. Such a server has one `secrets` for all of them.
    """

    def __init__(
        self,
        name: str,
        contract: Contract,
        store: Store,
        clock: Clock,
        *,
        seed: int = 0,
        rate_limits: bool = True,
        secrets: Secrets | None = None,
        announce: Callable[[bytes | str], None] = lambda _: None,
    ) -> None:
        self.name = name
        self.ttl: int | None = None
        """How long it may be idle, in nanoseconds of real time; None: for as long as the server lives."""
        self.touched = 0
        self.size = 0
        """In memory, in bytes, as it began, where a client had it made."""
        self.generation = 0
        """Goes up with each restore and reset: what was begun in an older one has no effect in this one."""
        self.origin: Origin | None = None
        self.data: bytes | None = None
        """What its database began as, where that was no generated data set."""
        self.furnish: Callable[[Sandbox], None] | None = None
        """What puts in, also after a reset, whatever the server was asked to start with besides a data set."""
        self.process = uuid4().hex
        """Tells its images from those of a sandbox of this name that another process had."""
        self.snapshots = Snapshots(beside=store.path)
        self.contract = contract
        self.store = store
        self.clock = clock
        self.seed = seed
        self._opened = int(store.meta(OPENED) or 0) + 1
        with store.transaction():
            store.set_meta(OPENED, str(self._opened))
        policy = contract.policy
        self.secrets = secrets or Secrets(policy.secrets.values())
        self.secrets.recall(store)
        self.keys = Keys(
            store,
            clock,
            prefix=policy.secrets["api_key"],
            implies=policy.scope_implies,
            secrets=self.secrets,
            announce=announce,
        )
        self.oauth = OAuth(contract, store, clock, secrets=self.secrets, announce=announce)
        self.limits = Limits(policy.rate_limits, enabled=rate_limits)
        self.journal = Journal(name)
        self.faults = Faults(seed)
        self._adopt_ids(contract)
        self.outbox = Outbox(contract, store, mint=self.mint, seed=seed, whole=Payloads(contract, seed=seed).whole)
        # A file that is opened again must not repeat the request ids of the last time.
        self._requests = Draws(f"requests {seed} {self._opened}")
        self._due = _NEVER
        self.plan()

    def adopt(self, contract: Contract) -> None:
        """Goes on under an edited contract; the data stays as it is (see `sandbox.adaptation`)."""
        self.contract = contract
        self.store.adopt(collections(contract))
        self.store.index()
        self.secrets.adopt(contract.policy.secrets.values())
        self.keys.adopt(contract.policy.scope_implies)
        self.oauth.adopt(contract)
        self.limits.adopt(contract.policy.rate_limits)
        self._adopt_ids(contract)
        self.outbox.adopt(contract, Payloads(contract, seed=self.seed).whole)
        self.plan()

    def parts(self) -> dict[str, Part]:
        """Everything beside the database that later answers depend on: what isn't listed here doesn't come back."""
        return {
            "clock": self.clock,
            "limits": self.limits,
            "faults": self.faults,
            "requests": self._requests,
            "keys": self.keys,
            "clients": self.oauth.clients,
            "misbehaviours": self.outbox.misbehaviours,
        }

    def find(self, secret: bytes) -> Principal | None:
        """Whose key or access token this is; None if it is unknown, revoked or expired."""
        return self.keys.find(secret) or self.oauth.tokens.find(secret)

    def request_id(self, source: Random | None = None) -> str:
        """A fresh `req_…`; the same sequence for the same seed (law SBX 2), unless it is drawn from another source."""
        return self._request_prefix + (source or self._requests).randbytes(self._id_length).translate(
            self._letters
        ).decode("ascii")

    def mint(self, kind: str) -> str:
        """A fresh id of a kind of the contract's `x-ids`; belongs in the transaction that stores what it names."""
        return self.ids.mint(kind, _SERVED + self.store.serial(kind))

    def keep(self, collection: str, document: dict[str, Any], *, owner: int) -> dict[str, Any]:
        """Stores a document, with what the contract wants beside what the code knows of; returns it as it is stored."""
        kept = self.fitted(collection, document)
        self.store.put(collection, kept, owner=owner)
        return kept

    def fitted(self, collection: str, document: dict[str, Any]) -> dict[str, Any]:
        """A document as the contract wants it, filled in as a mock would; as it is where nothing helps."""
        contract = self.contract
        if collection not in contract.resources:
            return document
        try:
            validator = contract.schemas.at(contract.resource_pointer(collection))
        except ValueError:  # of a draft, which is not understood
            return document
        if validator.is_valid(document):
            return document
        generator = ValueGenerator(contract.sent.data, seed=self.seed)
        salt = f"{collection} {document.get('id')}"
        try:
            return repair(
                document, validator=validator, schema=contract.resource(collection), generator=generator, salt=salt
            ).document
        except Unsatisfiable:
            return document

    def now(self) -> int:
        """The clock's instant, after all that fell due before it has happened."""
        now = self.clock.now()
        self.catch_up(now)
        return now

    def catch_up(self, now: int) -> None:
        """Does all that fell due up to the clock's instant, and writes it where the store can (law STORE 3)."""
        if now >= self._due or self.store.behind:
            self._complete(now)

    async def advance(self, target: int) -> None:
        """Moves the clock from instant to instant at which something falls due, and does it there (law SBX 4)."""
        due, generation = self.clock.now(), self.generation
        while due <= target:
            self.clock.move_to(due)
            self.now()
            # Without a server nobody delivers, and what is due stays so.
            deliver = self.outbox.deliver
            if deliver is not None:
                await deliver(due)
            await asyncio.sleep(0)  # others are answered meanwhile, and whoever waits for this may give up
            await self.store.turn.free()
            if self.generation != generation:
                return  # it was restored meanwhile, and this is of what hasn't happened
            due = min(self._due, self.outbox.next_due(after=due) or _NEVER)
        self.clock.move_to(target)
        self.outbox.wake()

    def plan(self) -> None:
        """Finds the next instant at which something falls due; to be called when bookings have been added.

        Cancelling needs none: looking once too early only finds that there is nothing to do.
        """
        self._due = self._next_due()

    def _complete(self, now: int) -> None:
        """Bookings that were confirmed and have ended are completed at their end, not when somebody looks."""
        select = self._bookings("SELECT owner, document") + " AND json_extract(document, '$.end_time') <= ?"
        ended = [
            (owner, bookings.completed(orjson.loads(text)))
            for owner, text in self.store.query(select, (format_rfc3339(now),))
        ]
        try:
            self.store.catch_up()
            if ended:
                with self.store.transaction():
                    for owner, booking in ended:
                        self.keep("Booking", booking, owner=owner)
        except Unavailable:
            # Nobody who only reads has to wait until there is room; it is tried again with the next request.
            self.store.show("Booking", (booking for _, booking in ended))
        self._due = self._next_due()

    def _next_due(self) -> int:
        if "Booking" not in self.store.collections or not self._completes():
            return _NEVER
        (due,) = self.store.query(self._bookings("SELECT min(json_extract(document, '$.end_time'))"))[0]
        return _NEVER if due is None else parse_rfc3339(due.decode())

    def _completes(self) -> bool:
        """Whether bookings are completed at their end: not where the contract no longer knows what that is."""
        contract = self.contract
        if not contract.ours:
            return False
        if "Booking" not in contract.resources:
            return True
        if not {"status", "end_time"} <= set(contract.members(contract.resource_pointer("Booking"))):
            return False
        pointer = contract.resource_pointer("Booking", "properties")
        try:
            status, end = (contract.schemas.at(f"{pointer}/{name}") for name in ("status", "end_time"))
        except (KeyError, ValueError):
            return True  # they are stated in some other part of it
        return status.is_valid(bookings.COMPLETED) and end.is_valid(format_rfc3339(0))

    def _bookings(self, select: str) -> str:
        table = self.store.collections["Booking"].table
        return f"{select} FROM {table} WHERE json_extract(document, '$.status') = '{bookings.KEPT}'"

    def _adopt_ids(self, contract: Contract) -> None:
        stated = contract.policy.ids
        self.ids = Ids(self.seed, alphabet=stated["alphabet"], length=stated["length"], prefixes=stated["prefixes"])
        self._request_prefix: str = stated["prefixes"]["request"]
        self._id_length: int = stated["length"]
        letters = stated["alphabet"].encode("ascii")
        self._letters = bytes(letters[byte % len(letters)] for byte in range(256))
