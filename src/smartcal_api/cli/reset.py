"""`smartcal reset`."""

import click

from smartcal_api.cli.door import Door, door


@click.command()
@door
def reset(to: Door) -> None:
    """Put a sandbox back to how it began: data, clock, budgets, faults."""
    answer = to.sandbox.post("/reset")
    to.tell(answer, f"{to.sandbox.name} is as it began.")
