"""What `x-resource`, `x-parent` and `x-action` say and can't be (law SRC 4)."""

from collections.abc import Callable, Container, Iterator

from smartcal_api.contract.check_kinds import closest
from smartcal_api.contract.document import Document, escape
from smartcal_api.contract.shape.actions import NOW, STATED
from smartcal_api.contract.shape.fields import Field, end_of, fields
from smartcal_api.contract.shape.recognition import Shapes
from smartcal_api.contract.shape.resource import Use
from smartcal_api.contract.shape.stated import PARENT, RESOURCE, said
from smartcal_api.errors import Finding

Fits = Callable[[str, object], bool]


def faults(document: Document, shapes: Shapes, problems: Container[str], fits: Fits) -> Iterator[Finding]:
    """`problems` are the codes of the contract; `fits` tells whether a value fits the schema at a pointer."""
    for path, item in document.data["paths"].items():
        at = f"/paths/{escape(path)}"
        for name, operation in item.items() if isinstance(item, dict) else ():
            if isinstance(operation, dict) and STATED in operation:
                use = shapes.uses.get(operation.get("operationId", ""))
                yield from _action(document, f"{at}/{name}/{STATED}", use, problems, fits)
        if isinstance(item, dict) and (RESOURCE in item or PARENT in item):
            yield from _resource(document, path, at, shapes)


def _resource(document: Document, path: str, at: str, shapes: Shapes) -> Iterator[Finding]:
    stated = said(document, path)
    if stated is None:
        return
    uses = [use for name, use in shapes.uses.items() if name in _operations(document, path)]
    pointer = end_of(document, stated.schema) if stated.schema else uses[0].resource.pointer if uses else None
    if pointer is None:
        holder = RESOURCE if RESOURCE in document.data["paths"][path] else PARENT
        reasons = [shapes.reasons[name] for name in _operations(document, path) if name in shapes.reasons]
        yield Finding(f"{at}/{holder}", f"has no effect here: {reasons[0] if reasons else 'there is no operation'}")
        return
    members = fields(document, pointer).members
    for name in (stated.id, *stated.unique):
        if name is not None and name not in members:
            yield Finding(f"{at}/{RESOURCE}", f"{name} is not a member of the resource{_meant(name, members)}")
    for parameter, member in stated.parents.items():
        if f"{{{parameter}}}" not in path:
            yield Finding(f"{at}/{PARENT}/{escape(parameter)}", f"{parameter} is not a parameter of this path")
        if member not in members:
            message = f"{member} is not a member of the resource{_meant(member, members)}"
            yield Finding(f"{at}/{PARENT}/{escape(parameter)}", message)


def _action(document: Document, at: str, use: Use | None, problems: Container[str], fits: Fits) -> Iterator[Finding]:
    if use is None or use.action is None:
        yield Finding(at, "acts on a resource, and none is recognised above it; say which with x-resource")
        return
    members = fields(document, use.resource.pointer).members
    chosen = {f"set/{escape(name)}": (name, (value,)) for name, value in use.action.set.items()}
    chosen |= {f"when/{escape(name)}": (name, values) for name, values in use.action.when.items()}
    for below, (name, values) in chosen.items():
        if name not in members:
            yield Finding(
                f"{at}/{below}", f"{name} is not a member of {use.resource.collection}{_meant(name, members)}"
            )
            continue
        for value in values:
            if value != NOW and not fits(members[name].pointer, value):
                yield Finding(f"{at}/{below}", f"{value!r} does not fit {name} of {use.resource.collection}")
    if use.action.when and use.action.refusal not in problems:
        message = (
            f"is refused with {use.action.refusal}, which x-problems has not; add it there, or name another as else"
        )
        yield Finding(at, message)


def _operations(document: Document, path: str) -> list[str]:
    item = document.data["paths"][path]
    return [each["operationId"] for each in item.values() if isinstance(each, dict) and "operationId" in each]


def _meant(name: str, members: dict[str, Field] | object) -> str:
    known = tuple(members) if isinstance(members, dict) else ()
    return closest(name, known) or f"; it has {', '.join(known)}"
