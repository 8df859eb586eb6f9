"""`smartcal trigger`."""

from typing import Any

import click

from smartcal_api.cli.door import Door, door, fields


@click.command()
@click.argument("event_type", metavar="EVENT")
@click.argument("overrides", nargs=-1, metavar="[FIELD=VALUE]...")
@door
def trigger(to: Door, event_type: str, overrides: tuple[str, ...]) -> None:
    """Make something happen, such as booking.created, by really changing the data.

    Fields say what would be made up otherwise; members of members have a dot.
    """
    answer: dict[str, Any] = to.sandbox.trigger(event_type, fields(overrides))
    lines = [f"{event['type']:<20} {event['data']['id']}" for event in answer["events"]]
    to.tell(answer, "\n".join(lines))
