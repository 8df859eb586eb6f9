"""Runs `smartcal serve` from its settings to its end."""

import asyncio
import secrets
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from socket import socket
from types import FrameType

import uvicorn
import uvloop

from smartcal_api.api.own import read_handlers
from smartcal_api.api.unmockable import read_servable
from smartcal_api.app import Front, Options, prepare
from smartcal_api.control import PREFIX as CONTROL
from smartcal_api.http.connections import Connections, Patience, most_connections
from smartcal_api.http.protocol import BoundedProtocol
from smartcal_api.http.roots import is_loopback
from smartcal_api.sandbox import Sandbox
from smartcal_api.sandbox.registry import Registry
from smartcal_api.sandbox.room import Room
from smartcal_api.server.application import open_application, settle
from smartcal_api.server.banner import banner, tell
from smartcal_api.server.clients import client_ring
from smartcal_api.server.housekeeping import reap_idle, stop_with, watch_stalls
from smartcal_api.server.log import log_as_json, mask_log
from smartcal_api.server.ready import ReadyFile, ready_document
from smartcal_api.server.rehearsal import rehearse
from smartcal_api.server.reload import reload_on_save
from smartcal_api.server.socket import bind, root_url
from smartcal_api.server.stopping import DELIVERIES_SECONDS, REQUESTS_SECONDS, Stopping
from smartcal_api.server.webhooks import receiver_trust, subscribe_again, webhook_ring
from smartcal_api.server.world import Report, key_ring, open_sandbox, public_keys
from smartcal_api.settings import Settings
from smartcal_api.web import Shown
from smartcal_api.webhooks.dispatcher import Dispatcher
from smartcal_api.webhooks.network import Receivers
from smartcal_api.webhooks.own_plane import OwnPlane

Alter = Callable[[Front, Sandbox], None]
_SWITCH_SECONDS = 0.001


def run(settings: Settings, *, report: Report | None = None, alter: Alter | None = None) -> None:
    """Serves until SIGINT or SIGTERM, then finishes what is in flight and can be; raises `UsageError` where it can't
    start.

    `alter` may change what has been built before anybody is served.
    """
    with ExitStack() as stack:
        listening = stack.enter_context(bind(settings.host, settings.port))
        ready_file = ReadyFile(settings.ready_file, replace=settings.replace) if settings.ready_file else None
        if ready_file is not None:
            ready_file.check()
        # Ended last: a store that is slow to close is no reason to stay.
        stopping = stack.enter_context(Stopping(ready_file.remove if ready_file is not None else lambda: None))
        receivers, tls = Receivers.read(settings.receivers), receiver_trust(settings)
        contract = read_servable(
            settings.spec, draft=settings.draft, regular=settings.reload, overlays=settings.overlays
        )
        own = read_handlers(settings.handlers) if settings.handlers is not None else None
        if own is not None:
            own.handlers(contract)
        rehearse(contract, settings, receivers)
        # Now that all settings are right, files may change.
        before_filling = ready_file.forget if ready_file is not None else None
        sandbox = stack.enter_context(open_sandbox(contract, settings, report=report, before_filling=before_filling))
        root = root_url(settings.host, listening)
        # Beyond loopback anybody could drive the control plane.
        token = settings.control_token or (None if is_loopback(settings.host) else secrets.token_urlsafe(24))
        if token is not None:
            sandbox.secrets.know(token)
        if settings.metrics_token is not None:
            sandbox.secrets.know(settings.metrics_token)
        if settings.log_format == "json":
            log_as_json()
        mask_log(sandbox.secrets)
        options = Options(
            public_url=settings.public_url or root,
            allowed_hosts=(*settings.allowed_hosts, settings.host),
            origins=settings.origins,
            refuse_unknown_parameters=settings.refuse_unknown_parameters,
            control_token=token,
            metrics_token=settings.metrics_token,
            receivers=receivers,
            own=own,
        )
        own_plane = OwnPlane.of(
            CONTROL,
            listening.getsockname()[1],
            public_url=settings.public_url,
            allowed_hosts=settings.allowed_hosts,
        )
        keys = key_ring(sandbox, contract, settings)
        clients = client_ring(sandbox, contract, settings)
        webhooks = webhook_ring(sandbox, contract, settings, receivers)
        sandbox.furnish = partial(subscribe_again, webhooks=webhooks)
        registry = Registry(sandbox, room=Room(settings.max_sandboxes, settings.max_snapshots, settings.max_memory))
        shown = Shown(public_keys(keys, contract), token=token is not None)
        front = Front(open_application(contract, registry, options), registry, options, shown=shown)
        if alter is not None:
            alter(front, sandbox)

        def ready() -> None:
            if ready_file is not None:
                document = ready_document(root, contract, keys, clients, webhooks=webhooks, control_token=token)
                ready_file.write(document)
                stack.callback(ready_file.remove)
            tell(
                banner(
                    front.application,
                    sandbox,
                    settings,
                    root=root,
                    keys=keys,
                    clients=clients,
                    webhooks=webhooks,
                    control_token=token,
                )
            )

        server = _Server(_config(front, _connections(front, settings)), ready=ready, stopping=stopping)
        # Work beside the loop holds it up for no longer than this, each time that the loop lets go of the interpreter.
        sys.setswitchinterval(_SWITCH_SECONDS)

        async def serve() -> None:
            await prepare(front.application.asgi)
            settle()
            beside = [reap_idle(registry), watch_stalls(registry.counts)]
            if settings.reload:
                beside.append(reload_on_save(front, registry, options, draft=settings.draft))
            if settings.stop_with is not None:
                beside.append(stop_with(settings.stop_with, server.stop))
            tasks = [asyncio.ensure_future(each) for each in beside]
            dispatcher = Dispatcher(receivers, tls=tls, own_plane=own_plane)
            registry.deliver_by(dispatcher)
            await server.serve(sockets=[listening])
            await dispatcher.close(grace=DELIVERIES_SECONDS)
            for task in tasks:
                task.cancel()

        with _signals(server), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(serve())


