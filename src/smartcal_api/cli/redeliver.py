"""`smartcal redeliver`: the same bytes once more."""

from pathlib import Path
from urllib.parse import urlencode

import click

from smartcal_api.cli.deliveries import line, pretty
from smartcal_api.cli.target import Target, target_options


@click.command()
@click.argument("identifier", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="As the control plane has it.")
@target_options
def redeliver(identifier: str, as_json: bool, target: Path | None, sandbox: str) -> None:
    """Send a delivery (dlv_…) again, or an event (evd_…) to all who subscribe to its type now."""
    server = Target(target, sandbox)
    server.ask("POST", f"/deliveries/{identifier}/redeliver")
    server.ask("POST", "/deliveries/wait", {})
    found = server.ask("GET", f"/deliveries?{urlencode({'event': identifier})}")["data"]
    found = found or [server.ask("GET", f"/deliveries/{identifier}")]
    click.echo(pretty(found) if as_json else "\n".join(line(each) for each in found))
