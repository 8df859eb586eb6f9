"""What a contract states of operations that are served by a shape, and that nothing is done with (law SRC 4)."""

from collections.abc import Iterator, Mapping

from smartcal_api.api.shaped.lists import pages_by
from smartcal_api.contract import Contract, Operation
from smartcal_api.contract.parameter import Parameter
from smartcal_api.contract.shape import Role, Use
from smartcal_api.errors import Finding
from smartcal_api.http import entity_tags, idempotency
from smartcal_api.mock import Unsatisfiable, ValueGenerator

_NAMED = 2  # operations, at most, by their names
_PREFER = "prefer"


def seedless(contract: Contract, generator: ValueGenerator) -> list[Finding]:
    """Resources that nothing is there of to begin with, since nothing that fits could be made."""
    found = []
    for name, resource in contract.shapes.resources.items():
        try:
            generator.value(contract.sent.resolve(f"#{resource.pointer}"), salt=f"{name} 0", name=name)
        except Unsatisfiable as error:
            found.append(Finding(resource.pointer, f"there is no {name} to begin with, for nothing fits it: {error}"))
    return found


def unused(contract: Contract, uses: Mapping[str, Use]) -> list[Finding]:
    """Parameters: one finding for each, however many operations have it. `uses`: operationId → what its shape does."""
    several: dict[tuple[str, bool], list[Operation]] = {}
    for name, use in uses.items():
        operation = contract.operations[name]
        if operation.listing is None or not contract.ours:  # else told of with all that page as the contract has it
            for each in _idle(operation, use, contract):
                selects = use.role is Role.LIST and each.location == "query"
                several.setdefault((each.name, selects), []).append(operation)
    return [Finding(whose[0].pointer, _told(name, whose, selects)) for (name, selects), whose in several.items()]


def _idle(operation: Operation, use: Use, contract: Contract) -> Iterator[Parameter]:
    """Those that neither select nor page, and that no header's rule is about."""
    names = contract.policy.pagination
    paging = {names.page_parameter, names.per_page_parameter} if operation.listing else {*pages_by(operation).values()}
    query = {*(each.parameter for each in use.filters), *(paging if use.role is Role.LIST else ())}
    headers = {_PREFER, *(each.lower() for each in _rules(operation))}
    for each in operation.parameters:
        known = each.name in query if each.location == "query" else each.name.lower() in headers
        if each.location != "path" and not known:
            yield each


def _rules(operation: Operation) -> Iterator[str]:
    """The names of headers that are understood in any operation that is about them."""
    yield from (each for each in (idempotency.declared(operation), entity_tags.condition(operation)) if each)


def _told(name: str, operations: list[Operation], selects: bool) -> str:
    more = len(operations) - _NAMED
    first = operations[0].id
    whose = f"{first} and {more + 1} more" if more > 0 else " and ".join(each.id for each in operations)
    if selects:
        return f"{name} of {whose} selects nothing, for no member has its name and type; add x-filter, or leave it out"
    return f"{name} of {whose} is judged, and nothing else is done with it"
