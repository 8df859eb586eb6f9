"""What of the contract a run has seen, operation by operation: statuses, parameters, values of enums, and scopes."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from smartcal_api.conformance.exchange import Exchange
from smartcal_api.contract import Contract, Operation, Parameter


@dataclass(frozen=True, slots=True)
class Covered:
    """Something that the contract has, and how often it was seen; `expected` is false for what need not be."""

    name: str
    count: int
    expected: bool = True


@dataclass(frozen=True, slots=True)
class Coverage:
    operation: Operation
    statuses: tuple[Covered, ...]
    parameters: tuple[Covered, ...]
    values: tuple[Covered, ...]
    scopes: tuple[Covered, ...]

    @property
    def all(self) -> Iterator[Covered]:
        yield from (*self.statuses, *self.parameters, *self.values, *self.scopes)


def coverage(contract: Contract, evidence: Iterable[Exchange]) -> list[Coverage]:
    """In the order of the contract."""
    seen: dict[str, list[Exchange]] = {}
    for exchange in evidence:
        if exchange.operation is not None:
            seen.setdefault(exchange.operation, []).append(exchange)
    return [_of(operation, seen.get(operation.id, []), contract) for operation in contract.operations.values()]


def _of(operation: Operation, exchanges: list[Exchange], contract: Contract) -> Coverage:
    statuses = Counter(each.status for each in exchanges)
    pairs = Counter(pair for each in exchanges for pair in set(parse_qsl(urlsplit(each.target).query)))
    names = Counter[str]()
    for (name, _), count in pairs.items():
        names[name] += count
    sent = {header.lower() for each in exchanges for header, _ in each.request_headers}
    granted = Counter(scope for each in exchanges if each.credential for scope in each.credential.scopes)
    queried = [each for each in operation.parameters if each.location == "query"]
    return Coverage(
        operation,
        # A store that can't be used is nothing that anybody can bring about from outside.
        tuple(Covered(str(status), statuses[status], status != _UNAVAILABLE) for status in sorted(operation.responses)),
        (
            *(Covered(each.name, names[each.name]) for each in queried),
            *(Covered(name, len(exchanges)) for name in operation.path_names),
            *(Covered(each.name, int(each.name.lower() in sent)) for each in operation.parameters if _header(each)),
        ),
        tuple(
            Covered(f"{each.name}={value}", pairs[each.name, str(value)])
            for each in queried
            for value in each.schema.get("enum", ())
        ),
        tuple(Covered(scope, granted[scope]) for scope in contract.scopes) if operation.alternatives else (),
    )


def _header(parameter: Parameter) -> bool:
    return parameter.location == "header"


_UNAVAILABLE = 503
