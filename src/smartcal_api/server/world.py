"""Opens the sandbox that a server starts with: contract, store, clock, data and keys."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from smartcal_api.auth import SHORTEST, random_key
from smartcal_api.clock import Clock
from smartcal_api.contract import Contract, Document
from smartcal_api.errors import UsageError
from smartcal_api.http.roots import is_loopback
from smartcal_api.journal.restored import restored
from smartcal_api.sandbox import Sandbox
from smartcal_api.sandbox.credentials import KeyRing
from smartcal_api.sandbox.image import State
from smartcal_api.sandbox.population import BOOKINGS, DEFAULT_SEED, EVENTS, fill, seeded_data_set
from smartcal_api.sandbox.restoring import resume
from smartcal_api.sandbox.snapshots import read_image, read_journal
from smartcal_api.server.data import data_of, forget_data, load_data
from smartcal_api.settings import GivenKey, Settings
from smartcal_api.store import Store, open_store

_NO_WORD = re.compile(r"[^A-Za-z0-9._~/-]+")
Report = Callable[[int, int], None]


@contextmanager
def open_sandbox(
    contract: Contract,
    settings: Settings,
    *,
    report: Report | None = None,
    before_filling: Callable[[], None] | None = None,
) -> Iterator[Sandbox]:
    """The sandbox `default`, filled where its store is new; the store is closed at the end.

    `before_filling` is called when all that is named has been found right, and the rest may take a while.
    """
    if settings.data is not None and (settings.seeding or settings.bundle is not None):
        raise UsageError(
            "--data: has the resources to start with; leave out --seed, --events, --bookings and --bundle."
        )
    if settings.bundle is not None:
        with _bundled(contract, settings.bundle, settings) as sandbox:
            if before_filling is not None:
                before_filling()
            yield sandbox
        return
    store = open_store(contract, settings.store)
    try:
        fresh = store.is_empty() and store.meta("seed") is None
        if not fresh and (settings.seeding or settings.data is not None):
            raise UsageError(
                f"{settings.store}: has data already, and --seed, --events, --bookings and --data are for a new store; "
                "leave them out, or name a new file."
            )
        sandbox = _sandbox(contract, store, settings)
        data = Document.read(settings.data) if settings.data is not None else None
        if before_filling is not None:
            before_filling()
        if fresh and data is not None:
            load_data(sandbox, contract, data)
        elif fresh:
            forget_data(store)
            fill_as_asked(sandbox, settings, report=report)
        else:
            sandbox.data = data_of(store)
        store.index()
        yield sandbox
    finally:
        store.close()


def fill_as_asked(sandbox: Sandbox, settings: Settings, *, report: Report | None = None) -> None:
    """Stores the default data set, or the one that was asked for; `report(done, total)` is called as it goes on."""
    events, bookings = _sizes(settings)
    total = events + bookings
    progress = (lambda done: report(done, total)) if report else None
    try:
        fill(sandbox, events=events, bookings=bookings, progress=progress)
    except (ValueError, OverflowError) as error:
        raise _impossible(error) from None


def check_sizes(sandbox: Sandbox, settings: Settings) -> None:
    """Raises `UsageError` for a data set that can't be, without making it."""
    events, bookings = _sizes(settings)
    try:
        seeded_data_set(sandbox, events=events, bookings=bookings)
    except ValueError as error:
        raise _impossible(error) from None


def _sizes(settings: Settings) -> tuple[int, int]:
    """How many events and bookings."""
    events = EVENTS if settings.events is None else settings.events
    # Every booking has an event, so fewer events than the default bookings bring those down too.
    return events, min(BOOKINGS, events) if settings.bookings is None else settings.bookings


def _impossible(error: Exception) -> UsageError:
    return UsageError(f"can't make such a data set: {error}.")


