"""Takes the image of a sandbox, and brings a sandbox back to one (law SBX 3)."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from smartcal_api.clock import Clock
from smartcal_api.contract import Contract, Operation
from smartcal_api.errors import UsageError
from smartcal_api.sandbox.adaptation import adapt
from smartcal_api.sandbox.image import GIVEN, DataSet, Image, Origin, State
from smartcal_api.sandbox.population import mock_collections
from smartcal_api.sandbox.sandbox import Sandbox
from smartcal_api.store import OPENED, open_store
from smartcal_api.webhooks.outbox import RELEASE


def state_of(sandbox: Sandbox) -> State:
    parts = {name: part.state() for name, part in sandbox.parts().items()}
    return State(sandbox.seed, sandbox.clock.now(), sandbox.process, sandbox.contract.document.sha256, parts)


def begin(sandbox: Sandbox, data: DataSet | bytes, *, fitted: bool = True) -> None:
    """A reset leads back to here; `data` is what the database holds now, or what that follows from.

    Data that isn't `fitted` may be of another contract than is served, and is fitted to that with each reset.
    """
    state = state_of(sandbox)
    sandbox.origin = Origin(data, (state if fitted else replace(state, contract="")).write())


def load(sandbox: Sandbox, image: Image) -> None:
    """The store takes the database in one transaction, or raises with nothing changed; `go_on` has to follow.

    The image has to fit the sandbox's contract: see `fitted`.
    """
    state = _own(sandbox, State.read(image.state))
    if state.seed != sandbox.seed:
        raise UsageError(f"it has the seed {state.seed}, and this sandbox {sandbox.seed}: it is of another one.")
    sandbox.store.load_image(image.database, RELEASE)


def go_on(sandbox: Sandbox, image: Image) -> None:
    """Everything beside the database is as it was then, too."""
    resume(sandbox, State.read(image.state))
    sandbox.generation += 1
    sandbox.outbox.renew()


def resume(sandbox: Sandbox, state: State) -> None:
    """Goes on from a state whose database the store has."""
    state = _own(sandbox, state)
    sandbox.secrets.recall(sandbox.store)
    for name, part in sandbox.parts().items():
        part.restore(state.parts[name])
    sandbox.plan()


def fitted(image: Image, contract: Contract, mocked: Iterable[Operation]) -> Image:
    """The same under another contract, as if that had been taken up after the image was made (law SRC 5).

    In memory, so that the sandbox which it is for is changed once and whole.
    """
    state = State.read(image.state)
    if state.contract == contract.document.sha256:
        return image

    def fit(template: Sandbox) -> None:
        adapt(template, contract)
        mock_collections(template, contract, mocked)

    database = altered(image.database, contract, fit, now=state.now, seed=state.seed)
    return Image(database, replace(state, contract=contract.document.sha256).write())


def altered(database: bytes, contract: Contract, change: Callable[[Sandbox], None], *, now: int, seed: int) -> bytes:
    """A database as a change leaves it that is made to a sandbox of this one alone."""
    store = open_store(contract, image=database)
    opened = store.meta(OPENED) or "0"
    change(Sandbox("", contract, store, Clock(now, frozen=True), seed=seed))
    store.set_meta(OPENED, opened)
    store.index()
    image = store.image()
    store.close()
    return image


def _own(sandbox: Sandbox, state: State) -> State:
    """With the credentials that this process was given, where the image is of another one."""
    if state.parts.keys() != sandbox.parts().keys():
        raise UsageError("it was made by another version of smartcal, which keeps other things in an image.")
    if state.process == sandbox.process:
        return state
    own = State.read(sandbox.origin.state) if sandbox.origin else state_of(sandbox)
    given = {name: own.parts[name] for name in GIVEN}
    return replace(state, process=sandbox.process, parts=state.parts | given)
