"""The flags that commands share, each also in the environment under `SMARTCAL_…`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from smartcal_api.cli.spec import SPEC_HELP, Spec

SWITCH = click.Choice(["on", "off"])


def option(name: str, *, prefix: str = "SMARTCAL_", **attributes: Any) -> Callable[[Any], Any]:
    """A flag, and the environment variable of the same name; a switch also as `--no-…`, to overrule that."""
    environment = prefix + name.removeprefix("--").replace("-", "_").upper()
    switch = f"/--no-{name.removeprefix('--')}" if attributes.get("is_flag") and not name.startswith("--no-") else ""
    return click.option(name + switch, envvar=environment, **attributes)


def replace_option(command: Any) -> Any:
    """`--replace`: what it destroys, nobody may ask for but on the command line."""
    return click.option("--replace", is_flag=True, help="Replace files that smartcal didn't write, too.")(command)


def format_option(*kinds: str) -> Callable[[Any], Any]:
    """`--format`, and `--json` as its short form; the command gets a `shape`, by default the first."""

    def options(command: Any) -> Any:
        if "json" in kinds:
            command = click.option("--json", "shape", flag_value="json", help="Short for --format json.")(command)
        return click.option(
            "--format",
            "shape",
            type=click.Choice(kinds),
            default=kinds[0],
            show_default=True,
            help="How it is printed.",
        )(command)

    return options


def spec_options(command: Any) -> Any:
    """`--spec`, `--overlay` and `--draft`."""
    command = option("--draft", is_flag=True, help="Serve what is understood of the contract; the rest answers 501.")(
        command
    )
    command = overlay_option(option)(command)
    return option("--spec", type=Spec(), metavar="FILE", help=SPEC_HELP)(command)


def overlay_option(option: Callable[..., Callable[..., Any]]) -> Callable[..., Any]:
    """`--overlay`, of a command whose flags `option` makes."""
    return option(
        "--overlay",
        type=click.Path(path_type=Path),
        multiple=True,
        metavar="FILE",
        help="An overlay of the contract (OAI Overlay 1.0 to 1.2). Repeatable.",
    )


def data_options(command: Any) -> Any:
    """`--seed`, `--events`, `--bookings`, `--now`."""
    size = click.IntRange(0, 1_000_000)
    command = option("--now", metavar="RFC3339", help="What time it is in the sandbox; default: now.")(command)
    command = option(
        "--bookings", type=size, metavar="N", help="How many bookings; default: 50, at most one an event."
    )(command)
    command = option("--events", type=size, metavar="N", help="How many events, 0 to 1,000,000; default: 200.")(command)
    return option(
        "--seed",
        type=click.IntRange(-(2**63), 2**63 - 1),
        metavar="N",
        help="Decides all data but credentials; default: 0.",
    )(command)
