"""What laws that change something change: resources made for them, and the bookings that may be cancelled."""

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from smartcal_api.conformance.capability import Capability
from smartcal_api.conformance.credential import Credential
from smartcal_api.conformance.exchange import Exchange
from smartcal_api.conformance.findings import Inconclusive, NotVerified
from smartcal_api.conformance.invalid import request_example
from smartcal_api.conformance.sending import Sending
from smartcal_api.contract import Contract, Operation

if TYPE_CHECKING:
    from smartcal_api.conformance.probe import Probe


class Stock:
    """Of one run. A resource that is made is deleted when its case ends; a booking is cancelled once."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self.taken: list[str] = []

    def create(self, operation: Operation, probe: "Probe", credential: Credential, body: Any = None) -> Exchange:
        """The answer to a POST with an example of the contract; what it makes is deleted afterwards."""
        sent = request_example(operation, self._contract) if body is None else body
        return probe.call(operation, body=sent, credential=credential)

    def undoing(self, operation: Operation, answer: Exchange) -> Sending | None:
        """What deletes again what an answer says was made."""
        below = (
            each
            for each in self._contract.operations.values()
            if each.method == "DELETE" and each.path.rpartition("/{")[0] == operation.path
        )
        deleting = next(below, None)
        if operation.method != "POST" or not answer.ok or deleting is None:
            return None
        made = answer.problem.get("id")
        if made is None:
            return None
        target = deleting.path.partition("{")[0] + quote(str(made), safe="")
        return Sending("DELETE", target, credential=answer.credential, operation=deleting.id)

    def creator(self, path: str) -> Operation | None:
        """The operation that adds to the list at a path."""
        found = (each for each in self._contract.operations.values() if each.method == "POST" and each.path == path)
        return next(found, None)

    def cancellable(self, probe: "Probe") -> str:
        """A booking that can be cancelled, another one each time; beyond loopback, one that was named."""
        if not probe.target.writable:
            raise NotVerified(Capability.WRITES)
        named = probe.target.cancellable
        if named is None and not probe.target.loopback:
            raise Inconclusive("the target names no bookings that may be cancelled (`cancellable` in the target file)")
        left = [each for each in self._open(probe) if named is None or each in named]
        if not left:
            raise Inconclusive("no booking is left that can be cancelled")
        self.taken.append(left[0])
        return left[0]

    def spare(self, probe: "Probe") -> str:
        """A booking that could be cancelled, for what is to be refused; it stays to be taken."""
        named = probe.target.cancellable
        if not probe.target.writable or (named is None and not probe.target.loopback):
            raise NotVerified(Capability.WRITES)
        left = [each for each in self._open(probe) if named is None or each in named]
        if not left:
            raise Inconclusive("no booking is left that can be cancelled")
        return left[-1]

    def _open(self, probe: "Probe") -> list[str]:
        """The last ones first: the sooner a booking is, the likelier its time comes during the run."""
        cancel = next((each for each in self._contract.operations.values() if _cancels(each)), None)
        if cancel is None:
            raise Inconclusive("the contract has no operation that cancels")
        path = cancel.path.partition("/{")[0]
        listing = next(each for each in self._contract.operations.values() if each.path == path and each.listing)
        upcoming = next((p for p in listing.parameters if p.filter and p.filter.when is True), None)
        items = probe.read(listing, {upcoming.name: "true"} if upcoming else {})
        open_ = (str(each["id"]) for each in reversed(items) if each.get("status") not in _CLOSED)
        return [each for each in open_ if each not in self.taken]


_CLOSED = ("cancelled", "canceled", "completed", "no_show")
"""States of bookings that can't be cancelled any more, should they be among those to come."""


def _cancels(operation: Operation) -> bool:
    return operation.method == "POST" and operation.path.endswith("/cancel")
