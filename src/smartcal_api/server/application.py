"""Brings a contract and a sandbox together: stored data is adapted, mocked lists get items, the steps are built."""

import logging

from smartcal_api.app import Application, Options, build
from smartcal_api.contract import Contract
from smartcal_api.errors import UsageError
from smartcal_api.mock import Unsatisfiable
from smartcal_api.sandbox import Sandbox
from smartcal_api.sandbox.adaptation import adapt
from smartcal_api.sandbox.population import mock_collections

_log = logging.getLogger("smartcal")


def open_application(contract: Contract, sandbox: Sandbox, options: Options) -> Application:
    """Raises `UsageError`, with the data as it was, where the contract can't be served on this sandbox."""
    application = build(contract, sandbox, options)
    try:
        for change in adapt(sandbox, contract):
            _log.warning("stored data adapted to the contract: %s", change)
        mock_collections(sandbox, contract, application.mocked)
    except Unsatisfiable as error:
        raise UsageError(f"{contract.document.path}: no data fits the contract: {error}") from None
    return application
