"""`smartcal sandbox`."""

from typing import Any

import click

from smartcal_api.cli.door import Door, door, door_options, fields


@click.group()
@door_options
def sandbox(**_: Any) -> None:
    """Make, list and remove sandboxes."""


@sandbox.command(short_help="Make one, such as name=checkout frozen=true.")
@click.argument("wanted", nargs=-1, metavar="[FIELD=VALUE]...")
@door
def create(to: Door, wanted: tuple[str, ...]) -> None:
    """Make a sandbox, with data and a clock as the fields say."""
    answer: dict[str, Any] = to.sandbox.control.post("/sandboxes", fields(wanted))
    keys = [f"  {scope:<10}{value}" for scope, value in answer["keys"].items()]
    to.tell(answer, "\n".join([answer["base_url"], *keys]))


@sandbox.command("list")
@door
def listed(to: Door) -> None:
    """List the sandboxes, with their clocks."""
    answer: dict[str, Any] = to.sandbox.control.get("/sandboxes")
    lines = [f"{each['name']:<20} {each['clock']['now']}  {each['base_url']}" for each in answer["data"]]
    to.tell(answer, "\n".join(lines))


@sandbox.command()
@click.argument("name")
@door
def delete(to: Door, name: str) -> None:
    """Remove a sandbox, with all that it holds."""
    from smartcal_api.remote import Sandbox

    Sandbox(to.sandbox.control, name).delete()
    to.tell({"deleted": name}, f"{name} is gone.")
