"""`smartcal proxy`."""

import os
import time
from contextlib import suppress
from functools import partial
from pathlib import Path

import click

from smartcal_api.cli.command import run_command
from smartcal_api.cli.interruption import interruptible
from smartcal_api.cli.judging import (
    judging_extra,
    labels_option,
    named_labels,
    report_folder,
    strict_names,
    strict_option,
    tell,
)
from smartcal_api.cli.options import option as shared_option
from smartcal_api.cli.options import overlay_option, replace_option
from smartcal_api.cli.spec import SPEC_HELP, Spec
from smartcal_api.cli.targets import NamedTarget, running_server, target_option
from smartcal_api.errors import UsageError

_FILE = click.Path(path_type=Path)
_SECONDS = click.FloatRange(0, min_open=True)
option = partial(shared_option, prefix="SMARTCAL_PROXY_")


@click.command(context_settings={"allow_interspersed_args": False})
@option("--upstream", metavar="URL", help="The root of the deployment to forward to.")
@target_option(option, "The same by [targets.NAME] in smartcal.toml, or by a ready file.")
@option("--port", type=click.IntRange(0, 65535), default=8081, show_default=True, help="The port; 0 takes a free one.")
@option("--cacert", type=_FILE, metavar="FILE", help="The certificates to trust, PEM.")
@option("--until-idle", type=_SECONDS, metavar="SECONDS", help="End by itself once nothing was asked for so long.")
@strict_option(option)
@option("--spec", type=Spec(), metavar="FILE", help=SPEC_HELP)
@overlay_option(option)
@labels_option(option)
@option("--report-dir", type=_FILE, metavar="DIR", help="Where to write the reports.")
@replace_option
@click.argument("command", nargs=-1, type=click.UNPROCESSED)
def proxy(
    upstream: str | None,
    target: Path | NamedTarget | None,
    port: int,
    cacert: Path | None,
    until_idle: float | None,
    strict: tuple[str, ...],
    spec: Path | None,
    overlay: tuple[Path, ...],
    label: tuple[str, ...],
    report_dir: Path | None,
    replace: bool,
    command: tuple[str, ...],
) -> int:
    """Stand between an app and a deployment, and judge what both send.

    Requests and answers are forwarded untouched, but that a request without a `traceparent` gets one. What breaks the
    contract is told once, as it happens, the verdict at the end: Ctrl-C, SIGTERM, --until-idle, or the end of COMMAND,
    which finds SMARTCAL_BASE_URL and SMARTCAL_ROOT_URL in its environment.

    Exit code: 0 both kept the contract, 1 not, or COMMAND failed, 2 a wrong flag or set-up, 3 nothing was sent.
    """
    from smartcal_api.contract import Contract

    if (upstream is None) == (target is None):
        raise UsageError("give --upstream or --target: where the deployment is, one way or the other.")
    root = running_server(target).root_url if upstream is None else upstream
    contract = Contract.read(spec, overlays=overlay)
    with judging_extra("proxy"):
        from smartcal_api.conformance.exchange import Exchange
        from smartcal_api.conformance.law import product
        from smartcal_api.conformance.masking import Masks
        from smartcal_api.conformance.proxy import Proxy
        from smartcal_api.conformance.recorded import Recording
        from smartcal_api.conformance.stated import stated_forms
        from smartcal_api.conformance.target import Target, root_of

        folder = report_folder(report_dir, replace=replace)
    forms, labels = stated_forms(contract), named_labels(label)
    judged = Target(root=root_of(root), cacert=cacert)
    masks, recording = Masks(contract, judged, foreign=True), Recording(contract)

    def record(exchange: Exchange, unread: str) -> None:
        masks.learn([exchange])
        for side, fault in recording.add(exchange, unread):
            said = f"{masks.text(str(exchange))}: {masks.text(fault.message)}"
            click.echo(f"✗ {side.family.lower()}, {recording.basis(fault)}: {said} ({fault.clause})")

    running, failed = Proxy(judged, port=port, record=record), False
    click.echo(f"{running.root} stands before {judged.root}; Ctrl-C ends it and tells the verdict.")
    began = time.monotonic()
    with running, interruptible(), suppress(KeyboardInterrupt):
        if command:
            roots = {"SMARTCAL_ROOT_URL": running.root, "SMARTCAL_BASE_URL": running.root + product(contract)}
            with running.beside():
                code = run_command(command, {**os.environ, **roots})
            if failed := code != 0:
                click.echo(f"{command[0]} ended with {code}.", err=True)
        else:
            running.serve(until_idle)
    result = recording.result(judged.root, seconds=time.monotonic() - began, strict=strict_names(strict))
    told = tell(result, masks, folder, ending=forms, labels=labels)
    return 1 if failed else told
