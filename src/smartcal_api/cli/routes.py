"""`smartcal routes`."""

import json
from pathlib import Path

import click
import yaml

from smartcal_api.cli.options import format_option, spec_options


@click.command()
@spec_options
@format_option("text", "json")
@click.option(
    "--handlers", "own", type=click.Path(path_type=Path), metavar="FILE.py", help="Handlers, as `serve` takes them."
)
@click.option("--defaults", is_flag=True, help="Print the x- members that the contract leaves to their defaults.")
def routes(
    spec: Path | None, overlay: tuple[Path, ...], draft: bool, shape: str, own: Path | None, defaults: bool
) -> None:
    """List the operations: method, path, scope, operationId, and what serves them.

    That is a handler, a resource that is recognised by its shape, an action that
    `x-action` states, or a mock; and why.
    """
    if defaults:
        _print_defaults(spec, overlay)
        return
    from smartcal_api.api.assignment import serving
    from smartcal_api.api.own import read_handlers
    from smartcal_api.api.unmockable import read_servable
    from smartcal_api.mock import ValueGenerator
    from smartcal_api.webhooks.network import LOOPBACK

    contract = read_servable(spec, draft=draft, overlays=overlay)
    generator, mine = ValueGenerator(contract.sent.data, seed=0), read_handlers(own) if own is not None else None
    assigned = serving(contract, generator, LOOPBACK, mine).assigned
    rows = [
        (o.method, o.path, " ".join(sorted(o.scopes)) or "-", o.id, assigned[o.id].kind.value, assigned[o.id].why)
        for o in contract.operations.values()
    ]
    rows += [(o.method, o.path, "-", o.id, "501", finding.message) for o, finding in contract.unserved.values()]
    if shape == "json":
        names = ("method", "path", "scopes", "operation", "served_by", "why")
        click.echo(json.dumps([dict(zip(names, row, strict=True)) for row in rows], indent=2))
        return
    widths = [max(len(row[column]) for row in rows) for column in range(5)] + [0] if rows else []
    for row in rows:
        click.echo("  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip())


def _print_defaults(spec: Path | None, overlays: tuple[Path, ...]) -> None:
    """As they would be written into the contract; all of them where none is named."""
    from smartcal_api.contract import Document
    from smartcal_api.contract.defaults import defaults

    stated = Document.read(spec, overlays=[*overlays]).data if spec is not None else {}
    # Written by way of JSON: what stands in several places is written out in each.
    found = json.loads(json.dumps(defaults(stated)))
    click.echo(
        yaml.safe_dump(found, sort_keys=False, width=120).strip() if found else "none: every x- member is stated"
    )
