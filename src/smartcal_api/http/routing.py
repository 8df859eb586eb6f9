"""Connexion's routing, and what it leaves to do: 405 with all of a path's methods, no redirects."""

import re
from collections.abc import Mapping
from typing import Any

from connexion.middleware.abstract import ROUTING_CONTEXT
from connexion.middleware.routing import RoutingMiddleware
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from smartcal_api.contract import Description
from smartcal_api.errors import Problem
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
        # Connexion is not typed, and Starlette's routes are only known to be routes.
        (mount,) = self.router.routes  # type: ignore[has-type]  # Connexion is not typed
        self.router = _ByDepth(mount.app)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # With an application in the scope, Starlette raises its 405 instead of sending it.
        scope["app"] = self
        if scope["path"][-1:] == "\n":
            raise unknown_path()  # `$` in Starlette's patterns takes a last line feed for the end
        try:
            await super().__call__(scope, receive, send)
        except HTTPException as error:
            if error.status_code != 405:
                raise
            raise self._not_allowed(scope) from None

    def _not_allowed(self, scope: Scope) -> Problem:
        allowed: set[str] = set()
        for pattern, path in self._allowed:
            if pattern.fullmatch(scope["path"]):
                allowed.update(self._contract.allowed(path))
        methods = ", ".join(sorted(allowed))
        return Problem(
            "method_not_allowed",
            f"This path does not answer {scope['method']}. Use one of: {methods}.",
            headers={"Allow": methods},
        )


class _ByDepth:
    """A router that tries only the routes with as many slashes as the path has: a parameter never holds one."""

    def __init__(self, router: Router) -> None:
        self._default = router.default
        depths: dict[int, list[BaseRoute]] = {}
        for route in router.routes:
            depths.setdefault(route.path.count("/"), []).append(route)  # type: ignore[attr-defined]  # all have one
        # A trailing slash names something else (and nothing); Starlette would answer it with a redirect.
        self._routers = {
            depth: Router(routes, redirect_slashes=False, default=router.default) for depth, routes in depths.items()
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._routers.get(scope["path"].count("/"), self._default)(scope, receive, send)


class Authorise:
    """Takes up the operation that the router found, and asks whether the credential may call it."""

    def __init__(self, app: ASGIApp, *, served: Mapping[str, Served]) -> None:
        self._app = app
        self._served = served

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
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
        await self._app(scope, receive, send)


def unknown_path() -> Problem:
    return Problem(
        "not_found", "There is nothing at this path. Compare it, letter by letter, with the paths of the contract."
    )
