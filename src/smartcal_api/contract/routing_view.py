"""The OpenAPI 3.0 view of a 3.1 contract that is enough for Connexion to route by.

Connexion 3.3 refuses 3.1 and validates with Draft 4, so it gets paths, methods, operationIds and path parameters and
nothing else; everything is validated elsewhere, against the contract itself.
"""

import re
from collections.abc import Iterable
from itertools import count
from typing import Any

from smartcal_api.contract.methods import FIXED
from smartcal_api.contract.operation import Operation

_METHODS = frozenset(FIXED) - {"query"}
_PARAMETER = re.compile(r"\{[^}]*\}")


def is_routed(operation: Operation) -> bool:
    """Whether Connexion knows the method: OpenAPI 3.2 has more."""
    return operation.method.lower() in _METHODS


def routing_view(title: str, operations: Iterable[Operation]) -> dict[str, Any]:
    """A 3.0 document of the operations; the router tries paths in its order, so concrete ones come before templates.

    Path parameters are named `p0`, `p1`, … by their place, for the contract's names may hold what a router's can't.
    """
    paths: dict[str, dict[str, Any]] = {}
    for operation in sorted(
        filter(is_routed, operations), key=lambda each: [bool(_PARAMETER.search(part)) for part in each.path.split("/")]
    ):
        number = count()
        # The default binds this turn's counter, which the type of a replacement function has no room for.
        path = _PARAMETER.sub(lambda _, number=number: f"{{p{next(number)}}}", operation.path)  # type: ignore[misc]
        paths.setdefault(path, {})[operation.method.lower()] = {
            "operationId": operation.id,
            "parameters": [
                # A path parameter is text to the router: whatever names nothing is a 404 of the handler's.
                {"name": f"p{index}", "in": "path", "required": True, "schema": {"type": "string"}}
                for index in range(next(number))
            ],
            "responses": {"200": {"description": "validated against the contract"}},
        }
    return {"openapi": "3.0.3", "info": {"title": title, "version": "view"}, "paths": paths}
