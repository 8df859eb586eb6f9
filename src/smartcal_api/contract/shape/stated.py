"""`x-resource` and `x-parent` of a path: what is said of a resource, in the place of what its shape tells."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from smartcal_api.contract.document import Document, pointer_of

RESOURCE, PARENT = "x-resource", "x-parent"


@dataclass(frozen=True, slots=True)
class Stated:
    """`parents`: a parameter of the path → the member that has its value."""

    schema: str | None = None
    id: str | None = None
    unique: tuple[str, ...] = ()
    parents: Mapping[str, str] = field(default_factory=dict)


NOTHING = Stated()


def said(document: Document, *paths: str) -> Stated | None:
    """What the paths of one resource say together; None where one of them says that it is none."""
    found = NOTHING
    for path in paths:
        for written in (path, f"{path}/"):
            item: Mapping[str, Any] = document.data["paths"].get(written, {})
            own = item.get(RESOURCE, {})
            if own is False:
                return None
            own = {} if own is True else own
            schema = own.get("schema")
            found = replace(
                found,
                schema=pointer_of(schema) if schema else found.schema,
                id=own.get("id", found.id),
                unique=(*found.unique, *own.get("unique", ())),
                parents={**found.parents, **item.get(PARENT, {})},
            )
    return found
