"""Connexion's routing, and what it leaves to do: 405 with all of a path's methods, no redirects, and scopes."""

from collections.abc import Awaitable, Mapping
from typing import Any

from connexion.middleware.routing import RoutingMiddleware
from starlette.routing import Route as StarletteRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from smartcal_api.contract import Description, Operation
from smartcal_api.contract.document import escape
from smartcal_api.contract.routing_view import is_routed
from smartcal_api.errors import Clause, Problem
from smartcal_api.http.exchange import KEY, Exchange
from smartcal_api.http.paths import Paths
from smartcal_api.http.rate_refusal import RateRefusal
from smartcal_api.http.served import Served
from smartcal_api.http.unknown_path import UnknownPaths


class Route(RoutingMiddleware):  # type: ignore[misc]  # Connexion is not typed
    """Takes up the operation that Connexion's routes lead to, found in `Paths`, which takes them over.

    A trailing slash names something else, and nothing: there are no redirects.
    """

    app: ASGIApp

    def __init__(
        self,
        app: ASGIApp,
        *,
        contract: Description,
        served: Mapping[str, Served],
        paths: Paths,
        unknown: UnknownPaths,
    ) -> None:
        super().__init__(app)
        self._contract = contract
        self._served = served
        self._paths = paths
        self._unknown = unknown

    def add_api(self, specification: Any, **options: Any) -> None:
        super().add_api(specification, **options)
        (mount,) = self.router.routes  # one document, at the root
        for route in mount.app.routes:
            assert isinstance(route, StarletteRoute)  # Connexion adds no other kind
            operation: Any = route.app  # Connexion's, which knows its id
            self._paths.serve(self._served[operation.operation_id], route.methods or ())
        for each in self._served.values():
            if not is_routed(each.operation):
                self._paths.serve(each, (each.operation.method,))

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        exchange: Exchange = scope[KEY]
        served, scope["path_params"] = self._paths.find(scope["method"], scope["raw_path"].decode("ascii"))
        if served is None:
            raise self._refusal(scope)
        exchange.served = served
        return self.app(scope, receive, send)

    def _refusal(self, scope: Scope) -> Problem:
        known = self._paths.fitting(scope["raw_path"].decode("ascii"))
        if not known:
            return self._unknown.refusal(scope[KEY])
        allowed = sorted({method for path in known for method in self._contract.allowed(path)})
        methods = ", ".join(allowed)
        return Problem(
            "method_not_allowed",
            f"This path does not answer {scope['method']}. Use one of: {methods}.",
            headers={"Allow": methods},
            clause=Clause(f"/paths/{escape(known[0])}", {"allow": allowed}),
        )


class Authorise:
    """Asks whether the credential may call the operation, and one that has limits of its own whether it has room."""

    def __init__(self, app: ASGIApp, *, refusal: RateRefusal) -> None:
        self._app = app
        self._refusal = refusal

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        exchange: Exchange = scope[KEY]
        served, identity = exchange.served, exchange.identity
        assert served is not None  # a request that was not routed or identified has been refused by now
        assert identity is not None
        refusal = served.authorization.refusal(identity)
        if refusal is not None:
            raise refusal
        if served.operation.rate_limits:
            self._admit(exchange, served.operation)
        return self._app(scope, receive, send)

    def _admit(self, exchange: Exchange, operation: Operation) -> None:
        """Raises 429 where the operation has no room; the headers describe what has the fewest requests left."""
        sandbox, budget, general = exchange.sandbox, exchange.budget, exchange.admission
        assert budget is not None
        assert general is not None
        own = sandbox.limits.operations.admit(operation, budget, exchange.now)
        if own.retry_after is not None or own.remaining <= general.remaining:
            exchange.admission = own
        if own.retry_after is not None:
            sandbox.limits.withdraw(budget, exchange.now)  # a refused request doesn't count
            raise self._refusal.of(sandbox, own, pointer=f"{operation.pointer}/x-rate-limits")
