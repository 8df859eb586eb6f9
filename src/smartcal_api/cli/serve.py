"""`smartcal serve`."""

import re
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from smartcal_api.cli.addresses import origins, root
from smartcal_api.cli.bounds import bounds
from smartcal_api.cli.options import SWITCH, data_options, option, replace_option, spec_options
from smartcal_api.errors import UsageError


@click.command()
@option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@option("--port", type=click.IntRange(0, 65535), default=8080, show_default=True, help="The port; 0 takes a free one.")
@option("--store", default="memory", show_default=True, metavar="memory|PATH.db", help="Where the data is kept.")
@option(
    "--bundle",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Go on from a bundle, in memory: its data, seed and clock.",
)
@option(
    "--data",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Start with resources of your own (YAML or JSON, see docs/data.md).",
)
@data_options
@option("--freeze", is_flag=True, help="Stop the clock.")
@spec_options
@option(
    "--handlers",
    type=click.Path(path_type=Path),
    metavar="FILE.py",
    help="Python functions of your own, each serving the operation of its name.",
)
@option("--rate-limits", type=SWITCH, default="on", show_default=True, help="Whether anything is refused by them.")
@option(
    "--unknown-parameters",
    type=click.Choice(["refuse", "ignore"]),
    default="refuse",
    show_default=True,
    help="What becomes of query parameters that the contract does not have.",
)
@option(
    "--key", multiple=True, metavar="SCOPES=VALUE", help="A key of your own, such as read,write=my_key. Repeatable."
)
@option(
    "--oauth-client",
    multiple=True,
    metavar="ID[:SECRET]=URI[,URI]",
    help="An OAuth client of your own, with its redirect URIs. Repeatable.",
)
@option(
    "--webhook",
    multiple=True,
    metavar="URL[=EVENTS]",
    help="Subscribe this URL at start, to these events or to all. Repeatable.",
)
@option("--webhook-secret", metavar="SECRET", help="What their deliveries are signed with; default: a random one.")
@option(
    "--allow-receiver",
    multiple=True,
    metavar="CIDR|HOST|public",
    help="Deliver there, too; default: to loopback alone. Repeatable.",
)
@option(
    "--receiver-ca",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Certificates to believe receivers by, besides this machine's.",
)
@option(
    "--pkce",
    type=click.Choice(["supported", "required"]),
    default="supported",
    show_default=True,
    help="Whether OAuth clients with a secret must send a challenge, too.",
)
@option(
    "--oauth-consent",
    type=click.Choice(["page", "auto"]),
    default="page",
    show_default=True,
    help="Whether the user is asked, or allows whatever is asked for.",
)
@option(
    "--cors", multiple=True, metavar="ORIGIN|off", help="Who may call from a browser; default: loopback. Repeatable."
)
@option("--allow-host", multiple=True, metavar="HOST", help="A Host that links may be written to. Repeatable.")
@option("--public-url", metavar="URL", help="The root that links start with for any other Host.")
@option(
    "--control-token",
    metavar="TOKEN",
    help="What the control plane asks for; by default nothing on loopback, a random one on any other bind.",
)
@option("--metrics-token", metavar="TOKEN", help="What lets a Prometheus read /_sandbox/metrics, and nothing else.")
@option(
    "--log-format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Lines for people, or of JSON, on standard error.",
)
@bounds
@option("--defect", metavar="NAME|list", help="Break one law on purpose, to see what notices; `list` has the names.")
@option("--reload", is_flag=True, help="Take the contract up again whenever it is saved.")
@option("--stop-with", type=click.IntRange(min=1), metavar="PID", help="Stop when this process has ended.")
@option("--ready-file", type=click.Path(path_type=Path), metavar="FILE", help="Written when the server answers.")
@replace_option
def serve(
    host: str,
    port: int,
    store: str,
    bundle: Path | None,
    data: Path | None,
    seed: int | None,
    events: int | None,
    bookings: int | None,
    now: str | None,
    freeze: bool,
    spec: Path | None,
    overlay: tuple[Path, ...],
    draft: bool,
    handlers: Path | None,
    rate_limits: str,
    unknown_parameters: str,
    key: tuple[str, ...],
    oauth_client: tuple[str, ...],
    webhook: tuple[str, ...],
    webhook_secret: str | None,
    allow_receiver: tuple[str, ...],
    receiver_ca: Path | None,
    pkce: str,
    oauth_consent: str,
    cors: tuple[str, ...],
    allow_host: tuple[str, ...],
    public_url: str | None,
    control_token: str | None,
    metrics_token: str | None,
    log_format: str,
    defect: str | None,
    reload: bool,
    ready_file: Path | None,
    replace: bool,
    stop_with: int | None,
    **bounded: Any,
) -> None:
    """Start a local SmartCal Pro: state, real keys, real limits.

    Whoever is on this machine can see the flags of a process (`ps`). Secrets are
    safer in the environment: SMARTCAL_KEY, SMARTCAL_OAUTH_CLIENT,
    SMARTCAL_WEBHOOK_SECRET and SMARTCAL_CONTROL_TOKEN.
    """
    click.get_current_context().with_resource(_ended_by_sigterm())
    from smartcal_api.cli.progress import progress
    from smartcal_api.server.lean import lean_imports
    from smartcal_api.settings import Settings, parse_client, parse_key, parse_now, parse_webhook

    settings = Settings(
        host=host,
        port=port,
        store=None if store == "memory" else Path(store),
        bundle=bundle,
        data=data,
        seed=seed,
        events=events,
        bookings=bookings,
        now=parse_now(now) if now is not None else None,
        freeze=freeze,
        spec=spec,
        overlays=overlay,
        draft=draft,
        handlers=handlers,
        rate_limits=rate_limits == "on",
        refuse_unknown_parameters=unknown_parameters == "refuse",
        keys=tuple(parse_key(each) for each in key),
        oauth_clients=tuple(parse_client(each) for each in oauth_client),
        webhooks=tuple(parse_webhook(each) for each in webhook),
        webhook_secret=webhook_secret,
        receivers=allow_receiver,
        receiver_ca=receiver_ca,
        pkce_required=pkce == "required",
        auto_consent=oauth_consent == "auto",
        origins=origins(cors),
        allowed_hosts=allow_host,
        public_url=root(public_url) if public_url else None,
        control_token=_token("--control-token", control_token),
        metrics_token=_token("--metrics-token", metrics_token),
        log_format=log_format,
        reload=reload,
        ready_file=ready_file,
        replace=replace,
        stop_with=stop_with,
        **bounded,
    )
    if defect == "list":
        _print_defects()
        return
    if defect is not None and reload:
        raise UsageError("--defect: is planted at start, and --reload would put a right server in its place.")
    alter = _defect(defect) if defect is not None else None
    with lean_imports():
        from smartcal_api.server.run import run
        from smartcal_api.server.stopping import leave_threads
    run(settings, report=progress("seeding"), alter=alter)
    leave_threads()


@contextmanager
def _ended_by_sigterm() -> Iterator[None]:
    """Until the server listens to it itself, SIGTERM is Ctrl-C: a container's first process, as which this is run, is
    not ended by it otherwise."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _defect(name: str) -> Callable[[Any, Any], None]:
    """What breaks a server that is about to start; one that is right doesn't load it."""
    from smartcal_api.defects import find
    from smartcal_api.defects.subject import Subject

    plant = find(name).plant
    return lambda front, sandbox: plant(Subject(front, sandbox))


def _print_defects() -> None:
    from smartcal_api.defects.table import listing

    click.echo("\n".join(listing()))


def _token(flag: str, text: str | None) -> str | None:
    if text is not None and not re.fullmatch(r"[A-Za-z0-9._~+/-]{8,255}=*", text, re.ASCII):
        raise UsageError(f"{flag}: must be 8 to 255 characters of A-Z a-z 0-9 . _ ~ + / - (RFC 6750).")
    return text
