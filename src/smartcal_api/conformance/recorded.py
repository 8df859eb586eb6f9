"""Traffic that was recorded, judged on both sides: a result like any other, with a case for each operation and side."""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import replace

from smartcal_api.conformance.basis import Basis, Grounds
from smartcal_api.conformance.deviation import Deviation
from smartcal_api.conformance.exchange import Exchange
from smartcal_api.conformance.judge import Fault, Judge
from smartcal_api.conformance.law import Case, Law, law
from smartcal_api.conformance.probe import Probe
from smartcal_api.conformance.requests import RequestJudge
from smartcal_api.conformance.strictness import Strictness
from smartcal_api.conformance.verdict import Outcome, Result, Verdict
from smartcal_api.contract import Contract, Operation


@law("SERVER 1", "Every recorded answer is one that the contract has.", requests=0)
def answers_are_valid(_: Probe) -> None:
    """Judged as it was recorded: nothing is sent."""


@law("CLIENT 1", "Every recorded request is one that the contract has.", requests=0)
def requests_are_valid(_: Probe) -> None:
    """Judged as it was recorded: nothing is sent."""


SIDES: tuple[Law, ...] = (answers_are_valid, requests_are_valid)


class Recording:
    """Takes exchanges as they come, says which clause each side broke, and sums up."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._judge = Judge(contract)
        self._grounds = Grounds(contract.document)
        self._requests = RequestJudge(contract, self._judge)
        self._broken: dict[tuple[str, str, str], tuple[Operation | None, Fault, Exchange]] = {}
        self._seen: dict[tuple[str, str], Operation | None] = {}
        self._left_out: Counter[str] = Counter()
        self.evidence: list[Exchange] = []

    def add(self, exchange: Exchange, unread: str = "") -> list[tuple[Law, Fault]]:
        """What each side broke with it that it had not broken before: of the same clause only the first counts.

        `unread` says why the body of the answer can't be judged, where it can't. The preflights of browsers (Fetch,
        section 4.8) are nobody's request.
        """
        if _preflight(exchange):
            self.leave_out("the preflight of a browser")
            return []
        operation = self._judge.operation_of(exchange.method, exchange.path)
        name = operation.id if operation else ""
        self.evidence.append(replace(exchange, operation=operation.id if operation else None))
        found = [(answers_are_valid, each) for each in self._judge.faults(exchange, whole=not unread)]
        if exchange.status != 429:
            found += [(requests_are_valid, each) for each in self._requests.faults(exchange)]
        if unread:
            self.leave_out(f"{unread} ({name or exchange.path})")
        for side in SIDES if not unread else (requests_are_valid,):
            self._seen.setdefault((side.id, name), operation)
        fresh = []
        for side, fault in found:
            key = (side.id, name, fault.clause)
            if key not in self._broken:
                self._broken[key] = (operation, fault, exchange)
                self._seen.setdefault((side.id, name), operation)
                fresh.append((side, fault))
        return fresh

    def basis(self, fault: Fault) -> str:
        """Whether what it breaks is documented, or only decided by the contract."""
        return self._grounds.of(fault.clause).basis.value

    def leave_out(self, why: str, count: int = 1) -> None:
        """Something that can't be judged, and so is no breach: it is counted."""
        self._left_out[why] += count

    def result(self, root: str, *, seconds: float, strict: Collection[str] = ()) -> Result:
        outcomes = list(self._outcomes(Strictness(strict)))
        notes = [f"not judged ({count}): {why}" for why, count in self._left_out.items()]
        return Result(
            *(outcomes, self.evidence, seconds, 0.0, root, 0, "recorded", self._contract), strict=strict, notes=notes
        )

    def _outcomes(self, strictness: Strictness) -> Iterator[Outcome]:
        for side in SIDES:
            for (name, key), operation in self._seen.items():
                if name == side.id:
                    case = Case(side, operation)
                    found = [each for where, each in self._broken.items() if where[:2] == (side.id, key)]
                    deviations = (self._deviation(case, fault, at, strictness) for _, fault, at in found)
                    yield Outcome(case, Verdict.HELD, deviations=tuple(deviations))

    def _deviation(self, case: Case, fault: Fault, exchange: Exchange, strictness: Strictness) -> Deviation:
        ground = self._grounds.of(fault.clause)
        return Deviation(
            f"{exchange}: {fault.message}",
            ground,
            case.law.id,
            case.operation.id if case.operation else "",
            "recorded",
            fault.clause,
            str(exchange.status),
            fault.message,
            ground.basis is not Basis.DECIDED or strictness.binds(case),
            (exchange,),
        )


def _preflight(exchange: Exchange) -> bool:
    names = {name.lower() for name, _ in exchange.request_headers}
    return exchange.method == "OPTIONS" and {"origin", "access-control-request-method"} <= names
