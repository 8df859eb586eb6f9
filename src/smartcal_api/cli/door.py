"""What the commands have in common that are doors to the control plane of a running server."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import update_wrapper
from typing import Any

import click
from click.core import ParameterSource

from smartcal_api.cli.options import format_option, option
from smartcal_api.cli.targets import running_server, target_option
from smartcal_api.errors import UsageError

_OPTIONS = ("target", "sandbox", "shape", "curl")


@dataclass(frozen=True, slots=True)
class Door:
    """The sandbox that a command is about, and how it tells what came of it."""

    sandbox: Any
    as_json: bool

    def tell(self, answer: Any, text: str) -> None:
        """The answer as JSON for machines, or the text for people."""
        click.echo(json.dumps(answer, indent=2, ensure_ascii=False) if self.as_json else text)


def door(function: Callable[..., Any]) -> Any:
    """`--target`, `--sandbox`, `--format` and `--curl`; the command gets a `Door` in their place."""

    def command(**given: Any) -> Any:
        from smartcal_api.cli.curl import Sketch, Sketched
        from smartcal_api.remote import Control, Sandbox

        context = click.get_current_context()
        target, sandbox, shape, curl = (_stated(context, name) for name in _OPTIONS)
        control = (Sketch if curl else Control)(running_server(target))
        try:
            rest = {name: value for name, value in given.items() if name not in _OPTIONS}
            return function(Door(Sandbox(control, sandbox), shape == "json"), **rest)
        except Sketched as sketched:
            click.echo(str(sketched))
            return None
        finally:
            control.close()

    return door_options(update_wrapper(command, function))


def door_options(command: Any) -> Any:
    """The options alone, for a group: what stands before its command is for it."""
    command = click.option("--curl", is_flag=True, help="Print the request for a shell, and send nothing.")(command)
    command = format_option("text", "json")(command)
    command = option("--sandbox", default="default", show_default=True, metavar="NAME", help="Which sandbox.")(command)
    said = "A target in smartcal.toml, or the ready file of the server; default: the server on port 8080."
    return target_option(option, said)(command)


def _stated(context: click.Context, name: str) -> Any:
    """An option's value, where it stands last; of a group's, where the command itself has none."""
    asked: click.Context | None = context
    while asked is not None and name in asked.params:
        if asked.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            return asked.params[name]
        asked = asked.parent
    return context.params[name]


def fields(texts: tuple[str, ...]) -> dict[str, Any]:
    """`status=pending invitee.name=Ann` as the members of an object: JSON where it is some, else text.

    Raises `UsageError`.
    """
    found: dict[str, Any] = {}
    for text in texts:
        name, separator, value = text.partition("=")
        if not separator or not all(name.split(".")):
            raise UsageError(
                f"{text!r} is not a field; write it as name=value, such as status=pending or invitee.name=Ann."
            )
        *path, last = name.split(".")
        inside = found
        for part in path:
            inside = inside.setdefault(part, {})
            if not isinstance(inside, dict):
                raise UsageError(f"{name!r}: {part!r} has a value already and can't have members, too.")
        try:
            inside[last] = json.loads(value)
        except ValueError:
            inside[last] = value
    return found
