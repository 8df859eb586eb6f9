"""`smartcal clock`."""

from typing import Any

import click

from smartcal_api.cli.door import Door, door, door_options
from smartcal_api.errors import UsageError


@click.group()
@door_options
def clock(**_: Any) -> None:
    """Read, move, stop and resume the clock of a sandbox."""


@clock.command()
@door
def show(to: Door) -> None:
    """Print what time it is."""
    _tell(to, to.sandbox.get("/clock"))


@clock.command(short_help="Move it forward by a duration, such as 2d.")
@click.argument("by", metavar="DURATION")
@click.option("--timeout", default=30.0, show_default=True, metavar="SECONDS", help="How long all that may take.")
@door
def advance(to: Door, by: str, timeout: float) -> None:
    """Move the clock forward, by 90s, 15m, 12h, 2d or 1w, doing all that falls due."""
    from smartcal_api.sandbox.moments import nanoseconds

    duration = float(by) if by.isdigit() else by
    try:
        nanoseconds(duration)
    except ValueError as error:
        raise UsageError(f"{error}.") from None
    _tell(to, to.sandbox.advance(duration, timeout=timeout))


@clock.command("set")
@click.argument("instant", metavar="RFC3339")
@click.option("--timeout", default=30.0, show_default=True, metavar="SECONDS", help="How long all that may take.")
@door
def move(to: Door, instant: str, timeout: float) -> None:
    """Move the clock forward to an instant, doing all that falls due."""
    _tell(to, to.sandbox.post("/clock/set", {"now": instant, "timeout_seconds": timeout}, patience=timeout))


@clock.command()
@door
def freeze(to: Door) -> None:
    """Stop the clock."""
    _tell(to, to.sandbox.post("/clock/freeze"))


@clock.command()
@door
def resume(to: Door) -> None:
    """Let the clock run again."""
    _tell(to, to.sandbox.post("/clock/resume"))


def _tell(to: Door, answer: dict[str, Any]) -> None:
    to.tell(answer, answer["now"] + (", frozen" if answer["frozen"] else ""))
