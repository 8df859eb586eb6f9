"""SCHEMA and HEADERS: every answer is one that the contract has. They look at the evidence of all the other laws."""

import re
from collections import Counter
from collections.abc import Iterable

from smartcal_api.conformance.basis import Basis
from smartcal_api.conformance.capability import Capability
from smartcal_api.conformance.exchange import Exchange
from smartcal_api.conformance.findings import NotVerified
from smartcal_api.conformance.judge import Fault
from smartcal_api.conformance.law import Law, law, nowhere, product, readable
from smartcal_api.conformance.probe import Probe
from smartcal_api.conformance.standards import (
    HEAD_HAS_NO_CONTENT,
    HEAD_IS_GET,
    HEAD_IS_SUPPORTED,
    HEAD_LENGTH_IS_THAT_OF_GET,
)
from smartcal_api.conformance.verdict import ABSENT, NO_SUCCESS
from smartcal_api.contract import Contract, Operation

_ENOUGH = 8
"""So many answers of one status of an operation that differ: more of them tell nothing new."""
_UNSUPPORTED = (405, 501)


def _every(contract: Contract) -> Iterable[Operation]:
    return contract.operations.values()


@law(
    "SCHEMA 1",
    "Every answer has a status, headers, a media type and a body that the contract has for it.",
    over=_every,
    requests=1,
    worth=0,
    watches=True,
)
def answers_are_valid(probe: Probe) -> None:
    if not probe.case.away:
        _see_a_success(probe)
    seen = probe.evidence(probe.operation)
    _judge(probe, seen)
    if any(each.status < 400 for each in seen):
        return
    operation = probe.operation
    if probe.case.away:
        raise NotVerified(Capability.ELSEWHERE)
    if probe.session.grounds.of(operation.pointer).basis is not Basis.DECIDED:
        probe.give_up(f"{NO_SUCCESS} in {len(seen)} answers")
    # What only the contract has need not be there.
    said = f"no success of {operation.method} {operation.path} was seen in {len(seen)} answers."
    probe.expect(False, said, by=operation.pointer, at=seen[-1:], kind=ABSENT)


@law(
    "SCHEMA 2",
    "So has every answer outside of an operation.",
    requests=1,
    worth=0,
    watches=True,
)
def answers_outside_of_operations_are_valid(probe: Probe) -> None:
    probe.send("GET", nowhere(probe.contract))
    _judge(probe, [each for each in probe.answers() if each.operation is None and each.status >= 400])


@law(
    "HEADERS 1",
    "Every answer names its request, each another one.",
    requests=0,
    worth=0,
    watches=True,
)
def every_answer_names_its_request(probe: Probe) -> None:
    policy = probe.contract.policy
    name, by = policy.request_id_header, "/x-request-id"
    form = re.compile(f"{policy.ids['prefixes']['request']}[{policy.ids['alphabet']}]{{{policy.ids['length']}}}")
    seen: dict[str, Exchange] = {}
    for exchange in probe.answers():
        if not exchange.path.startswith(product(probe.contract)):
            continue
        value = exchange.header(name)
        said, cause = f"{exchange} has no {name}.", f"answers have no {name}"
        if not probe.expect(value is not None, said, by=by, at=exchange, kind="missing", cause=cause):
            continue
        assert value is not None
        told = f"{exchange} has {name} {value!r}; that isn't an id as the contract has it."
        probe.expect(form.fullmatch(value) is not None, told, by=by, at=exchange, kind="form", cause=f"{name}: form")
        twice = f"{exchange} has {name} {value!r}, which another answer had before."
        before = seen.get(value)
        probe.expect(before is None, twice, by=by, at=exchange, kind="repeated", cause=f"{name}: repeated")
        seen[value] = exchange


