"""Brings a contract and sandboxes together: stored data is adapted, mocked lists get items, the steps are built."""

import gc
import logging

from smartcal_api.app import Application, Options, build
from smartcal_api.contract import Contract
from smartcal_api.errors import UsageError
from smartcal_api.mock import Unsatisfiable
from smartcal_api.sandbox.adaptation import adapt
from smartcal_api.sandbox.population import mock_collections
from smartcal_api.sandbox.registry import Registry

_log = logging.getLogger("smartcal")


def open_application(contract: Contract, registry: Registry, options: Options) -> Application:
    """Raises `UsageError`, with the data as it was, where the contract can't be served on these sandboxes."""
    application = build(contract, registry, options)
    try:
        for sandbox in registry:
            for change in adapt(sandbox, contract):
                where = f"{sandbox.name}: " if sandbox is not registry.default else ""
                _log.warning("stored data adapted to the contract: %s%s", where, change)
            mock_collections(sandbox, contract, application.mocked)
    except Unsatisfiable as error:
        raise UsageError(f"{contract.document.path}: no data fits the contract: {error}") from None
    return application


def settle(*, replaces: bool = False) -> None:
    """Takes what has been built out of the garbage collector's sight: it stays, and walking over all of it again and
    again would stop every request for tens of milliseconds at a time."""
    if replaces:
        gc.unfreeze()
        gc.collect()  # the application before this one
    gc.freeze()
