"""Where a resource is in what an operation takes and answers."""

from smartcal_api.contract.document import Document
from smartcal_api.contract.operation import Operation
from smartcal_api.contract.shape.fields import fields
from smartcal_api.contract.shape.places import ENOUGH, arrays, body_schema, closest, json_schema, likeness, objects
from smartcal_api.contract.shape.resource import Resource

Taken = tuple[tuple[str, ...], dict[str, bool]]
"""The members that lead to the resource in a request's body, and those that it may have there → whether it must."""


def body_of(document: Document, operation: Operation, resource: Resource) -> Taken | None:
    """What a request says of a resource; None where its body is not like one."""
    schema = body_schema(operation.body.media_types) if operation.body is not None else None
    if schema is None:
        return ((), {}) if answers(document, operation, resource) else None
    place = closest(document, objects(document, schema), resource.pointer)
    if place is None:
        free = not fields(document, schema).members and not list(arrays(document, schema))
        return ((), {}) if free and answers(document, operation, resource) else None
    members = fields(document, place.pointer).members
    return place.path, {name: each.required for name, each in members.items()}


def answers(document: Document, operation: Operation, resource: Resource) -> bool:
    """Whether its success shows the resource."""
    schema = json_schema(operation.responses[operation.success].media_types) if operation.responses else None
    return schema is not None and any(
        likeness(document, each.pointer, resource.pointer) >= ENOUGH for each in objects(document, schema)
    )
