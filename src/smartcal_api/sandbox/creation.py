"""Makes sandboxes, copies them, and brings them back, while others are served (law GUARD 3)."""

import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import NamedTuple, Protocol, TypeVar

from smartcal_api.clock import Clock
from smartcal_api.contract import Contract, Operation
from smartcal_api.errors import Problem
from smartcal_api.sandbox.credentials import KeyRing, KnownClient, demo_clients, random_keys
from smartcal_api.sandbox.data_sets import DataSets
from smartcal_api.sandbox.image import DataSet, Image, State
from smartcal_api.sandbox.population import BOOKINGS, DEFAULT_SEED, EVENTS, data_set_of
from smartcal_api.sandbox.registry import Registry
from smartcal_api.sandbox.restoring import altered, begin, fitted, go_on, load, resume, state_of
from smartcal_api.sandbox.room import NoRoom
from smartcal_api.sandbox.sandbox import Sandbox
from smartcal_api.store import CREDENTIALS, Store, open_store
from smartcal_api.webhooks.log import hold

Result = TypeVar("Result")


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


class Product(Protocol):
    """The product's application as it is served now; it changes when an edited contract is taken up."""

    @property
    def contract(self) -> Contract: ...

    @property
    def mocked(self) -> list[Operation]: ...


class Creator:
    """Creates sandboxes like `default`: as strict as it is, with the same options. Brings them back to what they were.

    All data is fitted to the contract that is served in the end. Whatever can be large is done beside the loop; where
    that is done to a sandbox that is served, requests to it wait.
    """

    def __init__(self, registry: Registry, product: Callable[[], Product]) -> None:
        self._registry, self._product = registry, product
        self._images = DataSets()

    def open(self, sandbox: Sandbox) -> None:
        """The default sandbox, made before any other: here it begins, unless it has begun."""
        if sandbox.origin is None:
            begin(sandbox, sandbox.data or data_set_of(sandbox), fitted=sandbox.data is None)

    async def create(self, wanted: Wanted) -> Created:
        """A new sandbox in the registry; raises `ValueError` for sizes that can't be, `NameTaken`, `NoRoom`."""
        name = self._free(wanted.name)
        bookings = min(BOOKINGS, wanted.events) if wanted.bookings is None else wanted.bookings
        data = DataSet(wanted.seed, wanted.events, bookings, Clock(wanted.now).now())

        async def make(product: Product) -> Created:
            image = await self._data(data, product)

            def opened() -> Sandbox:
                store = open_store(product.contract, image=image)
                # A clock that runs starts when all is there, however long that took.
                clock = Clock(wanted.now, frozen=wanted.frozen)
                return self._open(name, product.contract, store, clock, seed=wanted.seed)

            return await self._admitted(opened, product, lambda: data, ttl=wanted.ttl)

        return await self._under_one_contract(make)

    async def fork(self, image: Image, *, name: str | None, ttl: int | None) -> Created:
        """A new one that goes on from an image, with credentials of its own; raises `NameTaken`, `NoRoom`."""
        name = self._free(name)

        async def make(product: Product) -> Created:
            def opened() -> Sandbox:
                fit = fitted(image, product.contract, product.mocked)
                state = State.read(fit.state)
                store = open_store(product.contract, image=fit.database)
                with store.transaction():
                    for table in CREDENTIALS:
                        store.query(f"DELETE FROM {table}")
                    hold(store)
                began.append(store.image())
                sandbox = self._open(name, product.contract, store, Clock(state.now, frozen=True), seed=state.seed)
                resume(sandbox, state)
                return sandbox

            began: list[bytes] = []
            return await self._admitted(opened, product, lambda: began[0], ttl=ttl)

        return await self._under_one_contract(make)

    async def copy(self, sandbox: Sandbox, keep: Callable[[Image], Result]) -> Result:
        """What `keep` makes, beside the loop, of the sandbox as it is now."""
        await self._take(sandbox)
        state = state_of(sandbox).write()
        return await self._registry.background.run(
            lambda: keep(Image(sandbox.store.image(), state)), last=sandbox.store.turn.give_back
        )

    async def restore(self, sandbox: Sandbox, image: Image) -> None:
        """Raises `UsageError` for the image of another sandbox, `Unavailable` where the store can't take it."""

        async def bring_back(product: Product) -> None:
            fit = await self._registry.background.run(lambda: fitted(image, product.contract, product.mocked))
            await self._load(sandbox, fit, product)

        await self._under_one_contract(bring_back)

    async def reset(self, sandbox: Sandbox) -> None:
        """Back to how it began; raises `Unavailable` where the store can't take it."""
        origin = sandbox.origin
        assert origin is not None  # each sandbox of the registry has begun
        state, data, furnish = State.read(origin.state), origin.data, sandbox.furnish

        async def begin_anew(product: Product) -> None:
            contract = product.contract
            made = await self._data(data, product) if isinstance(data, DataSet) else data

            def furnished() -> Image:
                if isinstance(data, DataSet):
                    image = Image(made, replace(state, contract=contract.document.sha256).write())
                else:
                    image = fitted(Image(made, origin.state), contract, product.mocked)
                if furnish is None:
                    return image
                database = altered(image.database, contract, furnish, now=state.now, seed=state.seed)
                return replace(image, database=database)

            await self._load(sandbox, await self._registry.background.run(furnished), product)

        await self._under_one_contract(begin_anew)

    async def _under_one_contract(self, work: Callable[[Product], Awaitable[Result]]) -> Result:
        """Begins anew when another contract was taken up meanwhile."""
        while True:
            with suppress(_Overtaken):
                return await work(self._product())

    async def _load(self, sandbox: Sandbox, image: Image, product: Product) -> None:
        await self._take(sandbox)
        if self._product() is not product:
            sandbox.store.turn.give_back()
            raise _Overtaken
        await self._registry.background.run(
            lambda: load(sandbox, image), then=lambda _: go_on(sandbox, image), last=sandbox.store.turn.give_back
        )

    async def _take(self, sandbox: Sandbox) -> None:
        await sandbox.store.turn.take()
        if self._registry.get(sandbox.name) is not sandbox:
            sandbox.store.turn.give_back()
            raise Problem("not_found", f"The sandbox {sandbox.name!r} was removed before it could be worked on.")

    async def _admitted(
        self, opened: Callable[[], Sandbox], product: Product, began: Callable[[], DataSet | bytes], *, ttl: int | None
    ) -> Created:
        """Opens a sandbox, and gives it credentials of its own, and a place in the registry; here it begins."""
        admitted: list[Created] = []

        def admit(sandbox: Sandbox) -> None:
            data, taken = began(), self._registry.get(sandbox.name) is not None
            sandbox.size = sandbox.store.size() + (len(data) if isinstance(data, bytes) else 0)
            if taken or self._product() is not product:
                sandbox.store.close()
                raise NameTaken(sandbox.name) if taken else _Overtaken
            try:
                self._registry.check_room(sandboxes=1, size=sandbox.size)
            except NoRoom:
                sandbox.store.close()
                raise
            sandbox.ttl = ttl
            keys = random_keys(sandbox, product.contract)
            secret = sandbox.oauth.clients.random_secret()
            clients = demo_clients(sandbox, product.contract, secret=secret, suffix=f".{sandbox.name}")
            self._registry.add(sandbox)
            begin(sandbox, data)
            admitted.append(Created(sandbox, keys, clients))

        await self._registry.background.run(opened, then=admit)
        return admitted[0]

    def _free(self, name: str | None) -> str:
        self._registry.check_room(sandboxes=1)
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

    async def _data(self, data: DataSet, product: Product) -> bytes:
        return await self._images.get(data, product.contract, product.mocked, self._registry.background)


class _Overtaken(Exception):
    """Another contract has been taken up since the work began."""
