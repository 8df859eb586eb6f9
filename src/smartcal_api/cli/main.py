"""The entry point: finds the command, and is the one place that turns errors into a line and an exit code."""

import difflib
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from smartcal_api import __version__
from smartcal_api.cli.colour import colour
from smartcal_api.cli.commands import EARLIER, first_lines, lines, names
from smartcal_api.cli.examples import with_examples
from smartcal_api.errors import SmartCalError
from smartcal_api.input import Unreadable, read_toml

SETTINGS_FILE = "smartcal.toml"
# Commands that are about somebody else's server, or none: the file of settings isn't about them.
_TOLD_BY_FLAGS = frozenset(
    {"load-test", "verify", "proxy", "open", "listen", "check-receiver", "diff", "lint", "accept", "impact", "verdict"}
)
# What has a table of its own in that file.
_TABLES = frozenset({"targets", "diff"})


class _Commands(click.Group):
    """A command's module is imported when it is asked for: `smartcal version` must not wait for a web framework."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return names()

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in EARLIER:
            above, below = EARLIER[cmd_name]
            group = self.get_command(ctx, above)
            return group.get_command(ctx, below) if isinstance(group, click.Group) else None
        if cmd_name not in names():
            return None
        name = cmd_name.replace("-", "_")
        module = import_module(f"smartcal_api.cli.{name}")
        return with_examples(getattr(module, name, None) or module.command, cmd_name)

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        if args and args[0] in EARLIER:
            now = " ".join(EARLIER[args[0]])
            click.echo(f"smartcal: `smartcal {args[0]}` is `smartcal {now}` now; the old name goes with 0.2.", err=True)
        elif args and args[0] not in names() and not args[0].startswith("-"):
            close = difflib.get_close_matches(args[0], names(), 1)
            hint = f"did you mean {close[0]!r}?" if close else f"there are {', '.join(names())}."
            raise click.UsageError(f"no command {args[0]!r}; {hint}")
        return super().resolve_command(ctx, args)

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write("\n".join(_help()) + "\n")


def _help() -> Iterator[str]:
    yield "Usage: smartcal COMMAND [OPTIONS]"
    yield "A local SmartCal Pro that answers from its OpenAPI contract, and what judges it."
    yield ""
    yield from lines()
    yield ""
    yield "`smartcal COMMAND --help` tells its flags. Those of `serve` can be set in the"
    yield "environment as SMARTCAL_ and their name, and in a smartcal.toml in this folder."


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="smartcal", message="%(prog)s %(version)s")
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Flags win over the environment, and that over the file of settings."""
    ctx.color = None if colour(os.environ) else False
    settings = _settings_file(Path(SETTINGS_FILE))
    # The file is about a server; whoever judges or listens to one is told by flags and the environment alone.
    ctx.default_map = {name: settings for name in (*names(), *EARLIER) if name not in _TOLD_BY_FLAGS}
    ctx.default_map["store"] = dict.fromkeys(("seed", "keys", "clients"), settings)
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
        alone = error.ctx.command is cli
        click.echo("\n".join(first_lines()) if alone else error.ctx.get_help())
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
