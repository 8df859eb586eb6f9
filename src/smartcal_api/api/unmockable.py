"""Which operations no answer can be made up for: known before anything is served, all of them at once (law SRC 4)."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from smartcal_api.api.handlers import handlers
from smartcal_api.api.mocked import mocked
from smartcal_api.contract import Contract
from smartcal_api.contract.operation import Operation
from smartcal_api.errors import ContractError, Finding
from smartcal_api.http.served import refusals_of
from smartcal_api.mock import Unsatisfiable, ValueGenerator


def read_servable(
    path: Path | None = None, *, draft: bool = False, regular: bool = False, overlays: Sequence[Path] = ()
) -> Contract:
    """`Contract.read`, with what can't be mocked set aside in a draft; raises `ContractError` where it is none."""
    contract = Contract.read(path, draft=draft, regular=regular, overlays=overlays)
    found = dict(_unmockable(contract))
    if not found:
        return contract
    if not draft:
        raise contract.document.error(list(dict.fromkeys(found.values())))
    return Contract(contract.document, draft=True, aside=found)


def _unmockable(contract: Contract) -> Iterator[tuple[str, Finding]]:
    known = handlers(contract)
    generator = ValueGenerator(contract.data, seed=0)
    for operation in contract.operations.values():
        try:
            if operation.id not in known:
                _mock(operation, contract, generator)
            refusals_of(operation, contract, generator)
        except ContractError as error:
            yield operation.id, error.findings[0]


def _mock(operation: Operation, contract: Contract, generator: ValueGenerator) -> None:
    if operation.listing is None:
        mocked(operation, contract, generator=generator)
        return
    name = operation.listing.collection
    try:
        generator.value(contract.schema(name), salt=f"{name} 0", name=name)
    except Unsatisfiable as error:
        where = Finding(f"/components/schemas/{name}", f"can't be mocked: {error}")
        raise contract.document.error([where]) from None
