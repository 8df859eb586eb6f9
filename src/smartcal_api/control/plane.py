"""Builds the control plane like the product: described by a document, routed by Connexion, judged on its way out."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import cast

from connexion.resolver import Resolver
from starlette.types import ASGIApp

from smartcal_api.auth import Identification
from smartcal_api.contract import Contract, Description, Document
from smartcal_api.contract.policy import ProblemKind
from smartcal_api.contract.routing_view import routing_view
from smartcal_api.control.admission import Admit, Metered
from smartcal_api.control.control import PREFIX, Control
from smartcal_api.control.enter import Enter
from smartcal_api.control.handlers import handlers
from smartcal_api.control.operate import OperateControl
from smartcal_api.control.server import METRICS, PROBES
from smartcal_api.control.stale import Stale
from smartcal_api.http.connexion import Connexion
from smartcal_api.http.failures import Failures
from smartcal_api.http.gate import Gate
from smartcal_api.http.head import HeadGuard
from smartcal_api.http.judge import Judges
from smartcal_api.http.paths import Paths
from smartcal_api.http.rate_refusal import RateRefusal
from smartcal_api.http.roots import Roots
from smartcal_api.http.routing import Authorise, Route
from smartcal_api.http.served import Handler, Served
from smartcal_api.http.unknown_path import UnknownPaths
from smartcal_api.mock import ValueGenerator
from smartcal_api.sandbox.creation import Creator, Product
from smartcal_api.sandbox.registry import Registry
from smartcal_api.webhooks.network import LOOPBACK, Receivers

_DOCUMENT = Path(__file__).with_name("control.yaml")


def build_control(
    registry: Registry,
    product: Callable[[], Product],
    creator: Creator,
    *,
    roots: Roots,
    token: str | None = None,
    metrics_token: str | None = None,
    receivers: Receivers = LOOPBACK,
    description: Description | None = None,
    stale: Callable[[], Stale | None] = lambda: None,
) -> ASGIApp:
    """The application below `/_sandbox`; with a `token` it asks for it as a Bearer credential (law SBX 7).

    Its `description` is read, with `describe`, unless somebody has it already.
    """
    contract = product().contract
    description = description or describe(contract)
    generator = ValueGenerator(description.sent.data, seed=0)
    judges = Judges(description, generator)
    gate = Gate(description, judges, generator)
    control = Control(registry, product, creator, description, gate, receivers, stale)
    known, now = handlers(control), registry.default.clock.now()
    refusal = RateRefusal(retry_after=description.policy.rate_limit_headers.retry_after, control=PREFIX)
    served = {
        operation.id: Served(
            operation,
            cast("Handler", known[operation.id]),  # `OperateControl` waits for what it answers
            description,
            Identification(contract.data),
            judges=judges,
            mocked=False,
            refuse_unknown=True,
            now=now,
        )
        for operation in description.operations.values()
    }
    unknown = UnknownPaths(description.data["paths"], base=PREFIX, served_at=f"{PREFIX}/openapi", control=PREFIX)
    steps = [
        partial(Enter, registry=registry, seed=registry.default.seed),
        partial(Failures, gate=gate, counted=False),
        partial(HeadGuard, limits=description.policy.request_limits, roots=roots),
        partial(
            Admit,
            roots=roots,
            token=token,
            product=product,
            probes={each.path for each in description.operations.values() if each.id in PROBES},
            metrics=Metered(description.operations[METRICS].path, metrics_token) if metrics_token else None,
        ),
        partial(Route, contract=description, served=served, paths=Paths(description.data["paths"]), unknown=unknown),
        partial(Authorise, refusal=refusal),
    ]
    connexion = Connexion(
        OperateControl(gate=gate, registry=registry),
        middlewares=steps,
        resolver=Resolver(lambda operation_id: served[operation_id].handler),
    )
    connexion.add_view(routing_view(description.data["info"]["title"], description.operations.values()))
    return connexion


def describe(contract: Contract) -> Description:
    """The control document under the product's policy, but for its own problems."""
    document = Document.read(_DOCUMENT)
    problems = {code: ProblemKind(code, **kind) for code, kind in document.data["x-problems"].items()}
    return Description(document, replace(contract.policy, problems=problems))
