"""`smartcal redeliver`: the same bytes once more."""

import click

from smartcal_api.cli.deliveries import line
from smartcal_api.cli.door import Door, door


@click.command()
@click.argument("identifier", metavar="ID")
@door
def redeliver(to: Door, identifier: str) -> None:
    """Send a delivery (dlv_…) again, or an event (evd_…) to all who subscribe to its type now."""
    sent = to.sandbox.post(f"/deliveries/{identifier}/redeliver")["data"]
    to.sandbox.post("/deliveries/wait")
    found = [to.sandbox.get(f"/deliveries/{each['id']}") for each in sent]
    to.tell(found, "\n".join(line(each) for each in found))