class _Server(uvicorn.Server):
    """uvicorn, which tells when it answers, and ends in time."""

    def __init__(self, config: uvicorn.Config, *, ready: Callable[[], None], stopping: Stopping) -> None:
        super().__init__(config)
        self._ready = ready
        self._stopping = stopping

    async def startup(self, sockets: list[socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if not self.should_exit:
            self._ready()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self.stop()

    def stop(self) -> None:
        """As a signal does."""
        self._stopping.begin()
        self.should_exit = True

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        asyncio.get_running_loop().call_later(REQUESTS_SECONDS, self._hang_up)
        await super().shutdown(sockets)

    def _hang_up(self) -> None:
        """On those that didn't finish: to the steps it is a client that went away, and no task has to be cancelled."""
        for connection in list(self.server_state.connections):
            if connection.transport is not None:
                connection.transport.abort()


def _connections(front: Front, settings: Settings) -> Connections:
    def patience() -> Patience:
        limits = front.application.contract.policy.request_limits
        head, body = settings.head_timeout, settings.body_timeout
        return Patience(
            limits.head_seconds if head is None else head or None, limits.body_seconds if body is None else body or None
        )

    return Connections(most=settings.max_connections or most_connections(), patience=patience)


def _config(front: Front, connections: Connections) -> uvicorn.Config:
    return uvicorn.Config(
        front,
        interface="asgi3",  # uvicorn takes what is no coroutine function for ASGI 2
        http=partial(BoundedProtocol, connections=connections),  # type: ignore[arg-type]  # it is called, no more
        ws="none",
        lifespan="off",
        access_log=False,
        log_config=None,
        server_header=False,
        # Forwarded-for headers are not trusted: anybody can send them.
        proxy_headers=False,
    )


@contextmanager
def _signals(server: _Server) -> Iterator[None]:
    """uvicorn listens to signals later than it could."""
    caught = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(each, server.handle_exit) for each in caught]
    try:
        yield
    finally:
        for each, handler in zip(caught, before, strict=True):
            signal.signal(each, handler)
