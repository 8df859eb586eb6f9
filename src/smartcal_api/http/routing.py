"""Connexion's routing, and what it leaves to do: 405 with all of a path's methods, no redirects, and scopes."""

import re
from collections.abc import Awaitable, Mapping
from typing import Any

from connexion.middleware.routing import RoutingMiddleware
from starlette.routing import Route as StarletteRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from smartcal_api.contract import Description
from smartcal_api.contract.document import escape
from smartcal_api.errors import Clause, Problem
from smartcal_api.http.exchange import KEY, Exchange
from smartcal_api.http.served import Served
from smartcal_api.http.unknown_path import UnknownPaths


class Route(RoutingMiddleware):  # type: ignore[misc]  # Connexion is not typed
    """Takes up the operation that Connexion's routes lead to, found as its router would find it, with less ado.

    A path without parameters is looked up; another is compared with the routes of as many slashes alone, for a
    parameter never holds one. A trailing slash names something else, and nothing: there are no redirects.
    """

    app: ASGIApp

    def __init__(
        self, app: ASGIApp, *, contract: Description, served: Mapping[str, Served], unknown: UnknownPaths
    ) -> None:
        super().__init__(app)
        self._unknown = unknown
        self._allowed = [
            (re.compile("/".join("[^/]+" if "{" in part else re.escape(part) for part in path.split("/"))), path)
            for path in contract.data["paths"]
        ]
        self._contract = contract
        self._served = served
        self._literal: dict[str, dict[str, Served]] = {}
        self._by_depth: dict[int, dict[re.Pattern[str], dict[str, Served]]] = {}

    def add_api(self, specification: Any, **options: Any) -> None:
        super().add_api(specification, **options)
        (mount,) = self.router.routes  # one document, at the root
        for route in mount.app.routes:
            assert isinstance(route, StarletteRoute)  # Connexion adds no other kind
            if route.param_convertors:
                same_depth = self._by_depth.setdefault(route.path.count("/"), {})
                methods = same_depth.setdefault(route.path_regex, {})
            else:
                methods = self._literal.setdefault(route.path, {})
            operation: Any = route.app  # Connexion's, which knows its id
            for method in route.methods or ():
                methods.setdefault(method, self._served[operation.operation_id])

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        exchange: Exchange = scope[KEY]
        exchange.served = self._find(scope)
        return self.app(scope, receive, send)

    def _find(self, scope: Scope) -> Served:
        path, method = scope["path"], scope["method"]
        literal = self._literal.get(path)
        if literal is not None and method in literal:
            scope["path_params"] = {}
            return literal[method]
        known = literal is not None
        for pattern, methods in self._by_depth.get(path.count("/"), {}).items():
            match = pattern.fullmatch(path)
            if match is not None:
                if method in methods:
                    scope["path_params"] = match.groupdict()  # all are text: see `routing_view`
                    return methods[method]
                known = True
        raise self._not_allowed(scope) if known else self._unknown.refusal(scope[KEY])

    def _not_allowed(self, scope: Scope) -> Problem:
        allowed: set[str] = set()
        pointer = "/paths"
        for pattern, path in self._allowed:
            if pattern.fullmatch(scope["path"]):
                allowed.update(self._contract.allowed(path))
                pointer = f"/paths/{escape(path)}"
        methods = ", ".join(sorted(allowed))
        return Problem(
            "method_not_allowed",
            f"This path does not answer {scope['method']}. Use one of: {methods}.",
            headers={"Allow": methods},
            clause=Clause(pointer, {"allow": sorted(allowed)}),
        )


class Authorise:
    """Asks whether the credential may call the operation."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        exchange: Exchange = scope[KEY]
        served, identity = exchange.served, exchange.identity
        assert served is not None  # a request that was not routed or identified has been refused by now
        assert identity is not None
        refusal = served.authorization.refusal(identity)
        if refusal is not None:
            raise refusal
        return self._app(scope, receive, send)
