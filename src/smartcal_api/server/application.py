"""Brings a contract and sandboxes together: stored data is adapted, mocked lists get items, the steps are built."""

import gc
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from smartcal_api.app import Application, Options, build
from smartcal_api.contract import Contract
from smartcal_api.errors import UsageError
from smartcal_api.mock import Unsatisfiable
from smartcal_api.sandbox import Sandbox
from smartcal_api.sandbox.adaptation import Adaptation, Ahead, adapt, look_ahead
from smartcal_api.sandbox.population import mock_collections
from smartcal_api.sandbox.registry import DEFAULT, Registry

_log = logging.getLogger("smartcal")


def open_application(contract: Contract, registry: Registry, options: Options) -> Application:
    """Raises `UsageError`, with the data as it was, where the contract can't be served on these sandboxes."""
    application = build(contract, registry, options)
    for sandbox in registry:
        fit(sandbox, application)
    return application


def fit(sandbox: Sandbox, application: Application, ahead: Ahead | None = None) -> list[Adaptation]:
    """Has the data of a sandbox fit what is served, and tells what it took.

    Raises `UsageError`, with the data as it was, where none can.
    """
    contract = application.contract
    with _fitting(contract):
        changes = adapt(sandbox, contract, ahead)
        for change in changes:
            where = "" if sandbox.name == DEFAULT else f"{sandbox.name}: "
            _log.warning("stored data adapted to the contract: %s%s", where, change)
        mock_collections(sandbox, contract, application.mocked)
    return changes


def foresee(image: bytes, contract: Contract, *, now: int, seed: int) -> Ahead:
    """What a contract will make of the data in an image; raises `UsageError` where none can fit."""
    with _fitting(contract):
        return look_ahead(image, contract, now=now, seed=seed)


@contextmanager
def _fitting(contract: Contract) -> Iterator[None]:
    """Raises `UsageError` where no data can fit the contract."""
    try:
        yield
    except Unsatisfiable as error:
        raise UsageError(f"{contract.document.path}: no data fits the contract: {error}") from None


def settle() -> None:
    """Takes what has been built out of the garbage collector's sight: it stays, and walking over all of it again and
    again would stop every request for tens of milliseconds at a time."""
    gc.freeze()


def sweep() -> None:
    """Frees what has been replaced. Nobody is answered meanwhile."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()
