"""The entry point: finds the command, and is the one place that turns errors into a line and an exit code."""

import difflib
import logging
import os
import sys
from contextlib import suppress
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from smartcal_api import __version__
from smartcal_api.errors import SmartCalError
from smartcal_api.input import Unreadable, read_toml

SETTINGS_FILE = "smartcal.toml"
# A command's module is imported when it is asked for: `smartcal version` must not wait for a web framework.
_COMMANDS = {
    "serve": "start a local SmartCal Pro",
    "verify": "judge a deployment by the contract",
    "laws": "say what each law asks, and what it needs",
    "prove": "prove that the laws catch what breaks them",
    "seed": "fill a store file with a data set",
    "keys": "list, add and revoke the API keys of a store file",
    "clients": "list and add the OAuth clients of a store file",
    "proxy": "judge what an app and a deployment send each other",
    "contract": "print the contract",
    "diff": "tell what a change of the contract breaks, and for whom",
    "routes": "list the operations, their scopes, and what serves them",
    "trigger": "make something happen, such as booking.created",
    "clock": "read and move the clock",
    "snapshot": "save, list, restore and compare snapshots",
    "fault": "have answers go wrong on demand",
    "logs": "what was asked and answered",
    "reset": "put everything back to how it began",
    "sandbox": "make, list and remove sandboxes",
    "exec": "run a command with a server of its own",
    "completion": "print what a shell needs to complete this command",
    "listen": "receive, show and forward the webhooks of a running server",
    "deliveries": "list the webhook deliveries of a running server",
    "redeliver": "send a webhook delivery again",
    "misbehave": "let the next webhook deliveries go wrong",
    "check-receiver": "try a webhook receiver with right, wrong and hostile deliveries",
    "version": "print the version",
}

# Commands that are about somebody else's server, or none: the file of settings isn't about them.
_TOLD_BY_FLAGS = frozenset({"verify", "proxy", "listen", "check-receiver", "diff"})
# What has a table of its own in that file.
_TABLES = frozenset({"diff"})


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        name = cmd_name.replace("-", "_")
        module = import_module(f"smartcal_api.cli.{name}")
        command: click.Command = getattr(module, name, None) or module.command
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        if args and args[0] not in _COMMANDS and not args[0].startswith("-"):
            close = difflib.get_close_matches(args[0], _COMMANDS, 1)
            hint = f"did you mean {close[0]!r}?" if close else f"there are {', '.join(_COMMANDS)}."
            raise click.UsageError(f"no command {args[0]!r}; {hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="smartcal", message="%(prog)s %(version)s")
@click.pass_context
def cli(ctx: click.Context) -> None:
    """A local SmartCal Pro that answers from its OpenAPI contract.

    Every flag can also be set in the environment, as SMARTCAL_ and its name, or
    in smartcal.toml in the current folder; a flag wins over the environment,
    and that over the file.
    """
    settings = _settings_file(Path(SETTINGS_FILE))
    # The file is about a server; whoever judges or listens to one is told by flags and the environment alone.
    ctx.default_map = {name: settings for name in _COMMANDS if name not in _TOLD_BY_FLAGS}
    ctx.obj = settings


def main(arguments: list[str] | None = None) -> None:
    """Runs a command and exits: 0 fine, 2 usage or set-up (one line on standard error), never a traceback."""
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(message)s")
    logging.getLogger("smartcal").setLevel(logging.INFO)
    sys.exit(_run(arguments))


def _run(arguments: list[str] | None) -> int:
    try:
        result = cli.main(arguments, prog_name="smartcal", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.ctx.get_help())
        return 0
    except click.ClickException as error:
        context = getattr(error, "ctx", None)
        asked = f" Try '{context.command_path} --help'." if context is not None else ""
        return _refuse(error.format_message().replace("\n", " ") + asked)
    except SmartCalError as error:
        return _refuse(str(error))
    except (KeyboardInterrupt, click.Abort):
        return 130
    except SystemExit:
        return 0  # click's own, where whoever read the output has seen enough and closed it
    except OSError as error:
        _drop_output()
        return _refuse(f"can't write the output: {error.strerror or error}.")
    return result if isinstance(result, int) else 0


def _refuse(message: str) -> int:
    with suppress(OSError):
        click.echo(f"smartcal: {message}", err=True)
    return 2


def _drop_output() -> None:
    """So that the interpreter doesn't complain at its exit of what can't be written."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _settings_file(path: Path) -> dict[str, Any]:
    """The settings of `smartcal.toml`, names as flags have them, with `-` or `_`."""
    try:
        if not os.path.lexists(path):
            return {}
        stated = read_toml(path, regular=True)
    except Unreadable as error:
        raise click.UsageError(str(error)) from None
    from smartcal_api.cli.serve import serve

    # What has no environment variable is for the command line alone.
    known = {each.name: each for each in serve.params if isinstance(each, click.Option) and each.envvar}
    settings = {}
    for name, value in stated.items():
        if name in _TABLES and isinstance(value, dict):
            continue
        option = known.get(name.replace("-", "_"))
        if option is None or option.name is None:
            close = difflib.get_close_matches(name, [str(each) for each in known], 1)
            hint = (
                f"did you mean {close[0]!r}?" if close else "its keys are the names of the flags of `smartcal serve`."
            )
            raise click.UsageError(f"{path}: there is no setting {name!r}; {hint}")
        settings[option.name] = _setting(option, f"{path}: {name}", value)
    return settings


def _setting(option: click.Option, place: str, value: Any) -> Any:
    """A TOML value as click takes it. Text goes anywhere, as from the environment; click would guess at the rest."""
    kind: type = str
    words = "text"
    if option.is_flag:
        kind, words = bool, "true or false"
    elif isinstance(option.type, click.IntRange):
        kind, words = int, "a whole number"
    given = value if option.multiple and isinstance(value, list) else [value]
    texts = [each.isoformat() if isinstance(each, datetime) else each for each in given]
    for each in texts:
        if type(each) not in (kind, str):
            raise click.UsageError(f"{place} takes {words}{' or a list of it' if option.multiple else ''}.")
    return texts if option.multiple else texts[0]
