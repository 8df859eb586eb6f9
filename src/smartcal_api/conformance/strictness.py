"""Which of the contract's own choices a team wants to bind: none, those of some laws, or all."""

from collections.abc import Collection
from dataclasses import dataclass

from smartcal_api.conformance.law import Case

ALL = "all"


@dataclass(frozen=True, slots=True)
class Strictness:
    """`names` are laws, families, or laws and operations; `all` is every one."""

    names: Collection[str] = ()

    def binds(self, case: Case) -> bool:
        return ALL in self.names or case.fits(self.names)


LENIENT = Strictness()
STRICT = Strictness((ALL,))
