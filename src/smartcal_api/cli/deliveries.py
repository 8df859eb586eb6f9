"""`smartcal deliveries`: what was delivered, what is to be, and why it was not."""

import json
from typing import Any

import click

from smartcal_api.cli.door import Door, door

_COLOURS = {"delivered": "green", "failed": "red", "cancelled": "bright_black"}


@click.command()
@click.argument("identifier", required=False, metavar="[ID]")
@click.option("--state", metavar="STATE", help="Only pending, leased, delivered, failed, cancelled or held ones.")
@click.option("--event-type", metavar="TYPE", help="Only of this type.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=20, show_default=True, help="How many at most.")
@door
def deliveries(to: Door, identifier: str | None, state: str | None, event_type: str | None, limit: int) -> None:
    """List deliveries, the newest first; or show one with its attempts and its body."""
    if identifier is not None:
        found = to.sandbox.get(f"/deliveries/{identifier}")
        lines = [line(found), *(_attempt(each) for each in found["attempt_log"]), json.dumps(found["body"], indent=2)]
    else:
        found = to.sandbox.get("/deliveries", state=state, event_type=event_type, limit=limit)
        lines = [line(each) for each in found["data"]] or ["no deliveries"]
    to.tell(found, "\n".join(lines))


def line(delivery: dict[str, Any]) -> str:
    """One delivery, for people."""
    state = click.style(f"{delivery['state']:<9}", fg=_COLOURS.get(delivery["state"], "yellow"))
    due = f", due {delivery['due_at']}" if delivery["state"] == "pending" else ""
    return f"{delivery['id']}  {delivery['event_type']:<19} {state} {delivery['url']} after {delivery['attempts']}{due}"


def _attempt(attempt: dict[str, Any]) -> str:
    outcome = attempt["status"] if attempt["status"] is not None else f"{attempt['error']}: {attempt['detail']}"
    spoilt = f", {attempt['misbehaviour']}" if attempt["misbehaviour"] else ""
    following = f", next {attempt['next_at']}" if attempt["next_at"] else ""
    return f"  {attempt['number']}  {attempt['at']}  {attempt['cause']}{spoilt}: {outcome}{following}"
