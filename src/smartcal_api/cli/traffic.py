"""The flags of commands that read recorded traffic: who called, and what the fields of a log are called."""

from pathlib import Path
from typing import Any

import click


def traffic_options(command: Any) -> Any:
    """`--caller`, `--callers`, `--field`."""
    command = click.option(
        "--field",
        multiple=True,
        metavar="NAME=FIELD",
        help="What JSON lines call it, such as method=http.verb. Repeatable.",
    )(command)
    command = click.option(
        "--callers", type=click.Path(path_type=Path), metavar="FILE", help="TOML: [callers], each caller and its team."
    )(command)
    return click.option(
        "--caller", metavar="NAME", help="The header or field that names the caller; default: its key, else User-Agent."
    )(command)
