"""A key or token of the target, known to reports by its label alone."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    KEY = "key"
    TOKEN = "token"  # noqa: S105  # the kind, not a secret


class Carrier(StrEnum):
    """How a credential travels: as the contract's bearer scheme, or in the header of its apiKey scheme."""

    BEARER = "bearer"
    HEADER = "header"


@dataclass(frozen=True, slots=True)
class Credential:
    """`account` is 0 for the account under test, 1 for the other one; `scopes` are those granted, not those implied."""

    label: str
    value: str
    scopes: frozenset[str]
    kind: Kind = Kind.KEY
    account: int = 0

    @property
    def variable(self) -> str:
        """The shell variable that stands for it in a story."""
        return "$SMARTCAL_" + "".join(c if c.isalnum() else "_" for c in self.label.upper())

    def __repr__(self) -> str:
        return f"<{self.label}>"


@dataclass(frozen=True, slots=True)
class Grant:
    """A token that a client was granted. `until` is when to get another one, before it dies."""

    token: Credential
    until: float


def satisfied(granted: frozenset[str], implies: "dict[str, frozenset[str]]") -> frozenset[str]:
    """The scopes that a grant stands for."""
    return granted.union(*(implies.get(scope, frozenset()) for scope in granted))
