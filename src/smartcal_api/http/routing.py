"""Connexion's routing, and what it leaves to do: 405 with all of a path's methods, no redirects."""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from connexion.middleware.abstract import ROUTING_CONTEXT
from connexion.middleware.routing import RoutingMiddleware
from starlette.routing import Route as StarletteRoute
from starlette.routing import Router
from starlette.types import ASGIApp, Receive, Scope, Send

from smartcal_api.contract import Description
from smartcal_api.contract.document import escape
from smartcal_api.errors import Clause, Problem
from smartcal_api.http.exchange import exchange_of
from smartcal_api.http.served import Served


class Route(RoutingMiddleware):  # type: ignore[misc]  # Connexion is not typed
    """Connexion finds the operation; a path of the contract with another method is 405."""

    def __init__(self, app: ASGIApp, *, contract: Description) -> None:
        super().__init__(app)
        self._allowed = [
            (re.compile("/".join("[^/]+" if "{" in part else re.escape(part) for part in path.split("/"))), path)
            for path in contract.data["paths"]
        ]
        self._contract = contract

    def add_api(self, specification: Any, **options: Any) -> None:
        super().add_api(specification, **options)
        # One document at the root: its own router can be asked, without the mount that holds it.
        (mount,) = self.router.routes  # type: ignore[has-type]  # Connexion is not typed
        self.router = _Routes(mount.app, refusal=self._not_allowed)

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


class _Routes:
    """Connexion's routes, tried in its order and called as Starlette's router would call them, with less ado.

    A path without parameters is looked up; another is compared with the routes of as many slashes alone, for a
    parameter never holds one. A trailing slash names something else, and nothing: there are no redirects.
    """

    def __init__(self, router: Router, *, refusal: Callable[[Scope], Problem]) -> None:
        self._default = router.default
        self._refusal = refusal
        self._literal: dict[str, dict[str, ASGIApp]] = {}
        self._by_depth: dict[int, dict[re.Pattern[str], dict[str, ASGIApp]]] = {}
        for route in router.routes:
            assert isinstance(route, StarletteRoute)  # Connexion adds no other kind
            if route.param_convertors:
                same_depth = self._by_depth.setdefault(route.path.count("/"), {})
                methods = same_depth.setdefault(route.path_regex, {})
            else:
                methods = self._literal.setdefault(route.path, {})
            for method in route.methods or ():
                methods.setdefault(method, route.app)

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        return self._find(scope)(scope, receive, send)

    def _find(self, scope: Scope) -> ASGIApp:
        path, method = scope["path"], scope["method"]
        literal = self._literal.get(path)
        if literal is not None and method in literal:
            return literal[method]
        known = literal is not None
        for pattern, methods in self._by_depth.get(path.count("/"), {}).items():
            match = pattern.fullmatch(path)
            if match is not None:
                if method in methods:
                    scope["path_params"] = match.groupdict()  # all are text: see `routing_view`
                    return methods[method]
                known = True
        if known:
            raise self._refusal(scope)
        return self._default


class Authorise:
    """Takes up the operation that the router found, and asks whether the credential may call it."""

    def __init__(self, app: ASGIApp, *, served: Mapping[str, Served]) -> None:
        self._app = app
        self._served = served

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        exchange = exchange_of(scope)
        found = self._served.get(scope["extensions"][ROUTING_CONTEXT]["operation_id"])
        if found is None:
            raise unknown_path()
        exchange.served = found
        identity = exchange.identity
        assert identity is not None  # a request that was not identified has been refused by now
        refusal = found.authorization.refusal(identity)
        if refusal is not None:
            raise refusal
        return self._app(scope, receive, send)


def unknown_path() -> Problem:
    return Problem(
        "not_found", "There is nothing at this path. Compare it, letter by letter, with the paths of the contract."
    )
