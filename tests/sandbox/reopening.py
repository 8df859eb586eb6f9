"""One and the same data under one contract after the other."""

from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from smartcal_api.app import Options
from smartcal_api.clock import Clock, parse_rfc3339
from smartcal_api.contract import Contract
from smartcal_api.sandbox import Sandbox
from smartcal_api.sandbox.population import default_data_set, populate
from smartcal_api.sandbox.registry import Registry
from smartcal_api.server.application import open_application
from smartcal_api.store import Store, open_store
from tests.edits import Edit, edited
from tests.wire import NOW, World


class Reopening:
    """Serves a contract: taken up by a running server, or, of a file, by the next start."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._sandbox: Sandbox | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._sandbox is not None:
            self._sandbox.store.close()

    def __call__(self, contract: Contract) -> World:
        if self._sandbox is None:
            self._sandbox = sandbox_of(contract, open_store(contract, self._path))
            populate(self._sandbox, default_data_set())
        elif self._path is not None:
            self._sandbox.store.close()
            self._sandbox = sandbox_of(contract, open_store(contract, self._path))
            self._sandbox.store.index()
        else:
            self._sandbox.adopt(contract)
        registry = Registry(self._sandbox)
        return World(contract, self._sandbox, open_application(contract, registry, Options()), registry)


def sandbox_of(contract: Contract, store: Store) -> Sandbox:
    return Sandbox("default", contract, store, Clock(parse_rfc3339(NOW), frozen=True), rate_limits=False)


def contract_of(*edits: Edit) -> Contract:
    return edited(no_examples, *edits) if edits else _unedited()


@cache
def _unedited() -> Contract:
    return edited(no_examples)


def no_examples(value: Any) -> None:
    """Examples are part of the contract and would no longer fit; what is edited here is the schemas."""
    if isinstance(value, dict):
        value.pop("examples", None)
    for member in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        no_examples(member)
