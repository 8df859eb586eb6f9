"""What a law is: a function with a name, a price, and what it needs."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import takewhile, zip_longest
from typing import TYPE_CHECKING

from smartcal_api.conformance.capability import Capability
from smartcal_api.contract import Contract, Operation
from smartcal_api.contract.pagination import PAGE

if TYPE_CHECKING:
    from smartcal_api.conformance.probe import Probe

Check = Callable[["Probe"], None]
Subjects = Callable[[Contract], Iterable[Operation | None]]


@dataclass(frozen=True, slots=True)
class Law:
    """`over` names the operations that it is checked for, one case each; a law over none is one case.

    What a law rests on is said by each of its expectations. `requests` is what a case costs on average at `full`, and
    `unsigned` what it costs beside that without a credential; `worth` is what the runner sorts by, `quick` whether that
    profile has it. One that `watches` judges what all the others were answered, so it comes last.
    """

    id: str
    title: str
    check: Check
    over: Subjects
    needs: tuple[Capability, ...]
    requests: int
    worth: int
    quick: bool
    unsigned: int = 0
    watches: bool = False

    @property
    def family(self) -> str:
        return self.id.split()[0]

    @property
    def changes(self) -> bool:
        """Whether it changes what belongs to an account, and not only what an app was allowed."""
        return Capability.WRITES in self.needs and Capability.CLIENT not in self.needs


@dataclass(frozen=True, slots=True)
class Case:
    """A law, and the operation that it is checked for. `away` is one that another shard of the run has: here it judges
    what the cases of this one were answered, and nothing else."""

    law: Law
    operation: Operation | None
    away: bool = False

    @property
    def clause(self) -> str:
        """Where the contract has what is checked."""
        return self.operation.pointer if self.operation else "/paths"

    @property
    def name(self) -> str:
        return f"{self.law.id} {self.operation.id}" if self.operation else self.law.id

    def fits(self, names: Iterable[str]) -> bool:
        """Whether one of the names is the case's law, family, or law and operation; spaces and case don't matter."""
        own = {_plain(self.law.id), _plain(self.law.family), _plain(self.name)}
        return any(_plain(name) in own for name in names)


def _plain(text: str) -> str:
    return "".join(text.lower().split())


_DEEP = 12  # segments, more than any path has


def product(contract: Contract) -> str:
    """The path that all operations with security begin with."""
    paths = [each.path.split("/") for each in secured(contract)]
    return "/".join(parts[0] for parts in takewhile(lambda parts: len(set(parts)) == 1, zip(*paths, strict=False)))


def is_none(contract: Contract, path: str) -> bool:
    """Whether no path of the contract is asked for by this one."""
    parts = path.split("/")
    for template in contract.data["paths"]:
        pairs = zip_longest(template.split("/"), parts, fillvalue="")
        if all(part if "{" in wanted else wanted == part for wanted, part in pairs):
            return False
    return True


def nowhere(contract: Contract, name: str = "nothing") -> str:
    """A path that is none, as far below what all begin with as there is one."""
    parts = product(contract).split("/")
    below = ("/".join((*parts[:length], name)) for length in range(len(parts), 0, -1))
    found = (each for each in below if "{" not in each and is_none(contract, each))
    return next(found, f"/{name}" * _DEEP)


def once(_: Contract) -> Iterable[Operation | None]:
    """The law is about the deployment as a whole."""
    return (None,)


def keyed(contract: Contract) -> Iterable[Operation | None]:
    """As `once`, where there is something that a key alone may read."""
    return (None,) if any(not each.path_names for each in readable(contract)) else ()


def law(
    identifier: str,
    title: str,
    *,
    requests: int,
    over: Subjects = once,
    needs: tuple[Capability, ...] = (),
    worth: int = 50,
    quick: bool = True,
    unsigned: int = 0,
    watches: bool = False,
) -> Callable[[Check], Law]:
    """Makes a law of the function below it. The module's table `LAWS` is what the runner reads."""
    return lambda check: Law(identifier, title, check, over, needs, requests, worth, quick, unsigned, watches)


def secured(contract: Contract) -> Iterable[Operation]:
    """The operations that want a credential."""
    return (each for each in contract.operations.values() if each.alternatives)


def readable(contract: Contract) -> Iterable[Operation]:
    """Those of them that change nothing."""
    return (each for each in secured(contract) if each.method == "GET")


def listings(contract: Contract) -> Iterable[Operation]:
    """The lists that page by number; the laws of lists are about these."""
    if contract.policy.pagination.style != PAGE:
        return ()
    return (each for each in readable(contract) if each.listing is not None)


def linked(contract: Contract) -> Iterable[Operation]:
    """The lists whose pages link each other."""
    return listings(contract) if contract.policy.pagination.link_header else ()


def filtered(contract: Contract) -> Iterable[Operation]:
    """The lists that have filters."""
    return (each for each in listings(contract) if each.listing is not None and each.listing.filters)


def identified(contract: Contract) -> Iterable[Operation]:
    """The operations on one resource, named by an id in the path."""
    return (each for each in secured(contract) if each.path_names)