@law("HEADERS 2", "HEAD is GET without its body.", over=readable, requests=2, worth=30)
def head_is_get_without_its_body(probe: Probe) -> None:
    path = {name: probe.an_id(probe.operation) for name in probe.operation.path_names}
    get = probe.call(probe.operation, path=path)
    head = probe.send("HEAD", get.target, credential=get.credential)
    there = head.status not in _UNSUPPORTED or not get.ok
    said = f"{head}, and {get}; what has GET has HEAD."
    probe.expect(there, said, by=HEAD_IS_SUPPORTED, at=(get, head), kind="no head")
    said = f"{head}, and {get}; HEAD is GET without its body."
    probe.expect(head.ok == get.ok, said, by=HEAD_IS_GET, at=(get, head), kind="found")
    probe.expect(head.status == get.status, said, by="/info/description", at=(get, head), kind="status")
    said = f"{head} has a body of {len(head.body)} bytes."
    probe.expect(not head.body, said, by=HEAD_HAS_NO_CONTENT, at=head, kind="body")
    before, after = get.header("Content-Length") or str(len(get.body)), head.header("Content-Length")
    coded = get.header("Content-Encoding") or head.header("Content-Encoding")
    same = after is None or after == before or coded is not None or head.status != get.status
    said = f"{head} has Content-Length {after}; GET has {before} bytes."
    probe.expect(same, said, by=HEAD_LENGTH_IS_THAT_OF_GET, at=(get, head), kind="Content-Length")
    for name in ("Content-Type", probe.contract.policy.pagination.link_header):
        before, after = get.header(name) or "nothing", head.header(name)
        said = f"{head} has {name} {after!r}; GET has {before!r}."
        by = "/info/description"
        probe.expect((after or "nothing") == before, said, by=by, at=(get, head), kind="header", parameter=name)


def _see_a_success(probe: Probe) -> None:
    """Asks for one where no law did: by GET, else with an example of the contract, on something that is made for it."""
    operation = probe.operation
    if any(each.status < 400 for each in probe.evidence(operation)):
        return
    required = any(each.required and each.location == "query" for each in operation.parameters)
    if operation.method == "GET" and not required and (operation.alternatives or not operation.path_names):
        probe.call(operation)
    elif not operation.alternatives:
        if not probe.evidence(operation):
            raise NotVerified(Capability.CLIENT if probe.contract.of_the_product else Capability.EXAMPLE)
    elif not probe.target.writable:
        raise NotVerified(Capability.WRITES)
    else:
        probe.succeed(operation)


def _judge(probe: Probe, answers: Iterable[Exchange]) -> None:
    """What would decide is asked for once more where asking changes nothing: it could have been the way."""
    differing = Counter[tuple[str | None, int]]()
    for exchange in answers:
        key = (exchange.operation, exchange.status)
        if differing[key] >= _ENOUGH:
            continue
        faults = _faults(probe, exchange)
        deciding = [each for each in faults if probe.session.grounds.of(each.clause).basis is not Basis.DECIDED]
        if deciding and exchange.method in ("GET", "HEAD"):
            exchange = probe.repeat(exchange)
            faults = _faults(probe, exchange)
        differing[key] += bool(faults)
        for each in faults:
            said = f"{exchange}: {each.message}"
            cause = _cause(probe, each)
            by = each.clause
            probe.expect(False, said, by=by, at=exchange, kind="invalid", parameter=by, cause=cause, ends=False)


def _faults(probe: Probe, exchange: Exchange) -> list[Fault]:
    return [each for each in probe.judge.faults(exchange) if not is_of_a_limit(probe, each.clause)]


def is_of_a_limit(probe: Probe, clause: str) -> bool:
    """Whether it is that of a header of the limits: where those have to be is for RATE 5."""
    names = probe.contract.policy.rate_limit_headers
    own = tuple(f"/headers/{name}".lower() for name in (names.limit, names.remaining))
    return clause.lower().endswith(own)


def _cause(probe: Probe, fault: Fault) -> str:
    """A header that isn't there is one cause, wherever it isn't; what a body differs in is one by its clause."""
    _, headers, name = fault.clause.rpartition("/headers/")
    if headers and "issing" in fault.message:
        return f"answers have no {name}"
    if "no status" in fault.message:
        return f"{fault.message} ({fault.clause})"
    return f"answers differ from {probe.session.grounds.resolved(fault.clause)}"


LAWS: tuple[Law, ...] = (
    answers_are_valid,
    answers_outside_of_operations_are_valid,
    every_answer_names_its_request,
    head_is_get_without_its_body,
)
