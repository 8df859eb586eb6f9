"""Makes sandboxes: from a data set, or from an image of one that was filled the same way before."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple

from smartcal_api.clock import Clock
from smartcal_api.contract import Contract, Operation
from smartcal_api.sandbox.adaptation import adapt
from smartcal_api.sandbox.credentials import KeyRing, KnownClient, demo_clients, random_keys
from smartcal_api.sandbox.image import DataSet, Image, State
from smartcal_api.sandbox.population import BOOKINGS, DEFAULT_SEED, EVENTS, data_set_of, fill, mock_collections
from smartcal_api.sandbox.registry import Registry
from smartcal_api.sandbox.restoring import altered, begin, fitted, restore, resume
from smartcal_api.sandbox.sandbox import Sandbox
from smartcal_api.seeding import weeks_to
from smartcal_api.store import CREDENTIALS, OPENED, Store, open_store
from smartcal_api.webhooks.outbox import hold

# Filled databases that are kept to be copied. A test suite uses a few data sets, each again and again.
_IMAGES = 8
_IMAGE_BYTES = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a new sandbox should be like; None for what is left to the toolkit. Times in nanoseconds."""

    name: str | None = None
    seed: int = DEFAULT_SEED
    now: int | None = None
    frozen: bool = False
    events: int = EVENTS
    bookings: int | None = None
    ttl: int | None = None


class Created(NamedTuple):
    """A new sandbox and its credentials, of which this is the only sight."""

    sandbox: Sandbox
    keys: KeyRing
    clients: tuple[KnownClient, ...]


class NameTaken(Exception):
    """There is a sandbox of that name already."""


class Creator:
    """Creates sandboxes like `default`: as strict as it is, with the same options. Brings them back to what they were.

    `contract` and `mocked` are what is served now, to which all data is fitted.
    """

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._images: dict[tuple[object, ...], bytes] = {}

    def open(self, sandbox: Sandbox) -> None:
        """The default sandbox, made before any other: here it begins, unless it has begun."""
        if sandbox.origin is None:
            begin(sandbox, sandbox.data or data_set_of(sandbox), fitted=sandbox.data is None)

    def create(self, contract: Contract, mocked: Iterable[Operation], wanted: Wanted) -> Created:
        """A new sandbox in the registry; raises `ValueError` for sizes that can't be, `NameTaken`."""
        name = self._free(wanted.name)
        bookings = min(BOOKINGS, wanted.events) if wanted.bookings is None else wanted.bookings
        data = DataSet(wanted.seed, wanted.events, bookings, Clock(wanted.now).now())
        store = open_store(contract, image=self._image(contract, tuple(mocked), data))
        # A clock that runs starts when all is there, however long that took.
        clock = Clock(wanted.now, frozen=wanted.frozen)
        sandbox = self._open(name, contract, store, clock, seed=wanted.seed)
        sandbox.ttl = wanted.ttl
        return self.admit(sandbox, contract, data)

    def fork(
        self, image: Image, contract: Contract, mocked: Iterable[Operation], *, name: str | None, ttl: int | None
    ) -> Created:
        """A new one that goes on from an image, with credentials of its own; raises `NameTaken`."""
        name = self._free(name)
        image = fitted(image, contract, mocked)
        state = State.read(image.state)
        store = open_store(contract, image=image.database)
        with store.transaction():
            for table in CREDENTIALS:
                store.query(f"DELETE FROM {table}")
            hold(store)
        data = store.image()
        sandbox = self._open(name, contract, store, Clock(state.now, frozen=True), seed=state.seed)
        resume(sandbox, state)
        sandbox.ttl = ttl
        return self.admit(sandbox, contract, data)

    def admit(self, sandbox: Sandbox, contract: Contract, data: DataSet | bytes) -> Created:
        """Gives a sandbox credentials of its own, and a place in the registry; here it begins."""
        keys = random_keys(sandbox, contract)
        secret = sandbox.oauth.clients.random_secret()
        clients = demo_clients(sandbox, contract, secret=secret, suffix=f".{sandbox.name}")
        self._registry.add(sandbox)
        begin(sandbox, data)
        return Created(sandbox, keys, clients)

    def restore(self, sandbox: Sandbox, image: Image, contract: Contract, mocked: Iterable[Operation]) -> None:
        """Raises `UsageError` for the image of another sandbox, `Unavailable` where the store can't take it."""
        restore(sandbox, fitted(image, contract, mocked))

    def reset(self, sandbox: Sandbox, contract: Contract, mocked: Iterable[Operation]) -> None:
        """Back to how it began; raises `Unavailable` where the store can't take it."""
        origin = sandbox.origin
        assert origin is not None  # each sandbox of the registry has begun
        state = State.read(origin.state)
        if isinstance(origin.data, DataSet):
            database = self._image(contract, tuple(mocked), origin.data)
            image = Image(database, replace(state, contract=contract.document.sha256).write())
        else:
            image = fitted(Image(origin.data, origin.state), contract, mocked)
        if sandbox.furnish is not None:
            furnished = altered(image.database, contract, sandbox.furnish, now=state.now, seed=state.seed)
            image = replace(image, database=furnished)
        restore(sandbox, image)

    def _free(self, name: str | None) -> str:
        name = name or f"sbx-{secrets.token_hex(5)}"
        if self._registry.get(name) is not None:
            raise NameTaken(name)
        return name

    def _open(self, name: str, contract: Contract, store: Store, clock: Clock, *, seed: int) -> Sandbox:
        default = self._registry.default
        store.index()
        announce = self._registry.announcer(name)
        sandbox = Sandbox(
            name,
            contract,
            store,
            clock,
            seed=seed,
            rate_limits=default.limits.enabled,
            secrets=default.secrets,
            announce=announce,
        )
        sandbox.oauth.pkce_required = default.oauth.pkce_required
        sandbox.oauth.auto_consent = default.oauth.auto_consent
        return sandbox

    def _image(self, contract: Contract, mocked: tuple[Operation, ...], data: DataSet) -> bytes:
        key = (contract.document.sha256, data.seed, data.events, data.bookings, weeks_to(data.now))
        image = self._images.get(key)
        if image is None:
            store = open_store(contract)
            template = Sandbox("", contract, store, Clock(data.now, frozen=True), seed=data.seed)
            fill(template, events=data.events, bookings=data.bookings)
            adapt(template, contract)
            mock_collections(template, contract, mocked)
            store.set_meta(OPENED, "0")
            image = store.image()
            store.close()
            self._keep(key, image)
        return image

    def _keep(self, key: tuple[object, ...], image: bytes) -> None:
        """The latest, while there is room; the largest data sets are made anew each time."""
        while self._images and (len(self._images) >= _IMAGES or self._bytes() + len(image) > _IMAGE_BYTES):
            del self._images[next(iter(self._images))]
        if len(image) <= _IMAGE_BYTES:
            self._images[key] = image

    def _bytes(self) -> int:
        return sum(map(len, self._images.values()))
