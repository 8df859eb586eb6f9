"""What serves each operation, and why: a handler, a resource that it is about by its shape, an action, or a mock."""

from collections.abc import Container, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple

from smartcal_api.api.fitness import unfit
from smartcal_api.api.handlers import handlers
from smartcal_api.api.mocked import alone, mocked
from smartcal_api.api.own import OwnHandlers
from smartcal_api.api.shaped import seedless, shaped, unused
from smartcal_api.contract import Contract, Operation
from smartcal_api.contract.shape import Role, Use
from smartcal_api.errors import Finding
from smartcal_api.http.served import Handler
from smartcal_api.mock import ValueGenerator
from smartcal_api.webhooks.network import Receivers

_KEPT_FROM_WRITING = ("Account", "Webhook")
"""Resources of the product that more belongs to than their documents, such as a secret."""


class Kind(StrEnum):
    HANDLER = "handler"
    RESOURCE = "resource"
    ACTION = "action"
    MOCK = "mock"


@dataclass(frozen=True, slots=True)
class Assigned:
    kind: Kind
    why: str
    use: Use | None = None


_OWN = Assigned(Kind.HANDLER, "serves it in the file of --handlers")


def assign(
    contract: Contract, handled: Container[str], aside: Mapping[str, Finding], own: Container[str] = ()
) -> dict[str, Assigned]:
    """operationId → what serves it; `handled` are those that have a handler, `aside` those that it doesn't fit, and
    `own` those that have one of the user's."""
    found = {name: _assigned(name, contract, handled, aside) for name in contract.operations}
    return {name: _OWN if name in own else each for name, each in found.items()}


def told(assigned: Mapping[str, Assigned], aside: Mapping[str, Finding]) -> dict[str, Finding]:
    """The same findings, each as a whole sentence."""
    found = {}
    for name, each in aside.items():
        instead = "mocked" if assigned[name].kind is Kind.MOCK else "served by its shape"
        found[name] = replace(each, message=f"{name} is {instead}, for {each.message}")
    return found


def _assigned(name: str, contract: Contract, handled: Container[str], aside: Mapping[str, Finding]) -> Assigned:
    if name in handled and name not in aside:
        return Assigned(Kind.HANDLER, "serves operations of this name")
    use = contract.shapes.uses.get(name)
    if use is not None and _may(use, contract):
        return Assigned(Kind.ACTION if use.role is Role.ACT else Kind.RESOURCE, use.why, use)
    if name in aside:
        return Assigned(Kind.MOCK, aside[name].message)
    return Assigned(Kind.MOCK, contract.shapes.reasons.get(name, "there is more to it than its shape"))


def _may(use: Use, contract: Contract) -> bool:
    kept = contract.of_the_product and use.resource.collection in _KEPT_FROM_WRITING
    return not kept or use.role in (Role.LIST, Role.READ)


def handler_of(
    operation: Operation,
    assigned: Assigned,
    contract: Contract,
    known: Handler | None,
    *,
    generator: ValueGenerator,
) -> Handler:
    """What serves an operation; `known` is the handler of its name. Raises `ContractError` where it can't be mocked."""
    if known is not None and assigned.kind is Kind.HANDLER:
        return known
    if assigned.use is not None:
        return shaped(operation, assigned.use, contract, generator=generator)
    return mocked(operation if known is None else alone(operation), contract, generator=generator)


class Serving(NamedTuple):
    """What a contract is served by: its handlers, what serves each operation, and what no handler fits any more."""

    handlers: Mapping[str, Handler]
    assigned: Mapping[str, Assigned]
    unfit: Mapping[str, Finding]

    def idle(self, contract: Contract, generator: ValueGenerator) -> list[Finding]:
        """What is said of operations that are served by a shape, and nothing is done with."""
        uses = {name: each.use for name, each in self.assigned.items() if each.use is not None}
        return [*unused(contract, uses), *seedless(contract, generator)]


def serving(contract: Contract, generator: ValueGenerator, receivers: Receivers, own: OwnHandlers | None) -> Serving:
    """Handlers of the user's own win over all others; raises `UsageError` for one that is called as no operation."""
    known, mine = handlers(contract, receivers), own.handlers(contract) if own is not None else {}
    aside = {name: each for name, each in unfit(contract, generator).items() if name not in mine}
    assigned = assign(contract, known, aside, mine)
    return Serving(known | mine, assigned, told(assigned, aside))
