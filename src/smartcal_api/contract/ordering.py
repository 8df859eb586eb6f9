"""The keys that a list is ordered by, as `x-order` writes them: a field, or `-` and a field for the greatest first."""

from collections.abc import Sequence

_DESCENDING = "-"
_LAST = "id"


def field_of(key: str) -> str:
    return key.removeprefix(_DESCENDING)


def is_descending(key: str) -> bool:
    return key.startswith(_DESCENDING)


def total(order: Sequence[str]) -> tuple[str, ...]:
    """The order in which no two resources are equal."""
    return (*order,) if _LAST in map(field_of, order) else (*order, _LAST)
