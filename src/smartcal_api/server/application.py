"""Brings a contract and sandboxes together: stored data is adapted, mocked lists get items, the steps are built."""

import gc
import logging

from smartcal_api.app import Application, Options, build
from smartcal_api.contract import Contract
from smartcal_api.errors import UsageError
from smartcal_api.mock import Unsatisfiable
from smartcal_api.sandbox import Sandbox
from smartcal_api.sandbox.adaptation import adapt
from smartcal_api.sandbox.population import mock_collections
from smartcal_api.sandbox.registry import DEFAULT, Registry

_log = logging.getLogger("smartcal")


def open_application(contract: Contract, registry: Registry, options: Options) -> Application:
    """Raises `UsageError`, with the data as it was, where the contract can't be served on these sandboxes."""
    application = build(contract, registry, options)
    for sandbox in registry:
        fit(sandbox, application)
    return application


def fit(sandbox: Sandbox, application: Application) -> None:
    """Has the data of a sandbox fit what is served; raises `UsageError`, with the data as it was, where none can."""
    contract = application.contract
    try:
        for change in adapt(sandbox, contract):
            where = "" if sandbox.name == DEFAULT else f"{sandbox.name}: "
            _log.warning("stored data adapted to the contract: %s%s", where, change)
        mock_collections(sandbox, contract, application.mocked)
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