def key_ring(sandbox: Sandbox, contract: Contract, settings: Settings) -> KeyRing:
    """One key for each scope. Well known on loopback, random on any other bind, one's own where given (AUTH 3)."""
    well_known = is_loopback(settings.host)
    prefix = contract.policy.secrets["api_key"]

    def key(name: str) -> str:
        return f"{prefix}demo_{_NO_WORD.sub('_', name)}" if well_known else random_key(prefix)

    main = {name: key(name) for name in contract.key_scopes}
    other = {name: key(f"other_{name}") for name in contract.key_scopes}
    for given in settings.keys:
        _refuse_well_known(given, main, other, prefix=prefix, on_loopback=well_known)
        if not well_known and len(given.value) < SHORTEST:
            raise UsageError(
                f"--key: the key for {','.join(given.scopes)} has fewer than {SHORTEST} characters, which can be "
                "guessed; beyond loopback give a longer one."
            )
    granted: dict[str, dict[str, int]] = {}
    for given in settings.keys:
        unknown = [scope for scope in given.scopes if scope not in contract.key_scopes]
        if unknown:
            there = ", ".join(contract.key_scopes) or "none"
            raise UsageError(f"--key: the contract has no scope {unknown[0]!r}; it has {there}.")
        if len(given.scopes) == 1:
            main[given.scopes[0]] = given.value
        granted.setdefault(given.value, {}).update(dict.fromkeys(given.scopes, 1))
    for owner, keys in ((1, main), (2, other)):
        for name, value in keys.items():
            granted.setdefault(value, {})[name] = owner
    for value, names in granted.items():
        scopes = dict.fromkeys(scope for name in names for scope in contract.key_scopes[name])
        sandbox.keys.add(value, scopes, owner=next(iter(names.values())))
    return KeyRing(main, other, well_known)


def public_keys(keys: KeyRing, contract: Contract) -> Mapping[str, str]:
    """Those that everybody knows, by their scopes: a page may show them, and none that somebody has given."""
    prefix = f"{contract.policy.secrets['api_key']}demo_"
    return {scope: each for scope, each in keys.main.items() if keys.well_known and each.startswith(prefix)}


def _refuse_well_known(
    given: GivenKey, main: Mapping[str, str], other: Mapping[str, str], *, prefix: str, on_loopback: bool
) -> None:
    """A demo key stands for what it says, and for nothing on any bind but loopback."""
    if not on_loopback and given.value.startswith(f"{prefix}demo_"):
        raise UsageError("--key: a demo key is known to everybody; on a bind beyond loopback give one of your own.")
    taken = {value: scope for scope, value in main.items()} | dict.fromkeys(other.values(), "the other account")
    if given.value in taken and (taken[given.value],) != given.scopes:
        raise UsageError(f"--key: this value is the demo key for {taken[given.value]} already; give one of your own.")


@contextmanager
def _bundled(contract: Contract, path: Path, settings: Settings) -> Iterator[Sandbox]:
    """What a bundle holds, as it stood; the credentials are those of this server."""
    if settings.store is not None or settings.seeding or settings.now is not None:
        raise UsageError(
            "--bundle: has its own data, seed and clock, and lives in memory; leave out --store, --seed, --events, "
            "--bookings and --now."
        )
    image = read_image(path)
    state = State.read(image.state)
    store = open_store(contract, image=image.database)
    try:
        store.index()
        sandbox = _sandbox(contract, store, replace(settings, seed=state.seed))
        try:
            resume(sandbox, state)
        except UsageError as error:
            raise UsageError(f"{path}: {error}") from None
        if settings.freeze:
            sandbox.clock.freeze()
        sandbox.data = image.database
        sandbox.journal.resume(restored(read_journal(path), contract))
        yield sandbox
    finally:
        store.close()


def _sandbox(contract: Contract, store: Store, settings: Settings) -> Sandbox:
    seed = settings.seed if settings.seed is not None else int(store.meta("seed") or DEFAULT_SEED)
    clock = Clock(settings.now, frozen=settings.freeze)
    sandbox = Sandbox("default", contract, store, clock, seed=seed, rate_limits=settings.rate_limits)
    sandbox.oauth.pkce_required = settings.pkce_required
    sandbox.oauth.auto_consent = settings.auto_consent
    return sandbox
