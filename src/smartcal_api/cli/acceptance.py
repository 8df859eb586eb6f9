"""What is accepted of what a command finds: the flag, the notes, and what `smartcal accept` is to know."""

from collections.abc import Container, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from smartcal_api.accepted import FILE, Accepted, Entry, of, read_accepted
from smartcal_api.last_run import remember


def accepted_option(command: Any) -> Any:
    """`--accepted`, of the commands that judge documents."""
    return click.option(
        "--accepted",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help=f"What is accepted, and until when; default: {FILE}, if it is there.",
    )(command)


def read_acceptance(path: Path | None, tool: str, rules: Container[str]) -> "Acceptance":
    """What of the file is about a tool; nothing where there is none. Raises `UsageError`."""
    stated = path or Path(FILE)
    entries = read_accepted(stated, flag="--accepted" if path else "") if path or stated.exists() else []
    return Acceptance(of(entries, tool, rules), tool)


class Acceptance(Accepted):
    """What is accepted of what one tool finds, which remembers what it has found for `smartcal accept`."""

    def __init__(self, entries: Sequence[Entry], tool: str) -> None:
        super().__init__(entries)
        self._tool = tool

    def tell(self, about: str, found: Mapping[str, str], *, whole: bool = True) -> None:
        """Notes on standard error. `about` is what was looked at; where that is not all of it, nothing is said of what
        fitted nothing."""
        if not whole:
            self.used += self.idle
        for line in self.notes():
            click.echo(line, err=True)
        remember(self._tool, about, found, self)
