"""Builds a server's parts, and states a request's way once: reading `steps` in `build` is reading the architecture."""

import asyncio
from collections.abc import Awaitable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from connexion.resolver import Resolver
from starlette.types import ASGIApp, Receive, Scope, Send

from smartcal_api.api import remarks
from smartcal_api.api.assignment import Assigned, Kind, Serving, handler_of, serving
from smartcal_api.api.mocked import unserved
from smartcal_api.api.own import OwnHandlers
from smartcal_api.auth import Identification
from smartcal_api.contract import Contract, Description, Operation
from smartcal_api.contract.routing_view import routing_view
from smartcal_api.control import PREFIX, Stale, build_control, describe
from smartcal_api.errors import Finding
from smartcal_api.http.connexion import Connexion
from smartcal_api.http.cors import LOOPBACK as ORIGINS
from smartcal_api.http.cors import Cors
from smartcal_api.http.declared import as_declared
from smartcal_api.http.enter import Enter
from smartcal_api.http.faults import Fail
from smartcal_api.http.gate import Gate
from smartcal_api.http.handing_over import HandingOver
from smartcal_api.http.head import HeadGuard
from smartcal_api.http.identify import Identify, Limit
from smartcal_api.http.judge import Judges
from smartcal_api.http.operate import Operate
from smartcal_api.http.paths import Paths
from smartcal_api.http.preferences import Preferences
from smartcal_api.http.rate_refusal import RateRefusal
from smartcal_api.http.raw import RawPaths
from smartcal_api.http.record import Record
from smartcal_api.http.roots import Roots
from smartcal_api.http.routing import Authorise, Route
from smartcal_api.http.served import Served
from smartcal_api.http.stated import Stated
from smartcal_api.http.unknown_path import UnknownPaths
from smartcal_api.mock import ValueGenerator
from smartcal_api.sandbox.creation import Creator
from smartcal_api.sandbox.credentials import METADATA
from smartcal_api.sandbox.registry import Registry
from smartcal_api.web import Entrance, Shown
from smartcal_api.web.entrance import ENDINGS, documents_of
from smartcal_api.webhooks.network import LOOPBACK as RECEIVERS
from smartcal_api.webhooks.network import Receivers


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How the wire is served, apart from what the contract says."""

    public_url: str = "http://127.0.0.1:8080"
    allowed_hosts: tuple[str, ...] = ()
    origins: tuple[str, ...] = (ORIGINS,)
    refuse_unknown_parameters: bool = True
    control_token: str | None = None
    metrics_token: str | None = None
    receivers: Receivers = RECEIVERS
    own: OwnHandlers | None = None
    """Handlers of the user's own, which win over all others."""


@dataclass(frozen=True, slots=True)
class Application:
    """One contract, ready to be served on sandboxes; `served` is what `smartcal routes` lists."""

    contract: Contract
    asgi: ASGIApp
    served: dict[str, Served]
    assigned: Mapping[str, Assigned]
    """operationId → what serves it, and why."""
    unfit: Mapping[str, Finding]
    """operationId → why it is served otherwise than by its handler, although it has one."""
    remarks: Sequence[Finding]
    """What of the contract is otherwise than code knows it."""
    idle: Sequence[Finding]

    @property
    def mocked(self) -> list[Operation]:
        return [each.operation for each in self.served.values() if each.mocked]


def build(contract: Contract, registry: Registry, options: Options) -> Application:
    """Compiles everything that serving needs; raises `ContractError` where an operation can't even be mocked."""
    identification = Identification(contract.data)
    generator = ValueGenerator(contract.sent.data, seed=0)
    judges = Judges(contract, generator)
    by = serving(contract, generator, options.receivers, options.own)
    now = registry.default.clock.now()
    found = _served(contract, generator, judges, identification, options, by, now=now)
    served = {each.operation.id: each for each in found}
    gate = Gate(contract, judges, generator)
    stated = Stated(contract, generator)
    roots = Roots(options.public_url, allowed_hosts=options.allowed_hosts)
    policy = contract.policy
    paths = Paths(contract.data["paths"])
    refusal = RateRefusal(retry_after=policy.rate_limit_headers.retry_after, control=PREFIX)
    fail = partial(Fail, gate=gate, stated=stated, paths=paths)
    metadata = contract.operations.get(METADATA)
    unknown = UnknownPaths(
        contract.data["paths"],
        base=contract.base,
        served_at=documents_of(contract)["JSON"],
        control=PREFIX,
        metadata=metadata.path if metadata is not None else None,
    )
    steps = [
        partial(Enter, registry=registry, bases=contract.bases),
        partial(Record, gate=gate, counts=registry.counts),
        partial(Cors, origins=options.origins, contract=contract),
        partial(HeadGuard, limits=policy.request_limits, roots=roots),
        partial(
            Identify,
            registry=registry,
            contract=contract,
            identification=identification,
            raw=RawPaths(served.values(), paths),
        ),
        partial(Limit, refusal=refusal, fail=fail),
        partial(Route, contract=contract, served=served, paths=paths, unknown=unknown),
        partial(Authorise, refusal=refusal),
    ]
    connexion = Connexion(
        Operate(
            gate=gate,
            preferences=Preferences(stated),
            background=registry.background,
            handing_over=HandingOver(contract, registry),
        ),
        middlewares=steps,
        resolver=Resolver(lambda operation_id: served[operation_id].handler),
    )
    connexion.add_view(routing_view(contract.data["info"]["title"], (each.operation for each in served.values())))
    told = remarks(contract), (*contract.idle, *by.idle(contract, generator))
    return Application(contract, connexion, served, by.assigned, by.unfit, *told)


