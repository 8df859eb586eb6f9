"""The door from the control plane to `sandbox.staging`: one staging for each contract, refusals as problems."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from smartcal_api.contract import Contract
from smartcal_api.control.control import Control
from smartcal_api.errors import Problem
from smartcal_api.sandbox.staging import MAIN, OTHER, Absent, Happened, Staging, Unfit
from smartcal_api.sandbox.staging import Conflicting as Conflict

OWNERS: Mapping[str, int] = {"main": MAIN, "other": OTHER}
ACCOUNTS: Mapping[int, str] = {MAIN: "main", OTHER: "other"}


class Stage:
    """Made when it is first asked for: most servers stage nothing."""

    def __init__(self, control: Control) -> None:
        self._control = control
        self._made: tuple[Contract, Staging] | None = None

    @contextmanager
    def open(self) -> Iterator[Staging]:
        """The staging for the contract as it is served now; what it refuses is a problem."""
        contract = self._control.contract
        if self._made is None or self._made[0] is not contract:
            self._made = contract, Staging(contract, self._control.receivers)
        try:
            yield self._made[1]
        except Unfit as error:
            raise Problem("invalid_body", error.detail, errors=error.faults) from None
        except Absent as error:
            raise Problem("not_found", error.detail) from None
        except Conflict as error:
            raise Problem("conflict", error.detail) from None


def events_document(happened: Sequence[Happened]) -> list[dict[str, Any]]:
    return [{"type": each.type, "id": each.id, "data": dict(each.data)} for each in happened]
