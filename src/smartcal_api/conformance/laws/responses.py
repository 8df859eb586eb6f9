"""SCHEMA and ERR: every answer is one that the contract has. They look at the evidence of all the other laws."""

from smartcal_api.conformance.findings import Inconclusive
from smartcal_api.conformance.judge import Judge
from smartcal_api.conformance.law import Law, law, secured
from smartcal_api.conformance.probe import Probe


@law(
    "SCHEMA 1",
    "Every answer has a status, headers, a media type and a body that the contract has for the operation.",
    clause="/paths",
    over=secured,
    requests=1,
    worth=0,
)
def answers_are_valid(probe: Probe) -> None:
    judge: Judge = probe.judge
    operation = probe.operation
    if operation.method == "GET" and not any(each.ok for each in probe.evidence(operation)):
        probe.call(operation)
    seen = probe.evidence(operation)
    for exchange in seen:
        if faults := judge.faults(exchange):
            if exchange.method == "GET":
                exchange = probe.repeat(exchange)
                if not (faults := judge.faults(exchange)):
                    continue
            probe.show(exchange)
            probe.fail(f"{exchange}: {faults[0].message}", clause=faults[0].clause, kind="invalid")
    if not any(each.ok for each in seen):
        raise Inconclusive(f"no success was seen in {len(seen)} answers")


LAWS: tuple[Law, ...] = (answers_are_valid,)