async def prepare(application: ASGIApp) -> None:
    """Lets Connexion build its routes now and not in the first request; it does so on the first scope of any type."""

    async def nothing(*_: object) -> None:
        return None

    await application({"type": "prepare"}, nothing, nothing)  # type: ignore[arg-type]  # a scope of no real type


class Front:
    """The control plane below its prefix, what people see, and for everything else the application, which another one
    can take the place of between two requests. The control plane is built when it is first asked for: few ever are."""

    def __init__(
        self,
        application: Application,
        registry: Registry,
        options: Options,
        *,
        control: Description | None = None,
        shown: Shown | None = None,
    ) -> None:
        self.application = application
        registry.front = self
        self.stale: Stale | None = None
        """Set while the file of the contract is broken, and an older one is served."""
        self._description = control
        roots = Roots(options.public_url, allowed_hosts=options.allowed_hosts)
        self._entrance = Entrance(
            lambda: self.application.contract, self._describe, registry, roots=roots, shown=shown or Shown()
        )
        creator = Creator(registry, lambda: self.application)
        creator.open(registry.default)
        self._build = partial(
            build_control,
            registry,
            lambda: self.application,
            creator,
            roots=roots,
            token=options.control_token,
            metrics_token=options.metrics_token,
            receivers=options.receivers,
            stale=lambda: self.stale,
        )
        self._background = registry.background
        self._control: ASGIApp | None = None
        self._building: asyncio.Future[ASGIApp] | None = None

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        path: str = scope.get("path", "")
        if path.endswith(ENDINGS) or path.startswith(PREFIX):
            found = self._entrance.answer(scope)
            if found is not None:
                return found.send(scope, send)
        if path.startswith(PREFIX) and path[len(PREFIX) :][:1] in ("", "/"):
            if self._control is None:
                return self._first(scope, receive, send)
            return self._control(scope, receive, send)
        return self.application.asgi(scope, receive, send)

    async def _first(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Waits for the control plane, which is built once and beside the loop."""
        if self._building is None:
            self._building = asyncio.ensure_future(self._background.run(self._made))
        try:
            control = self._control = await asyncio.shield(self._building)
        except Exception:
            self._building = None
            raise
        await control(scope, receive, send)

    def _made(self) -> ASGIApp:
        control = self._build(description=self._describe())
        asyncio.run(prepare(control))
        return control

    def _describe(self) -> Description:
        """The control plane's document, read when it is first asked for."""
        self._description = self._description or describe(self.application.contract)
        return self._description


def _served(
    contract: Contract,
    generator: ValueGenerator,
    judges: Judges,
    identification: Identification,
    options: Options,
    by: Serving,
    *,
    now: int,
) -> Iterator[Served]:
    make = partial(
        Served,
        contract=contract,
        identification=identification,
        judges=judges,
        refuse_unknown=options.refuse_unknown_parameters,
        now=now,
    )
    for operation in contract.operations.values():
        assigned, known = by.assigned[operation.id], by.handlers.get(operation.id)
        mock = assigned.kind is Kind.MOCK
        handler = handler_of(operation, assigned, contract, known, generator=generator)
        chooses = mock and operation.listing is None
        handler = as_declared(handler, operation, contract, generator=generator, chooses=chooses)
        yield make(operation, handler, mocked=mock)
    for operation, finding in contract.unserved.values():
        yield make(operation, unserved(finding), mocked=False, refuse_unknown=False)  # whatever is asked, it is 501
