"""`smartcal exec`: a command with a server of its own, for the tests of any language."""

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from smartcal_api.cli.command import run_command
from smartcal_api.cli.serve import serve
from smartcal_api.errors import UsageError

# Where the server listens and whom it tells is the business of this command.
_OWN = frozenset({"port", "ready_file", "replace", "reload", "stop_with"})
_SHOWN = 20
# The variable that names the folder for bundles, as in the package for JavaScript.
_BUNDLES = "SMARTCAL_BUNDLES"


@click.command(
    params=[
        *(each for each in serve.params if each.name not in _OWN),
        click.Argument(["command"], nargs=-1, required=True, type=click.UNPROCESSED),
    ],
    context_settings={"allow_interspersed_args": False},
)
@click.pass_context
def command(ctx: click.Context, /, command: tuple[str, ...], **_: Any) -> int:
    """Run a command with a SmartCal Pro of its own, and end as it ends.

    The command finds SMARTCAL_BASE_URL, SMARTCAL_ROOT_URL, SMARTCAL_CONTROL_URL,
    SMARTCAL_TARGET (the ready file) and SMARTCAL_KEY_READ, _WRITE, … in its
    environment. When it fails, what it sent and was answered is printed.
    """
    from smartcal_api.remote import Control, ServerProcess

    with (
        tempfile.TemporaryDirectory(prefix="smartcal-") as folder,
        ServerProcess.start(Path(folder), list(_flags(ctx))) as server,
    ):
        code = run_command(command, {**os.environ, **environment(server.target.document, server.target.place)})
        if code != 0:
            _print_journals(Control(server.target))
    return code


def environment(document: Any, ready_file: str) -> dict[str, str]:
    """What a command is told of the server, from its ready file."""
    stated = {
        "SMARTCAL_ROOT_URL": document["root_url"],
        "SMARTCAL_BASE_URL": document["base_url"],
        "SMARTCAL_CONTROL_URL": document["control_url"],
        "SMARTCAL_TARGET": ready_file,
    }
    stated |= {f"SMARTCAL_KEY_{scope.upper()}": value for scope, value in document["keys"].items()}
    return stated | {f"SMARTCAL_OTHER_KEY_{s.upper()}": value for s, value in document["other"]["keys"].items()}


def _flags(ctx: click.Context) -> Iterator[str]:
    """The flags of `smartcal serve` that were given here; it finds environment and settings file by itself."""
    for parameter in serve.params:
        name = parameter.name or ""
        if name in _OWN or ctx.get_parameter_source(name) is not ParameterSource.COMMANDLINE:
            continue
        value = ctx.params[name]
        if name in ("spec", "data") and str(value) == "-":
            raise UsageError(f"--{name}: standard input is the command's; name a file.")
        if isinstance(value, bool):
            yield parameter.opts[0] if value else parameter.secondary_opts[0]
        else:
            for each in value if isinstance(value, tuple) else (value,):
                yield f"{parameter.opts[0]}={each}"


def _print_journals(control: Any) -> None:
    """What was last asked of every sandbox, by its name, also of those that the command has deleted."""
    from smartcal_api.cli.logs import line
    from smartcal_api.remote import Sandbox

    try:
        latest = control.get("/journal", limit=_SHOWN)
    except UsageError as error:  # the command may have stopped the server: what it ended with is what counts
        print(f"\nthe server's journal can't be read: {error}", file=sys.stderr)
        return
    for each in latest["data"]:
        requests, gone = each["requests"], ", deleted" if each["deleted"] else ""
        number = "request" if len(requests) == 1 else f"{len(requests)} requests"
        print(f"\nsandbox {each['sandbox']}{gone}: the last {number}", file=sys.stderr)
        for entry in requests:
            print(line(entry), file=sys.stderr)
        if not each["deleted"] and any(entry["clause"] or entry["status"] is None for entry in requests):
            _leave_bundle(Sandbox(control, each["sandbox"]))
    if latest["forgotten"]:
        print(f"\nand {latest['forgotten']} more sandboxes, deleted and forgotten", file=sys.stderr)
    if not latest["data"]:
        print("\nno request came to the server", file=sys.stderr)


def _leave_bundle(sandbox: Any) -> None:
    """The server ends with this command: what was refused there can be looked at by a file."""
    from smartcal_api.sandbox.bundle_file import FOLDER, write_bundle

    folder = Path(os.environ.get(_BUNDLES) or FOLDER)
    try:
        path = write_bundle(sandbox.get("/bundle"), folder, f"exec-{sandbox.name}", told_by=_BUNDLES)
    except (UsageError, OSError) as error:
        print(f"no bundle of it can be left: {error}", file=sys.stderr)
    else:
        print(f"See it in a browser: smartcal open {path}", file=sys.stderr)
