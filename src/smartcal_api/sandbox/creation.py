"""Makes sandboxes: from a data set, or from an image of one that was filled the same way before."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from smartcal_api.clock import Clock
from smartcal_api.contract import Contract, Operation
from smartcal_api.sandbox.adaptation import adapt
from smartcal_api.sandbox.credentials import KeyRing, KnownClient, demo_clients, random_keys
from smartcal_api.sandbox.population import BOOKINGS, DEFAULT_SEED, EVENTS, fill, mock_collections
from smartcal_api.sandbox.registry import Registry
from smartcal_api.sandbox.sandbox import Sandbox
from smartcal_api.seeding import weeks_to
from smartcal_api.store import open_store

# Filled databases that are kept to be copied. A test suite uses a few data sets, each again and again.
_IMAGES = 8


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


class Creator:
    """Creates sandboxes like `default`: as strict as it is, with the same options."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._images: dict[tuple[object, ...], bytes] = {}

    def create(self, contract: Contract, mocked: Iterable[Operation], wanted: Wanted) -> Created:
        """A new sandbox in the registry; raises `ValueError` for sizes that can't be, `KeyError` for a name in use."""
        name = wanted.name or f"sbx-{secrets.token_hex(5)}"
        if self._registry.get(name) is not None:
            raise KeyError(name)
        clock = Clock(wanted.now, frozen=wanted.frozen)
        image = self._image(contract, tuple(mocked), wanted, clock.now())
        sandbox = self._open(name, contract, image, clock, seed=wanted.seed)
        sandbox.ttl = wanted.ttl
        return self.admit(sandbox, contract)

    def admit(self, sandbox: Sandbox, contract: Contract) -> Created:
        """Gives a sandbox credentials of its own, and a place in the registry."""
        keys = random_keys(sandbox, contract)
        secret = sandbox.oauth.clients.random_secret()
        clients = demo_clients(sandbox, contract, secret=secret, suffix=f".{sandbox.name}")
        self._registry.add(sandbox)
        return Created(sandbox, keys, clients)

    def _open(self, name: str, contract: Contract, image: bytes, clock: Clock, *, seed: int) -> Sandbox:
        default = self._registry.default
        store = open_store(contract, image=image)
        store.index()
        announce = self._registry.announcer(name)
        sandbox = Sandbox(
            name, contract, store, clock, seed=seed, rate_limits=default.limits.enabled, announce=announce
        )
        sandbox.oauth.pkce_required = default.oauth.pkce_required
        sandbox.oauth.auto_consent = default.oauth.auto_consent
        return sandbox

    def _image(self, contract: Contract, mocked: tuple[Operation, ...], wanted: Wanted, now: int) -> bytes:
        bookings = min(BOOKINGS, wanted.events) if wanted.bookings is None else wanted.bookings
        key = (contract.document.sha256, wanted.seed, wanted.events, bookings, weeks_to(now))
        image = self._images.get(key)
        if image is None:
            store = open_store(contract)
            template = Sandbox("", contract, store, Clock(now, frozen=True), seed=wanted.seed)
            fill(template, events=wanted.events, bookings=bookings)
            adapt(template, contract)
            mock_collections(template, contract, mocked)
            store.set_meta("opened", "0")
            image = store.image()
            store.close()
            if len(self._images) >= _IMAGES:
                del self._images[next(iter(self._images))]
            self._images[key] = image
        return image
