"""STATE 4: a resource that is recognised by its shape lives as its operations say: made, read, changed, deleted."""

from collections.abc import Iterable
from typing import Any

from smartcal_api.conformance.capability import Capability
from smartcal_api.conformance.exchange import Exchange
from smartcal_api.conformance.invalid import request_example
from smartcal_api.conformance.law import Law, law
from smartcal_api.conformance.probe import Probe
from smartcal_api.conformance.samples import NoSample, sample
from smartcal_api.contract import Contract, Operation
from smartcal_api.contract.shape import Role, Use
from smartcal_api.contract.shape.fields import Field, fields
from smartcal_api.contract.shape.places import closest, json_schema, objects

_GONE = (404, 410)
_EXACT = frozenset({"string", "integer", "boolean"})


def _making(contract: Contract) -> Iterable[Operation]:
    """Those that make what can be read again by its id."""
    for name, use in contract.shapes.uses.items():
        if use.role is Role.CREATE and not use.above and _used(contract, use, Role.READ) is not None:
            yield contract.operations[name]


def _used(contract: Contract, use: Use, role: Role) -> Operation | None:
    """The operation of that role on the same resource, by the id of its path."""
    found = (
        contract.operations[name]
        for name, each in contract.shapes.uses.items()
        if each.role is role and each.resource == use.resource
    )
    return next((each for each in found if len(each.path_names) == 1), None)


@law(
    "STATE 4",
    "What is made is read as it was sent, is as it was changed, and is gone once it is deleted.",
    over=_making,
    needs=(Capability.WRITES,),
    requests=6,
    worth=47,
)
def what_is_made_is_kept_until_it_is_deleted(probe: Probe) -> None:
    contract, by = probe.contract, probe.operation.pointer
    use = contract.shapes.uses[probe.operation.id]
    read = _used(contract, use, Role.READ)
    assert read is not None  # see `_making`
    sent = _body(probe, probe.operation)
    made = probe.call(probe.operation, body=sent)
    probe.succeeds(made, "its body is one that the contract has")
    told, asked = _resource(probe, probe.operation, made), _inside(sent, use)
    identifier = told.get(str(use.resource.id), asked.get(use.resource.id) if isinstance(asked, dict) else None)
    if identifier is None:
        probe.give_up(f"{made} doesn't say the {use.resource.id} of what it made")
    path = {read.path_names[0]: str(identifier)}
    found = probe.call(read, path=path)
    probe.succeeds(found, "it was made just now")
    _is_as_sent(probe, read, found, _inside(sent, use), by)
    change = _used(contract, use, Role.CHANGE)
    if change is not None and change.body is not None:
        patch = _body(probe, change)
        changed = probe.call(change, path={change.path_names[0]: str(identifier)}, body=patch)
        probe.succeeds(changed, "its body is one that the contract has")
        _is_as_sent(probe, read, probe.call(read, path=path), _inside(patch, contract.shapes.uses[change.id]), by)
    delete = _used(contract, use, Role.DELETE)
    if delete is None:
        return
    deleted = probe.call(delete, path={delete.path_names[0]: str(identifier)})
    probe.succeeds(deleted, "it was there")
    gone = probe.call(read, path=path)
    said = f"{gone}, and {deleted} before; what is deleted is 404."
    probe.expect(gone.status in _GONE, said, by=delete.pointer, at=(deleted, gone), kind="not gone")


def _is_as_sent(probe: Probe, read: Operation, found: Exchange, sent: Any, by: str) -> None:
    """Texts without a format, numbers and flags; others a server may write in other words."""
    shown = _members(probe, read)
    resource = _resource(probe, read, found)
    exact = [name for name, each in shown.items() if name in sent and _is_exact(each)] if isinstance(sent, dict) else []
    differing = [name for name in exact if resource.get(name) != sent[name]]
    said = f"{found} has not what was sent for {', '.join(differing)}."
    probe.expect(not differing, said, by=by, at=found, kind="not kept", parameter=" ".join(differing))


def _is_exact(each: Field) -> bool:
    return bool(each.types) and each.types <= _EXACT and not each.format and not each.read_only and not each.write_only


def _members(probe: Probe, operation: Operation) -> dict[str, Field]:
    resource = probe.contract.shapes.uses[operation.id].resource
    return dict(fields(probe.contract.document, resource.pointer).members)


def _resource(probe: Probe, operation: Operation, answer: Exchange) -> dict[str, Any]:
    """The resource in an answer."""
    schema = (
        json_schema(operation.responses[answer.status].media_types) if answer.status in operation.responses else None
    )
    pointer = probe.contract.shapes.uses[operation.id].resource.pointer
    if schema is None:
        return {}
    place = closest(probe.contract.document, objects(probe.contract.document, schema), pointer)
    body: Any = answer.json
    for name in place.path if place is not None else ():
        body = body.get(name) if isinstance(body, dict) else None
    return body if isinstance(body, dict) else {}


def _inside(body: Any, use: Use) -> Any:
    for name in use.body or ():
        body = body.get(name) if isinstance(body, dict) else None
    return body


def _body(probe: Probe, operation: Operation) -> Any:
    if operation.body is None:
        return None
    example = request_example(operation, probe.contract)
    if example != {}:
        return example
    try:
        return sample(probe.contract, next(iter(operation.body.media_types.values())), probe.rng)
    except NoSample as error:
        probe.give_up(f"no body of {operation.id} could be made up: {error}; give the contract an example")


LAWS: tuple[Law, ...] = (what_is_made_is_kept_until_it_is_deleted,)
