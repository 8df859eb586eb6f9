"""Which operations no answer can be made up for: known before anything is served, all of them at once (law SRC 4)."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from smartcal_api.api.fitness import unfit
from smartcal_api.api.handlers import handlers
from smartcal_api.api.mocked import alone, mocked
from smartcal_api.contract import Contract
from smartcal_api.contract.operation import Operation
from smartcal_api.errors import ContractError, Finding
from smartcal_api.http.refusals import Refusals
from smartcal_api.mock import Unsatisfiable, ValueGenerator


def read_servable(
    path: Path | None = None, *, draft: bool = False, regular: bool = False, overlays: Sequence[Path] = ()
) -> Contract:
    """`Contract.read`, with what can't be mocked set aside in a draft; raises `ContractError` where it is none."""
    contract = Contract.read(path, draft=draft, regular=regular, overlays=overlays)
    found = dict(unmockable(contract))
    if not found:
        return contract
    if not draft:
        raise contract.document.error(list(dict.fromkeys(found.values())))
    return Contract(contract.document, draft=True, aside=found)


def unmockable(contract: Contract) -> Iterator[tuple[str, Finding]]:
    """operationId and why."""
    known = handlers(contract)
    generator = ValueGenerator(contract.sent.data, seed=0)
    aside, refusals = unfit(contract, generator), Refusals(contract, generator)
    for operation in contract.operations.values():
        try:
            if operation.id not in known:
                _mock(operation, contract, generator)
            elif operation.id in aside:
                mocked(alone(operation), contract, generator=generator)
            refusals.of(operation.responses)
        except ContractError as error:
            yield operation.id, error.findings[0]


def _mock(operation: Operation, contract: Contract, generator: ValueGenerator) -> None:
    if operation.listing is None:
        mocked(operation, contract, generator=generator)
        return
    name = operation.listing.collection
    try:
        generator.value(contract.resource(name), salt=f"{name} 0", name=name)
    except Unsatisfiable as error:
        where = Finding(contract.resource_pointer(name), f"can't be mocked: {error}")
        raise contract.document.error([where]) from None
