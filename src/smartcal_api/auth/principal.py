"""Who a request comes from, and what the contract's scopes let it do."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

API_KEY, OAUTH = "api_key", "oauth"


@dataclass(frozen=True, slots=True)
class Principal:
    """`owner` is an account's number, `granted` what the credential was given, `satisfied` that and all it implies.

    `budget` names the rate-limit budget of the credential: one key has one, whichever header carries it.
    """

    owner: int
    granted: tuple[str, ...]
    satisfied: frozenset[str]
    method: str
    budget: str
    expires_at: int | None = None


def satisfied(granted: Iterable[str], implies: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """Everything that the granted scopes stand for, by the contract's `x-scope-implies`."""
    reached: set[str] = set()
    pending = list(granted)
    while pending:
        scope = pending.pop()
        if scope not in reached:
            reached.add(scope)
            pending.extend(implies.get(scope, ()))
    return frozenset(reached)
