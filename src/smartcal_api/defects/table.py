"""All seeded defects, family by family. A module's table `DEFECTS` is added here."""

import difflib
from collections.abc import Iterable, Iterator

from smartcal_api.defects import (
    auth,
    bookings,
    deliveries,
    errors,
    filters,
    guard,
    headers,
    oauth,
    paging,
    rates,
    sandboxes,
    schemas,
    scopes,
    signatures,
    state,
    subscriptions,
    tokens,
)
from smartcal_api.defects.defect import Defect
from smartcal_api.errors import UsageError

DEFECTS: tuple[Defect, ...] = (
    *auth.DEFECTS,
    *scopes.DEFECTS,
    *paging.DEFECTS,
    *filters.DEFECTS,
    *rates.DEFECTS,
    *bookings.DEFECTS,
    *state.DEFECTS,
    *subscriptions.DEFECTS,
    *deliveries.DEFECTS,
    *signatures.DEFECTS,
    *oauth.DEFECTS,
    *tokens.DEFECTS,
    *errors.DEFECTS,
    *guard.DEFECTS,
    *sandboxes.DEFECTS,
    *headers.DEFECTS,
    *schemas.DEFECTS,
)


def find(name: str) -> Defect:
    """The defect of that name; raises `UsageError`, which says what was probably meant."""
    for each in DEFECTS:
        if each.name == name:
            return each
    close = difflib.get_close_matches(name, [each.name for each in DEFECTS], 1)
    hint = f"did you mean {close[0]!r}?" if close else "`smartcal serve --defect list` lists them."
    raise UsageError(f"--defect: there is no defect {name!r}; {hint}")


def chosen(names: Iterable[str]) -> tuple[Defect, ...]:
    """Those of these names, laws (`PAGE 3`) or families (`page`), in the table's order; all where none is given."""
    wanted = list(names)
    groups = {each.law for each in DEFECTS} | {each.family for each in DEFECTS}
    for name in wanted:
        if name.upper() not in groups:
            find(name)
    if not wanted:
        return DEFECTS
    upper = {name.upper() for name in wanted}
    return tuple(each for each in DEFECTS if each.name in wanted or {each.law, each.family} & upper)


def listing() -> Iterator[str]:
    """A line a defect: its name, the law that it breaks, what it is."""
    width = max(len(each.name) for each in DEFECTS)
    return (f"{each.name:<{width}}  {each.law:<9}  {each.says}" for each in DEFECTS)
