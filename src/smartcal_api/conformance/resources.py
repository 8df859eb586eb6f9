"""A resource that an operation names: a real one to try what is to be refused on, and what can be seen of it."""

from collections.abc import Mapping
from typing import Any

from smartcal_api.conformance.findings import Inconclusive, NotVerified
from smartcal_api.conformance.probe import Probe
from smartcal_api.contract import Operation

NOTHING = "nothing"
"""An id that names nothing."""
VOLATILE = frozenset({"updated_at"})


def a_real_one(probe: Probe) -> str | None:
    """An id that the operation of the case would act on if it were let in; None where none is known, or where nothing
    may be changed."""
    operation = probe.operation
    if not operation.path_names:
        return None
    try:
        if operation.method == "GET":
            return next(iter(probe.ids(operation)), None)
        creator = probe.session.stock.creator(operation.path.rpartition("/{")[0])
        if creator is None:
            return probe.spare()
        return str(probe.create(creator).object["id"]) if probe.target.writable else None
    except (Inconclusive, NotVerified):
        return None


def shown(probe: Probe, operation: Operation, identifier: str, *, account: int = 0) -> dict[str, Any] | None:
    """What the list that it is in has of it now; None where it isn't there."""
    listing = probe.above(operation)
    every = probe.read(listing, {}, account=account)
    found = next((each for each in every if str(each["id"]) == identifier), None)
    return None if found is None else {name: value for name, value in found.items() if name not in VOLATILE}


def acted(probe: Probe, identifier: str | None, before: dict[str, Any] | None, *, account: int = 0) -> bool:
    """Whether something of a resource has changed since, which was refused. Where it can't be read, nobody knows."""
    if identifier is None or before is None:
        return False
    try:
        now = shown(probe, probe.operation, identifier, account=account)
        if now is None or now == before:
            return now != before
        return not alike(before, now, shown(probe, probe.operation, identifier, account=account) or {})
    except Inconclusive:
        return False


def alike(before: Mapping[str, Any], now: Mapping[str, Any], again: Mapping[str, Any]) -> bool:
    """Whether something is what it was, but for what isn't the same from one reading to the next."""
    steady = {name for name in {*now, *again} if now.get(name) == again.get(name)} - VOLATILE
    return all(before.get(name) == now.get(name) for name in steady)


def known(probe: Probe, identifier: str | None, *, account: int = 0) -> dict[str, Any] | None:
    """What is shown of it before it is tried; None where that can't be read, or where reading changes nothing."""
    if identifier is None or probe.operation.method == "GET":
        return None
    try:
        return shown(probe, probe.operation, identifier, account=account)
    except Inconclusive:
        return None
