"""One contract's view of recorded calls: what of each request and each answer it doesn't have."""

from collections.abc import Iterator

from smartcal_api.conformance.exchange import Exchange
from smartcal_api.conformance.judge import Fault, Judge
from smartcal_api.conformance.requests import RequestJudge
from smartcal_api.contract import Contract, Operation
from smartcal_api.traffic.bases import Bases
from smartcal_api.traffic.call import Call


class View:
    """A contract as a judge of calls."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self._judge = Judge(contract)
        self._requests = RequestJudge(contract, self._judge)
        self._bases = Bases(contract.data)

    def operation(self, call: Call) -> Operation | None:
        return self._reached(call)[0]

    def is_near(self, call: Call) -> bool:
        """Whether a call that reached no operation was answered, below where the operations are."""
        first = {each.path.split("/")[1] for each in self.contract.operations.values()}
        near = any(path.split("/")[1:2] == [each] for path in self._bases.below(call.path) for each in first)
        return near and call.status is not None and 200 <= call.status < 300

    def request_faults(self, call: Call) -> Iterator[Fault]:
        """Of what was recorded: a log without headers and bodies says nothing about them."""
        operation, target = self._reached(call)
        if operation is None:
            yield Fault("/paths", f"there is no operation {call.method} {call.path}")
            return
        headers = {each.pointer for each in operation.parameters if each.location in ("header", "cookie")}
        for fault in self._requests.faults(_exchange(call, target)):
            unrecorded = call.request_headers is None and (fault.clause in headers or "header" in fault.message)
            bodiless = call.request_body is None and fault.clause.endswith("/requestBody")
            if not unrecorded and not bodiless:
                yield fault

    def answer_faults(self, call: Call) -> Iterator[Fault]:
        """Of an access log, of the status alone."""
        operation, target = self._reached(call)
        if operation is None or call.status is None:
            return
        for fault in self._judge.faults(_exchange(call, target), whole=call.response_body is not None):
            if call.response_headers is not None or fault.clause.endswith("responses"):
                yield fault

    def _reached(self, call: Call) -> tuple[Operation | None, str]:
        for path in self._bases.below(call.path):
            operation = self._judge.operation_of(call.method, path)
            if operation is not None:
                return operation, path + call.target[len(call.path) :]
        return None, call.target


def _exchange(call: Call, target: str) -> Exchange:
    return Exchange(
        0,
        "recorded",
        None,
        call.method,
        target,
        call.request_headers or (),
        call.request_body or b"",
        None,
        call.status or 0,
        call.response_headers or (),
        call.response_body or b"",
        0.0,
        0.0,
    )
