"""`smartcal deliveries redeliver`: the same bytes once more."""

from typing import Any

import click

from smartcal_api.cli.door import Door, door

_COLOURS = {"delivered": "green", "failed": "red", "cancelled": "bright_black"}


@click.command()
@click.argument("identifier", metavar="ID")
@door
def redeliver(to: Door, identifier: str) -> None:
    """Send a delivery again, byte for byte.

    ID is a delivery's (dlv_…), or an event's (evd_…) for all who subscribe to its type now.
    """
    sent = to.sandbox.post(f"/deliveries/{identifier}/redeliver")["data"]
    to.sandbox.post("/deliveries/wait")
    found = [to.sandbox.get(f"/deliveries/{each['id']}") for each in sent]
    to.tell(found, "\n".join(line(each) for each in found))


def line(delivery: dict[str, Any]) -> str:
    """One delivery, for people."""
    state = click.style(f"{delivery['state']:<9}", fg=_COLOURS.get(delivery["state"], "yellow"))
    due = f", due {delivery['due_at']}" if delivery["state"] == "pending" else ""
    return f"{delivery['id']}  {delivery['event_type']:<19} {state} {delivery['url']} after {delivery['attempts']}{due}"
