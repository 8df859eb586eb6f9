"""What the commands have in common that are doors to the control plane of a running server."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import update_wrapper
from pathlib import Path
from typing import Any

import click

from smartcal_api.cli.options import option
from smartcal_api.errors import UsageError


@dataclass(frozen=True, slots=True)
class Door:
    """The sandbox that a command is about, and how it tells what came of it."""

    sandbox: Any
    as_json: bool

    def tell(self, answer: Any, text: str) -> None:
        """The answer as JSON for machines, or the text for people."""
        click.echo(json.dumps(answer, indent=2, ensure_ascii=False) if self.as_json else text)


def door(function: Callable[..., Any]) -> Any:
    """`--target`, `--sandbox` and `--json`; the command gets a `Door` in their place."""

    def command(target: Path | None, sandbox: str, as_json: bool, **rest: Any) -> Any:
        from smartcal_api.remote import Control, Sandbox, find_target

        control = Control(find_target(target))
        try:
            return function(Door(Sandbox(control, sandbox), as_json), **rest)
        finally:
            control.close()

    wrapped: Any = update_wrapper(command, function)
    wrapped = click.option("--json", "as_json", is_flag=True, help="Print JSON, for machines.")(wrapped)
    wrapped = option("--sandbox", default="default", show_default=True, metavar="NAME", help="Which sandbox.")(wrapped)
    return option(
        "--target",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="The ready file of the server; default: the server on port 8080.",
    )(wrapped)


def fields(texts: tuple[str, ...]) -> dict[str, Any]:
    """`status=pending invitee.name=Ann` as the members of an object: JSON where it is some, else text.

    Raises `UsageError`.
    """
    found: dict[str, Any] = {}
    for text in texts:
        name, separator, value = text.partition("=")
        if not separator or not all(name.split(".")):
            raise UsageError(
                f"{text!r} is no field; write it as name=value, such as status=pending or invitee.name=Ann."
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
