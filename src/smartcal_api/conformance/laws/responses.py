"""SCHEMA and HEADERS: every answer is one that the contract has. They look at the evidence of all the other laws."""

import re
from collections.abc import Iterable

from smartcal_api.conformance.capability import Capability
from smartcal_api.conformance.exchange import Exchange
from smartcal_api.conformance.findings import NotVerified
from smartcal_api.conformance.law import Law, law, product, readable
from smartcal_api.conformance.probe import Probe
from smartcal_api.contract import Contract, Operation


def _every(contract: Contract) -> Iterable[Operation]:
    return contract.operations.values()


@law(
    "SCHEMA 1",
    "Every answer has a status, headers, a media type and a body that the contract has for it.",
    clause="/paths",
    over=_every,
    requests=1,
    worth=0,
)
def answers_are_valid(probe: Probe) -> None:
    operation = probe.operation
    _see_a_success(probe)
    seen = probe.evidence(operation)
    for exchange in seen:
        _judge(probe, exchange)
    if not any(each.status < 400 for each in seen):
        probe.give_up(f"no success was seen in {len(seen)} answers")


@law(
    "SCHEMA 2",
    "So has every answer outside of an operation.",
    clause="/x-unrouted-responses",
    requests=1,
    worth=0,
)
def answers_outside_of_operations_are_valid(probe: Probe) -> None:
    probe.send("GET", f"{product(probe.contract)}/nothing")
    for exchange in probe.answers():
        if exchange.operation is None and exchange.status >= 400:
            _judge(probe, exchange)


@law(
    "HEADERS 1",
    "Every answer names its request, each another one.",
    clause="/x-request-id",
    requests=0,
    worth=0,
)
def every_answer_names_its_request(probe: Probe) -> None:
    policy = probe.contract.policy
    name = policy.request_id_header
    form = re.compile(f"{policy.ids['prefixes']['request']}[{policy.ids['alphabet']}]{{{policy.ids['length']}}}")
    seen: dict[str, Exchange] = {}
    for exchange in probe.answers():
        if not exchange.path.startswith(product(probe.contract)):
            continue
        value = exchange.header(name)
        if value is None or not form.fullmatch(value) or value in seen:
            probe.show(exchange)
            probe.expect(value is not None, f"{exchange} has no {name}.", kind="missing")
            probe.fail(f"{exchange} has {name} {value!r}; that isn't one of its own.", kind="form")
        assert value is not None
        seen[value] = exchange


@law(
    "HEADERS 2",
    "HEAD is GET without its body.",
    clause="/info/description",
    over=readable,
    requests=2,
    worth=30,
)
def head_is_get_without_its_body(probe: Probe) -> None:
    path = {name: probe.an_id(probe.operation) for name in probe.operation.path_names}
    get = probe.call(probe.operation, path=path)
    head = probe.send("HEAD", get.target, credential=get.credential)
    probe.expect(head.status == get.status, f"{head}, and {get}; HEAD is GET without its body.", kind="status")
    probe.expect(not head.body, f"{head} has a body of {len(head.body)} bytes.", kind="body")
    for name in ("Content-Type", probe.contract.policy.pagination.link_header, "Content-Length"):
        before, after = get.header(name), head.header(name)
        probe.expect(
            after == before or (after is None and name == "Content-Length"),
            f"{head} has {name} {after!r}; GET has {before!r}.",
            kind=name,
        )


def _see_a_success(probe: Probe) -> None:
    """Asks for one where no law did: by GET, else with an example of the contract, on something that is made for it."""
    operation = probe.operation
    if any(each.status < 400 for each in probe.evidence(operation)):
        return
    required = any(each.required and each.location == "query" for each in operation.parameters)
    if operation.method == "GET" and not required:
        probe.call(operation)
    elif not operation.alternatives:
        raise NotVerified(Capability.CLIENT)
    elif not probe.target.writable:
        raise NotVerified(Capability.WRITES)
    else:
        probe.succeed(operation)


def _judge(probe: Probe, exchange: Exchange) -> None:
    """An answer that is wrong is asked for once more where asking changes nothing: it could have been the way."""
    faults = probe.judge.faults(exchange)
    if faults and exchange.method in ("GET", "HEAD"):
        exchange = probe.repeat(exchange)
        faults = probe.judge.faults(exchange)
    if faults:
        probe.show(exchange)
        probe.fail(f"{exchange}: {faults[0].message}", clause=faults[0].clause, kind="invalid")


LAWS: tuple[Law, ...] = (
    answers_are_valid,
    answers_outside_of_operations_are_valid,
    every_answer_names_its_request,
    head_is_get_without_its_body,
)
