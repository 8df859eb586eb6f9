"""ERR 8: every parameter and every member of a body at its bound, one beyond it, and far beyond."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from smartcal_api.conformance.basis import SAFETY
from smartcal_api.conformance.invalid import request_example, resolved
from smartcal_api.conformance.law import Law, law, secured
from smartcal_api.conformance.probe import Probe
from smartcal_api.conformance.snapshots import members
from smartcal_api.contract import Contract, Operation, Parameter

_FAILURE = 500
_FAR = 10**20
_LONG, _MANY = 20_000, 500
_INSTANTS = ("0001-01-01T00:00:00Z", "1969-12-31T23:59:59Z", "9999-12-31T23:59:59Z")


def _bounded(contract: Contract) -> Iterable[Operation]:
    return (each for each in secured(contract) if each.body or any(p.location == "query" for p in each.parameters))


@law(
    "ERR 8",
    "A parameter or a member at its bound, one beyond it or far beyond is taken or refused, and fails nothing.",
    over=_bounded,
    requests=24,
    worth=59,
)
def bounds_fail_nothing(probe: Probe) -> None:
    """Where a bound is, the contract alone says; what is taken beyond it has to be what was asked for."""
    operation = probe.operation
    names = probe.contract.policy.pagination
    tried: list[str] = []

    def parameter(drawn: tuple[Parameter, str]) -> None:
        stated, value = drawn
        answer = probe.call(operation, query={stated.name: value})
        said = f"{answer}; {stated.name} is {value[:40]!r}, and the server failed."
        probe.expect(answer.status < _FAILURE, said, by=SAFETY, at=answer, kind="failure", parameter=stated.name)
        if answer.ok and stated.name == names.per_page_parameter and value.isdigit() and int(value) > 0:
            count = len(members(answer.json, names.items))
            most = f"{answer} has {count} items; {value} were asked for."
            probe.expect(count <= int(value), most, by=probe.place(stated), at=answer, kind="size")

    def member(drawn: tuple[str, str, bytes]) -> None:
        name, how, body = drawn
        if operation.path_names and not tried:
            tried.append(probe.cancellable())
        answer = probe.call(operation, path=dict.fromkeys(operation.path_names, tried[0]) if tried else {}, body=body)
        if answer.ok:
            tried.clear()  # a booking is cancelled once
        said = f"{answer}; {name} is {how}, and the server failed."
        probe.expect(answer.status < _FAILURE, said, by=SAFETY, at=answer, kind="failure", parameter=f"{name} {how}")

    queries = [(each, value) for each in operation.parameters if each.location == "query" for value in _values(each)]
    probe.for_each(queries, parameter, quick=10)
    if operation.body is not None and probe.target.writable:
        bodies = list(_bodies(operation, probe.contract))
        if operation.path_names and not probe.full:
            bodies = [each for each in bodies if not each[1].startswith("as long")]  # a booking is cancelled once
        probe.for_each(bodies, member, quick=6)


def _values(parameter: Parameter) -> Iterator[str]:
    schema = parameter.schema
    match schema.get("type"):
        case "integer":
            for bound in (schema.get("minimum"), schema.get("maximum")):
                yield from (str(bound + beside) for beside in (-1, 0, 1) if bound is not None)
            yield from (str(_FAR), str(-_FAR), "-1", "x")
        case "boolean":
            yield from ("", "x" * 300)
        case "string" if schema.get("format") == "date-time":
            yield from (*_INSTANTS, "", "x" * 300)
        case "string":
            yield from ("", "x" * 300, "'")


def _bodies(operation: Operation, contract: Contract) -> Iterator[tuple[str, str, bytes]]:
    """(the member, what it is, the body) for bodies that differ in one member from an example."""
    assert operation.body is not None
    schema = resolved(contract, {"$ref": f"#{next(iter(operation.body.media_types.values()))}"})
    example = request_example(operation, contract)
    if not isinstance(example, dict):
        return
    for name, stated in schema.get("properties", {}).items():
        for how, value in _of_a_member(resolved(contract, stated), example.get(name), contract):
            yield name, how, json.dumps({**example, name: value}).encode()


def _of_a_member(schema: Mapping[str, Any], usual: Any, contract: Contract) -> Iterator[tuple[str, Any]]:
    yield "null", None
    yield "a number", 1
    yield "an object", {"x": 1}
    yield "a list in a list", [[]]
    if schema.get("type") == "array":
        items = usual if isinstance(usual, list) else []
        values = resolved(contract, schema.get("items", {})).get("enum", items)
        yield "empty", []
        yield "as long as can be", list(values)
        yield "everything twice", [*values, *values]
        yield "far too long", list(values[:1]) * _MANY
    else:
        most = schema.get("maxLength")
        text = usual if isinstance(usual, str) else "x"
        yield "empty", ""
        if most is not None:
            yield "as long as can be", text.ljust(most, "x")
            yield "as long as can be and one more", text.ljust(most + 1, "x")
        yield "far too long", text.ljust(_LONG, "x")


LAWS: tuple[Law, ...] = (bounds_fail_nothing,)
