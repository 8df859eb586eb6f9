"""`smartcal deliveries`: what was delivered, what is to be, and why it was not."""

from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import click
import orjson

from smartcal_api.cli.target import Target, target_options

_COLOURS = {"delivered": "green", "failed": "red", "cancelled": "bright_black"}


@click.command()
@click.argument("identifier", required=False, metavar="[ID]")
@click.option("--state", metavar="STATE", help="Only pending, leased, delivered, failed, cancelled or held ones.")
@click.option("--event-type", metavar="TYPE", help="Only of this type.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=20, show_default=True, help="How many at most.")
@click.option("--json", "as_json", is_flag=True, help="As the control plane has it.")
@target_options
def deliveries(
    identifier: str | None,
    state: str | None,
    event_type: str | None,
    limit: int,
    as_json: bool,
    target: Path | None,
    sandbox: str,
) -> None:
    """List deliveries, the newest first; or show one with its attempts and its body."""
    server = Target(target, sandbox)
    if identifier is not None:
        found = server.ask("GET", f"/deliveries/{identifier}")
        lines = [line(found), *(_attempt(each) for each in found["attempt_log"]), pretty(found["body"])]
    else:
        wanted = {"state": state, "event_type": event_type, "limit": limit}
        query = urlencode({name: value for name, value in wanted.items() if value is not None})
        found = server.ask("GET", f"/deliveries?{query}")
        lines = [line(each) for each in found["data"]] or ["no deliveries"]
    click.echo(pretty(found) if as_json else "\n".join(lines))


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


def pretty(value: Any) -> str:
    """For machines, and for people with a large screen."""
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()
